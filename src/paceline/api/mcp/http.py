"""``/mcp``: the protocol over HTTP, a message a request, known by its key. Nothing is kept between requests."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from paceline.access.gate import action, asks_by_post
from paceline.access.refusals import refused
from paceline.api import limits
from paceline.api.caller import caller_of
from paceline.api.mcp.messages import HEADER_MISMATCH, NAMED, NO_METHOD, PARSE, RpcError, failure, version_of
from paceline.api.mcp.protocol import answer
from paceline.api.operation import too_many


@asks_by_post
@action("ask_by_assistant")
def mcp(request: HttpRequest) -> HttpResponseBase:
    """One message. There is no stream to listen to: a GET is answered with 405, as the protocol has it."""
    if request.method != "POST":
        gone = refused(405, "wrong_method", "Messages come by POST.")
        gone["Allow"] = "POST"
        return gone
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.get_host():
        return refused(403, "foreign_page", "A page of another site can't ask here.")
    caller = caller_of(request)
    left = limits.counted(caller.key.pk) if caller.key is not None else None
    told = too_many() if left is not None and not left.allowed else _told(request)
    for name, value in (left.headers if left is not None else {}).items():
        told[name] = value
    return told


def _told(request: HttpRequest) -> HttpResponse:
    try:
        message = json.loads(request.body)
    except RequestDataTooBig:
        return refused(413, "too_large", "The message is larger than this server takes.")
    except ValueError:
        return JsonResponse(failure(None, RpcError(PARSE, "This isn't JSON.")), status=400)
    wrong = _mismatch(request, message)
    if wrong is not None:
        return JsonResponse(failure(message.get("id"), wrong), status=400)
    told = answer(caller_of(request), message)
    if told is None:
        return HttpResponse(status=202)
    return JsonResponse(told, status=_status(told, message))


def _status(told: dict[str, Any], message: Any) -> int:
    """Of the newer era, errors of the protocol have a status; of the older, all messages are 200."""
    if "error" not in told:
        return 200
    if version_of(message) is None and told["id"] is not None:
        return 200
    return 404 if told["error"]["code"] == NO_METHOD else 400


def _mismatch(request: HttpRequest, message: Any) -> RpcError | None:
    """What the headers of the newer era say must be what the message says."""
    said = version_of(message)
    if said is None or not isinstance(message, dict) or "id" not in message:
        return None
    name = message["params"].get(NAMED.get(str(message.get("method")), ""))
    wanted = {"MCP-Protocol-Version": said, "Mcp-Method": message.get("method"), **({"Mcp-Name": name} if name else {})}
    for header, word in wanted.items():
        found = request.headers.get(header)
        if found is None or _decoded(found) != word:
            return RpcError(HEADER_MISMATCH, f"The header {header} isn't what the message says.")
    return None


def _decoded(header: str) -> str | None:
    """A header's text; what ASCII can't say comes as ``=?base64?…?=``."""
    if not (header.startswith("=?base64?") and header.endswith("?=")):
        return header
    try:
        return b64decode(header[9:-2], validate=True).decode()
    except ValueError:
        return None
