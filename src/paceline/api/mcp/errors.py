"""An error of the protocol."""

from __future__ import annotations

from typing import Any

PARSE, INVALID, NO_METHOD, BAD_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, BAD_VERSION = -32020, -32022


class RpcError(Exception):
    """Code, message, data: as JSON-RPC tells an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def failure(number: Any, error: RpcError) -> dict[str, Any]:
    """An error as a message."""
    told = {"code": error.code, "message": error.message, **({} if error.data is None else {"data": error.data})}
    return {"jsonrpc": "2.0", "id": number, "error": told}
