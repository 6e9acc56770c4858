"""How the API is asked: for programs as OpenAPI, for people as a page. Neither tells anything of the company."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from paceline.access.gate import action
from paceline.api.openapi import ABOUT, BASE, ERRORS, description, parameters
from paceline.api.operation import Operation
from paceline.api.resources import ALL, WRITES


@action("see_api")
def openapi(request: HttpRequest) -> HttpResponseBase:
    """The description, the same until the next version."""
    body, etag = _written()
    answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer


@cache
def _written() -> tuple[bytes, str]:
    body = json.dumps(description(), ensure_ascii=False).encode()
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'


@action("see_api")
def docs(request: HttpRequest) -> HttpResponse:
    """Every address, its parameters, and what it answers with."""
    operations = [_shown(one) for one in (*ALL, *WRITES)]
    told = {"about": ABOUT, "base": BASE, "operations": operations, "errors": ERRORS.items()}
    return render(request, "api_docs.html", told)


def _shown(one: Operation[Any]) -> dict[str, Any]:
    fields = [(name, field.description or "") for name, field in one.answer.model_fields.items()]
    return {"one": one, "parameters": [_parameter(told) for told in parameters(one)], "fields": fields}


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    default = told["schema"].get("default")
    return {**told, "default": "" if default in (None, "", [], False) else default}
