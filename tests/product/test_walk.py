"""Every address, every kind of visitor: what opens is what the rules say, and an address without a rule is a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import uuid4

import pytest
from django.test import Client

from paceline.access.gate import actions_of, reads_by_post
from paceline.access.refusals import PROGRAMS
from paceline.access.rules import BY_ACTION, RULES, refusal, rows_of
from paceline.people.roles import Role
from paceline.project.running import Running
from tests.product.conftest import Cast
from tests.product.english import english_in

GERMANS = ("manager", "admin")  # who read all pages in German: nothing English may be left on them
VISITORS = ("anonymous", "rep", "peer", "other_rep", "manager", "other_manager", "executive", "admin", "deactivated")
ROLES = {"rep": Role.REP, "peer": Role.REP, "other_rep": Role.REP, "manager": Role.MANAGER, "other_manager": Role.MANAGER,
         "executive": Role.EXECUTIVE, "admin": Role.ADMIN}
# What stands in an address, by the name of its part. The person is ``rep`` of the cast.
PARTS = {
    "token": "no-such-token", "number": "1", "slug": "win_rate", "goal_id": "no-such-goal", "metric": "win_rate", "form": "csv",
    "group": "company", "source": "files", "provider_id": "sso", "card": "no-such-card",
    "delivery": "00000000-0000-4000-8000-000000000000", "kind": "week", "day": "2026-06-22",
}  # fmt: skip


def _routes() -> Iterator[tuple[str, Callable[..., object], str]]:
    """Name, view and pattern of every address."""
    from django.urls import URLPattern, get_resolver

    def inside(patterns: Sequence[object], before: str) -> Iterator[tuple[str, Callable[..., object], str]]:
        for one in patterns:
            written = before + str(getattr(one, "pattern", ""))
            if isinstance(one, URLPattern):
                yield str(one.name), one.callback, written
            else:
                yield from inside(one.url_patterns, written)  # type: ignore[attr-defined]

    yield from inside(get_resolver().url_patterns, "")


def _address(name: str, rep_id: str, user: str, others: Mapping[str, str] | None = None) -> str:
    from django.urls import get_resolver, reverse

    possibilities = get_resolver().reverse_dict.getlist(name)
    (_, wanted), = possibilities[0][0][:1]
    known = {**PARTS, "rep_id": rep_id, "rep": rep_id, "public_id": user, **(others or {})}
    missing = [part for part in wanted if part not in known]
    assert not missing, f"{name}: tell PARTS of tests/product/test_walk.py what stands for {missing}"
    return reverse(name, kwargs={part: known[part] for part in wanted})


def test_every_address_names_an_action_of_the_rules() -> None:
    for name, view, pattern in _routes():
        rules = actions_of(view)  # type: ignore[arg-type]
        assert rules is not None, f"{pattern} ({name}) names no action"
        assert all(BY_ACTION[rule.action] is rule for rule in rules)


def test_every_action_that_is_no_page_yet_is_told(place: Running) -> None:  # noqa: ARG001
    """Nothing is promised that isn't there: a page and its rule come together."""
    used = {rule.action for _, view, _ in _routes() for rule in actions_of(view) or ()}  # type: ignore[arg-type]
    asked_elsewhere = {"see_peers"}  # a part of pages, asked through `door_for`
    assert {rule.action for rule in RULES} - used - asked_elsewhere == set()


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_opens_what_the_rules_say(visitor: str, cast: Cast, browser: Callable[[str], Client]) -> None:
    client = browser(visitor)
    if visitor in GERMANS:
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    role = ROLES.get(visitor)
    left = []
    for name, view, _ in _routes():
        rules = actions_of(view)  # type: ignore[arg-type]
        assert rules is not None
        address = _address(name, cast.rep_id("rep"), str(cast["peer"].public_id))
        for method, rule in (("get", rules[0]), ("post", rules[1])):
            asks_by_key = address.startswith(PROGRAMS)
            answer = getattr(_program(visitor, cast) if asks_by_key else client, method)(address)
            told = f"{visitor} {method} {address}: {answer.status_code}"
            if method == "post" and not rule.writes and not reads_by_post(view):  # type: ignore[arg-type]
                assert answer.status_code == 405, told
            elif rule.public:
                assert answer.status_code < 500, told
            elif role is None and asks_by_key:
                assert answer.status_code == 401, told
            elif role is None:
                assert answer.status_code == 302, told
                assert answer["Location"].startswith("/log-in/?next="), told
            elif rows_of(rule.action, role) is None:
                assert answer.status_code == refusal(rule.action, role), told
            elif asks_by_key and rules[1].writes:  # there is nothing to read; what is wrong is told before whose it is
                assert answer.status_code in ((405,) if method == "get" else (400, 404, 422)), told
            elif {"rep_id", "rep"} & answer.resolver_match.kwargs.keys() and not _in_sight(visitor):
                assert answer.status_code == 404, told
            else:
                assert answer.status_code in (200, 302, 400, 404, 405, 422), told
                assert not answer.get("Location", "").startswith("/log-in/?next="), told
                if name in ("rep", "api_rep"):
                    assert answer.status_code == 200, told
            is_page = answer.get("Content-Type", "").startswith("text/html") and not address.startswith("/api/")
            if visitor in GERMANS and is_page:  # the API's reference is for programmers, in English
                left += [f"{told}: {part}" for part in english_in(answer.content.decode(), "de")]
        if name in ("account_logout", "account_change_password"):
            client = browser(visitor)  # the walk came by the log-out
            if visitor in GERMANS:
                client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert not left, "English on German pages:\n" + "\n".join(left)


def _program(visitor: str, cast: Cast) -> Client:
    """A program with a new key of the visitor's (the walk revokes old ones); without any for one who has no account."""
    from paceline.people import keys

    if visitor == "anonymous":
        return Client()
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[visitor], 'walk', writes=True)[1]}"})


def _in_sight(visitor: str) -> bool:
    return visitor in ("rep", "manager", "executive", "admin")


def test_a_page_that_asks_for_a_person_out_of_sight_answers_as_for_nobody(
    cast: Cast, browser: Callable[[str], Client]
) -> None:
    from django.urls import reverse

    client = browser("other_manager")
    hidden = client.get(reverse("rep", args=[cast.rep_id("rep")]))
    nobody = client.get(reverse("rep", args=["nobody-at-all"]))
    assert hidden.status_code == nobody.status_code == 404
    assert _plain(hidden.content) == _plain(nobody.content)


def test_an_unknown_user_is_not_found(browser: Callable[[str], Client]) -> None:
    from django.urls import reverse

    assert browser("admin").get(reverse("user", args=[uuid4()])).status_code == 404


def _plain(content: bytes) -> str:
    """The page without what differs by request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())
