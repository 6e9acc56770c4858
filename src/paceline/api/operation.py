"""One thing that can be asked. From its declaration come the address, the gate's rule, the checks, OpenAPI, and the docs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from pydantic import ValidationError

from paceline.access.gate import action
from paceline.access.refusals import Detail, refused
from paceline.access.rules import BY_ACTION
from paceline.api import limits
from paceline.api.answers import Answer
from paceline.api.caller import Caller, caller_of
from paceline.api.question import Query
from paceline.api.refusal import Problems, Refused, not_found
from paceline.coaching.agenda import AgendaError
from paceline.disputes.deciding import DisputeError
from paceline.judging.compare import NotComparableError
from paceline.judging.drivers import DriversError
from paceline.judging.forecast import ForecastError
from paceline.judging.goals_set import GoalError
from paceline.judging.ramp import RampError
from paceline.judging.segments import SegmentsError
from paceline.judging.waterfall import PipelineError
from paceline.metrics.ask import AskError
from paceline.pages.asked import BadQuestionError

Q = TypeVar("Q", bound=Query)
# Questions that can't be answered, and changes that can't be made; their messages say what can.
_UNANSWERABLE = (
    AgendaError, AskError, BadQuestionError, DisputeError, DriversError, ForecastError, GoalError, NotComparableError,
    PipelineError, RampError, SegmentsError,
)  # fmt: skip


@dataclass(frozen=True)
class Operation(Generic[Q]):
    """``path`` under ``/api/v1/``; its ``<parts>`` are fields of the query, too. ``run`` gets a checked query.

    One whose action writes is asked by POST, its fields a JSON object; every other by GET.
    """

    name: str
    path: str
    action: str
    summary: str
    query: type[Q]
    answer: type[Answer]
    run: Callable[[Caller, Q], Answer]

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return BY_ACTION[self.action].writes

    @property
    def method(self) -> str:
        """How it is asked."""
        return "POST" if self.writes else "GET"

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the path's parts."""
        return tuple(re.findall(r"<\w+:(\w+)>", self.path))

    def answered(self, caller: Caller, words: Mapping[str, Any]) -> Answer:
        """The answer to words from outside. Raises Refused for whatever stands in the way."""
        query, details = checked(self.query, words)
        problems = Problems(details)
        if self.writes:
            problems.check()  # nothing is changed by a request that is wrong in part
        try:
            answer = self.run(replace(caller, problems=problems), query)
        except Http404:
            raise not_found() from None
        except PermissionDenied as error:
            raise Refused(403, "forbidden", str(error)) from None
        except _UNANSWERABLE as error:
            raise Refused(422, "unanswerable", str(error), details) from None
        problems.check()
        return answer


def view_of(operation: Operation[Any]) -> Callable[..., HttpResponseBase]:
    """The operation's view, behind the gate."""

    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        caller = caller_of(request)
        left = limits.counted(caller.key.pk) if caller.key is not None else None
        if left is not None and not left.allowed:
            answer: HttpResponseBase = too_many()
        else:
            answer = _answered(operation, caller, request, parts)
        for name, value in (left.headers if left is not None else {}).items():
            answer[name] = value
        return answer

    if operation.writes:
        return action(BY_ACTION[operation.action].seen_by or operation.action, operation.action)(_by_post(view))
    return action(operation.action)(view)


def _by_post(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that changes something: there is nothing to read at its address."""

    def posted(request: HttpRequest, **parts: str) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, **parts)
        answer = refused(405, "wrong_method", f"{request.method} isn't possible here; there is POST.")
        answer["Allow"] = "POST"
        return answer

    return posted


def too_many() -> HttpResponse:
    """429."""
    return refused(429, "too_many_requests", f"More than {limits.PER_MINUTE} requests in a minute. Wait for the next one.")


def _answered(operation: Operation[Any], caller: Caller, request: HttpRequest, parts: Mapping[str, str]) -> HttpResponseBase:
    try:
        words = _sent(request) if operation.writes else _words(request)
        found = operation.answered(caller, {**words, **parts})
    except Refused as error:
        return refused(error.status, error.code, error.message, error.details)
    body = found.model_dump_json().encode()
    if operation.writes:
        return HttpResponse(body, content_type="application/json")
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _words(request: HttpRequest) -> dict[str, str]:
    """The query string's words; one that comes twice is a mistake."""
    twice = [name for name, values in request.GET.lists() if len(values) > 1]
    if twice:
        details = [Detail(name, "It is there more than once.", "Send it once; several words with commas.") for name in twice]
        raise Refused(422, "invalid", "The request can't be answered as it stands.", details)
    return {name: word for name, word in request.GET.dict().items() if word}


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The fields of a change: a JSON object."""
    try:
        told = json.loads(request.body or b"{}")
    except RequestDataTooBig:
        raise Refused(413, "too_large", "The message is larger than this server takes.") from None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused(400, "bad_body", "The body is no JSON object. Send the fields as one, such as {\"reason\": \"…\"}.")
    return told


def checked(query: type[Q], words: Mapping[str, Any]) -> tuple[Q, list[Detail]]:
    """The query of words from outside, and what is wrong with them: without the wrong ones, so that the rest is checked, too.

    Raises Refused (422) where too little is left.
    """
    try:
        return query.model_validate(words), []
    except ValidationError as error:
        found = error.errors(include_url=False)
    details = [_detail(query, problem) for problem in found]
    wrong = {str(problem["loc"][0]) for problem in found if problem["loc"]}
    try:
        return query.model_validate({name: word for name, word in words.items() if name not in wrong}), details
    except ValidationError:
        Problems(details).check()
        raise


def _detail(query: type[Query], problem: Any) -> Detail:
    field = ".".join(str(part) for part in problem["loc"])
    top = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(top, query.model_fields, n=1)
        words = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(query.model_fields)}."
        return Detail(field, "There is no such parameter.", words)
    known = query.model_fields.get(top)
    if problem["type"] == "missing":
        return Detail(field, "It is missing.", (known.description or "") if known else "")
    return Detail(field, f"{problem['msg']}: {problem['input']!r}."[:300], (known.description or "") if known else "")
