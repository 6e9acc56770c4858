"""The protocol's messages: errors, and which version a request speaks. Needs neither Django nor a store."""

from __future__ import annotations

from typing import Any

PARSE, INVALID, NO_METHOD, BAD_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, BAD_VERSION = -32020, -32022
UNREACHABLE = -32000
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
# Which parameter of a method names the thing that it is about.
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class RpcError(Exception):
    """Code, message, data: as JSON-RPC tells an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def failure(number: Any, error: RpcError) -> dict[str, Any]:
    """An error as a message."""
    told = {"code": error.code, "message": error.message, **({} if error.data is None else {"data": error.data})}
    return {"jsonrpc": "2.0", "id": number, "error": told}


def version_of(message: Any) -> str | None:
    """The version that a request of the newer era says; None for one of the older."""
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    found = meta.get(VERSION_KEY) if isinstance(meta, dict) else None
    return found if isinstance(found, str) else None
