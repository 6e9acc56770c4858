"""The protocol over stdin and stdout: a message a line, answered here or sent on to a server. Needs no Django itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any, TextIO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from paceline.api.mcp.messages import NAMED, PARSE, UNREACHABLE, RpcError, failure, version_of

_SECONDS = 120  # for one answer over the network

Answerer = Callable[[Any], dict[str, Any] | None]


def serve(lines: Iterable[str], out: TextIO, answered: Answerer) -> None:
    """Answer every line until there are no more. What fails on the way is an answer, too."""
    for line in lines:
        if not line.strip():
            continue
        try:
            message = json.loads(line)
        except ValueError:
            told: dict[str, Any] | None = failure(None, RpcError(PARSE, "This isn't JSON."))
        else:
            told = answered(message)
        if told is not None:
            out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
            out.flush()


def over_http(url: str, key: str) -> Answerer:
    """Answers of a server elsewhere: each line is sent on, with the key."""

    def answered(message: Any) -> dict[str, Any] | None:
        number = message.get("id") if isinstance(message, dict) else None
        request = Request(url, json.dumps(message).encode(), _headers(message, key), method="POST")
        try:
            with urlopen(request, timeout=_SECONDS) as got:
                body = got.read()
        except HTTPError as error:
            body = error.read()
        except (URLError, TimeoutError) as error:
            return failure(number, RpcError(UNREACHABLE, f"{url} can't be reached: {error}"))
        return _message(body, number, url) if body else None

    return answered


def _message(body: bytes, number: Any, url: str) -> dict[str, Any]:
    """What came back; an error in the API's shape (no key, too many requests) becomes one of the protocol."""
    try:
        told = json.loads(body)
    except ValueError:
        return failure(number, RpcError(UNREACHABLE, f"{url} answers with something that isn't JSON."))
    if isinstance(told, dict) and told.get("jsonrpc") == "2.0":
        return told
    words = told.get("error", {}).get("message", "") if isinstance(told, dict) else ""
    return failure(number, RpcError(UNREACHABLE, f"{url}: {words or 'an answer of another protocol'}"))


def _headers(message: Any, key: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept": "application/json"}
    said = version_of(message)
    if said is None:
        return headers
    method = str(message.get("method"))
    name = message["params"].get(NAMED.get(method, ""))
    return {**headers, "MCP-Protocol-Version": said, "Mcp-Method": method, **({"Mcp-Name": _encoded(str(name))} if name else {})}


def _encoded(text: str) -> str:
    """A header's text; what ASCII can't say, in base64."""
    return text if text.isascii() and text == text.strip() else f"=?base64?{b64encode(text.encode()).decode()}?="
