"""Every request passes here: its view's action is looked up in the rules, and the user's door is put on the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from paceline.access.areas import covers
from paceline.access.doors import Door, door_to
from paceline.access.refusals import is_program, refused
from paceline.access.rules import BY_ACTION, Rule, refusal, rows_of
from paceline.people import keys
from paceline.people.models import ApiKey, User
from paceline.people.roles import Role
from paceline.project.running import running

_READS = ("GET", "HEAD", "OPTIONS")
_ATTRIBUTE = "paceline_actions"
_BY_POST = "paceline_asks_by_post"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Visitor(Protocol):
    """Whoever asks, by a page or by a program: who it is, and what may be seen."""

    @property
    def user(self) -> User:
        """Who."""

    @property
    def door(self) -> Door:
        """What may be seen by the action that was asked."""


class Asking(HttpRequest):
    """A request that has passed the gate."""

    user: User
    door: Door


def action(reads: str, writes: str | None = None) -> Callable[[View], View]:
    """Names the action of a view: of GET, and (``writes``) of POST. KeyError at import for an action that no rule has."""
    rules = BY_ACTION[reads], BY_ACTION[writes if writes is not None else reads]

    def named(view: View) -> View:
        setattr(view, _ATTRIBUTE, rules)
        return view

    return named


def listed(view: Callable[..., HttpResponseBase], reads: str, writes: str | None = None) -> Callable[..., HttpResponseBase]:
    """A library's view, with its action named."""

    def passed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return action(reads, writes)(passed)


def asks_by_post(view: View) -> View:
    """Marks a view that changes nothing and yet is asked by POST, because a protocol wants it so."""
    setattr(view, _BY_POST, True)
    return view


def reads_by_post(view: Callable[..., HttpResponseBase]) -> bool:
    """Whether a view is one of those."""
    return bool(getattr(view, _BY_POST, False))


def actions_of(view: Callable[..., HttpResponseBase]) -> tuple[Rule, Rule] | None:
    """The rules of a view's reading and writing; None for a view that names no action."""
    found: tuple[Rule, Rule] | None = getattr(view, _ATTRIBUTE, None)
    return found


class Gate:
    """Middleware: after log-in is known, before the view. A view that names no action doesn't open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_program(request):
            keys.log_in(request)
        return self.get_response(request)

    def process_view(
        self, request: Asking, view: Callable[..., HttpResponseBase], args: object, kwargs: object  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """What stands in the way of the view; None: nothing."""
        rules = actions_of(view)
        if rules is None:
            raise ImproperlyConfigured(f"{request.path}: its view names no action; add @action(…), and a rule in access/rules.py")
        rule = rules[0] if request.method in _READS else rules[1]
        if request.method not in _READS and not rule.writes and not (request.method == "POST" and reads_by_post(view)):
            return _reads_only(request)
        request.door = door_for(request, rule.action)
        return None if rule.public else self._stopped(request, rule)

    def _stopped(self, request: Asking, rule: Rule) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return _log_in_first(request)
        role, key = Role(request.user.role), keys.of(request)
        if rows_of(rule.action, role) is not None:
            if key is None or key_covers(key, rule):
                return None
            return refused(403, "key_too_narrow", f"This key doesn't reach so far: {rule.does} ({rule.action})")
        if refusal(rule.action, role) == 403:
            raise PermissionDenied(rule.why)
        raise Http404


def key_covers(key: ApiKey, rule: Rule) -> bool:
    """Whether the key, however much its owner may, is good for the action."""
    return (key.writes or not rule.writes) and covers(frozenset(key.areas), rule.action)


def door_for(request: HttpRequest, name: str) -> Door:
    """The door of another action for the user of the request: what a page about several actions asks."""
    return door_of(request.user if isinstance(request.user, User) else None, name)


def door_of(user: User | None, name: str) -> Door:
    """The door of an action for a user (None: nobody)."""
    place = running()
    if user is None:
        return door_to(place.store, name, None, "", False)
    return door_to(place.store, name, Role(user.role), user.rep_id, place.project.config.pages.peers)


def may(request: HttpRequest, name: str) -> bool:
    """Whether the user of the request may do the action at all. For what a page offers; the gate decides again."""
    user = request.user
    return isinstance(user, User) and rows_of(name, Role(user.role)) is not None


def _log_in_first(request: HttpRequest) -> HttpResponse:
    if is_program(request):
        return refused(401, "no_key", "Send a valid key: Authorization: Bearer …")
    return redirect_to_login(request.get_full_path())


def _reads_only(request: HttpRequest) -> HttpResponse:
    """405, with the methods that there are."""
    if not is_program(request):
        return HttpResponseNotAllowed(_READS)
    answer = refused(405, "wrong_method", f"{request.method} isn't possible here; there are {', '.join(_READS)}.")
    answer["Allow"] = ", ".join(_READS)
    return answer
