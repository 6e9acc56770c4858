"""The OpenAPI 3.1 description, made from the operations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from paceline.access.refusals import PROGRAMS
from paceline.access.rules import BY_ACTION
from paceline.api.operation import Operation
from paceline.api.resources import ALL, WRITES

_REF = "#/components/schemas/{model}"
BASE = f"{PROGRAMS[0]}v1/"

ABOUT = (
    "Everything that the pages show, by the same rules: a key sees what its owner sees. Send it as `Authorization: Bearer KEY`; "
    "keys are made on the account page. Unknown is `null`, never 0, and `because` says why. Money is in units of its currency, "
    "exact to the cent; shares are fractions; dates are ISO 8601. Lists come in parts: send `next_cursor` as `cursor`. "
    "Answers carry an `ETag`: send it as `If-None-Match`, and what didn't change costs nothing (304). "
    "What changes something is asked by POST, its fields as a JSON object, and takes a key that may write; keys don't unless "
    "that was chosen. Each change is in the audit log, as one made on a page is."
)

ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "description": "For programs; it doesn't change."},
                "message": {"type": "string", "description": "For people."},
                "details": {
                    "type": "array",
                    "description": "All problems at once.",
                    "items": {
                        "type": "object",
                        "required": ["field", "problem", "remedy"],
                        "additionalProperties": False,
                        "properties": {name: {"type": "string"} for name in ("field", "problem", "remedy")},
                    },
                },
            },
        }
    },
}
ERRORS = {
    400: "The request can't be read, or a cursor is of another question.",
    401: "No key, or one that isn't valid any more.",
    403: "The key doesn't reach so far, or may not write.",
    404: "There is nothing here, or it isn't the caller's to see.",
    405: "Another method.",
    413: "The body is larger than the server takes.",
    422: "Parameters are wrong; `details` has all of them.",
    429: "Too many requests in a minute.",
    500: "A fault of the server.",
}


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    answers = [(one.answer, "serialization") for one in (*ALL, *WRITES)]
    names, schemas = models_json_schema(dict.fromkeys(answers), ref_template=_REF)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for one in (*ALL, *WRITES):
        described = _operation(one, names[one.answer, "serialization"])
        paths.setdefault(f"/{template(one)}", {})[one.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Paceline", "version": version("paceline"), "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": BASE.rstrip("/")}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas["$defs"], "Error": ERROR},
            "responses": {f"E{status}": _error(words) for status, words in ERRORS.items()},
        },
    }


def template(one: Operation[Any]) -> str:
    """``metrics/{metric}``."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", one.path)


def _operation(one: Operation[Any], schema: dict[str, Any]) -> dict[str, Any]:
    rule = BY_ACTION[one.action]
    return {
        "operationId": one.name.removeprefix("api_"),
        "summary": one.summary,
        "description": f"{(one.answer.__doc__ or '').strip()}\n\nRule: `{rule.action}` ({rule.why})",
        **_asked(one),
        "responses": {
            "200": {"description": one.summary, "content": {"application/json": {"schema": schema}}},
            **({} if one.writes else {"304": {"description": "Nothing changed since the answer with this ETag."}}),
            **{str(status): {"$ref": f"#/components/responses/E{status}"} for status in ERRORS},
        },
    }


def _asked(one: Operation[Any]) -> dict[str, Any]:
    """The parameters; of a change, those of the path alone, and its body."""
    found = parameters(one)
    if not one.writes:
        return {"parameters": found}
    fields = [told for told in found if told["in"] == "query"]
    body = {
        "type": "object", "additionalProperties": False, "required": [told["name"] for told in fields if told["required"]],
        "properties": {told["name"]: {**told["schema"], "description": told["description"]} for told in fields},
    }  # fmt: skip
    return {
        "parameters": [told for told in found if told["in"] == "path"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
    }


def parameters(one: Operation[Any]) -> list[dict[str, Any]]:
    """Every parameter, those of the path first."""
    described = one.query.model_json_schema()
    required: Sequence[str] = described.get("required", ())
    found = []
    for name, schema in described.get("properties", {}).items():
        in_path = name in one.parts
        told = {key: value for key, value in schema.items() if key not in ("title", "description")}
        parameter = {
            "name": name, "in": "path" if in_path else "query", "required": in_path or name in required,
            "description": schema.get("description", ""), "schema": told,
        }  # fmt: skip
        if told.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        found.append(parameter)
    return sorted(found, key=lambda parameter: parameter["in"] != "path")


def _error(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
