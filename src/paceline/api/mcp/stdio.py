"""The protocol over stdin and stdout: a message a line. For an assistant on the same machine."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from paceline.api.caller import Caller
from paceline.api.mcp.errors import PARSE, RpcError, failure
from paceline.api.mcp.protocol import answer, version_of
from paceline.people import keys
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import beside
from paceline.warehouse.engine import WarehouseError

_SECONDS = 120  # for one answer over the network
_UNREACHABLE = -32000
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}

Answerer = Callable[[Any], dict[str, Any] | None]


class NoCallerError(ValueError):
    """Nobody in whose name it could be asked; the message says what to do."""


def serve(lines: Iterable[str], out: TextIO, answered: Answerer) -> None:
    """Answer every line until there are no more. What fails on the way is an answer, too."""
    for line in lines:
        if not line.strip():
            continue
        try:
            told = answered(json.loads(line))
        except ValueError:
            told = failure(None, RpcError(PARSE, "This isn't JSON."))
        if told is not None:
            out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
            out.flush()


def here(folder: Path, key: str, origin: str) -> Answerer:
    """Answers from the project in a folder, in the name of the key's owner; without a key, of the project's first admin.

    Whoever can open the folder's files can read all of the store anyway; a key narrows it to what its owner sees. The store is
    open only while a question is answered, so that a server can be started meanwhile. Raises NoCallerError.
    """
    _caller(key, origin)

    def answered(message: Any) -> dict[str, Any] | None:
        if not isinstance(message, dict) or message.get("method") not in _NAMED:
            return answer(_caller(key, origin), message)
        try:
            with beside(folder):
                return answer(_caller(key, origin), message)
        except (NoCallerError, WarehouseError) as error:
            return failure(message.get("id"), RpcError(_UNREACHABLE, str(error)))

    return answered


def _caller(key: str, origin: str) -> Caller:
    if key:
        found = keys.valid(key)
        if found is None:
            raise NoCallerError("The key isn't valid: it is unknown, revoked or over, or its owner is deactivated.")
        return Caller(found.user, found, origin)
    admin = User.objects.filter(role=Role.ADMIN.value, is_active=True).order_by("created_at").first()
    if admin is None:
        raise NoCallerError("The project has no admin yet, so there is nobody in whose name to ask: run `paceline serve` once.")
    return Caller(admin, None, origin)


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
            return failure(number, RpcError(_UNREACHABLE, f"{url} can't be reached: {error}"))
        return _message(body, number, url) if body else None

    return answered


def _message(body: bytes, number: Any, url: str) -> dict[str, Any]:
    """What came back; an error in the API's shape (no key, too many requests) becomes one of the protocol."""
    try:
        told = json.loads(body)
    except ValueError:
        return failure(number, RpcError(_UNREACHABLE, f"{url} answers with something that isn't JSON."))
    if isinstance(told, dict) and told.get("jsonrpc") == "2.0":
        return told
    words = told.get("error", {}).get("message", "") if isinstance(told, dict) else ""
    return failure(number, RpcError(_UNREACHABLE, f"{url}: {words or 'an answer of another protocol'}"))


def _headers(message: Any, key: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept": "application/json"}
    said = version_of(message)
    if said is None:
        return headers
    method = str(message.get("method"))
    name = message["params"].get(_NAMED.get(method, ""))
    return {**headers, "MCP-Protocol-Version": said, "Mcp-Method": method, **({"Mcp-Name": _encoded(str(name))} if name else {})}


def _encoded(text: str) -> str:
    """A header's text; what ASCII can't say, in base64."""
    return text if text.isascii() and text == text.strip() else f"=?base64?{b64encode(text.encode()).decode()}?="
