"""Answers made for assistants from several of the API's: search, a person at a glance, a team at a glance, a 1:1's points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from paceline.access.doors import Door
from paceline.api.answers import instant
from paceline.api.caller import Caller
from paceline.api.mcp.shown import Shown, versions_of
from paceline.api.resources import ALL
from paceline.api.resources.people import person_now
from paceline.coaching.actions import open_actions
from paceline.coaching.agenda import on_it, to_come
from paceline.coaching.pair import Pair
from paceline.pages.around import MENU

Words = Mapping[str, Any]
Told = dict[str, Any]
_BY_NAME = {one.name: one for one in ALL}
_MOST = 12  # of anything that is searched
_DEALS = 10


def search(caller: Caller, words: Words) -> Shown:
    """People in sight, metrics, pages; those with more of the words first."""
    wanted = [word for word in str(words["words"]).casefold().split() if word]
    door = caller.door("see_rep")
    people = [person_now(caller, one).model_dump(mode="json") for one in door.people()]
    metrics = [
        {"metric": one.slug, "name": one.name, "meaning": one.meaning, "unit": one.unit.value, "definition_version": one.version,
         "link": caller.link(reverse("metric", args=[one.slug]))}
        for one in door.store.catalog.values()
    ] if caller.may("see_metric") else []  # fmt: skip
    pages = [
        {"name": str(entry.label), "link": caller.link(address)}
        for entry in MENU
        if caller.may(entry.action) and (address := entry.address(caller.user))
    ]
    told = {
        "people": _best(people, wanted, ("name", "team", "role", "rep_id")),
        "metrics": _best(metrics, wanted, ("name", "metric", "meaning")),
        "pages": _best(pages, wanted, ("name",)),
    }
    return _shown(told, door, caller.link("/"))


def _best(found: Sequence[Told], wanted: Sequence[str], fields: Sequence[str]) -> list[Told]:
    """Those with any of the words, the most of them in the first fields first."""
    def weight(one: Told) -> float:
        texts = [str(one.get(name) or "").casefold().replace("_", " ") for name in fields]
        return sum(1 / (place + 1) for word in wanted for place, text in enumerate(texts) if word in text)

    return sorted((one for one in found if weight(one)), key=weight, reverse=True)[:_MOST]


def rep_brief(caller: Caller, words: Words) -> Shown:
    """A person: what stands out, results, goals, signals, deals that need care."""
    told, door = _rep(caller, words), caller.door("see_rep")
    cells: list[Told] = told["cells"]
    brief = {
        "who": told["who"],
        "period": told["period"],
        "out_of_usual": [_cell(one) for one in cells if one["mark"] in ("worse", "better")],
        "as_usual": [_short(one) for one in cells if one["mark"] not in ("worse", "better")],
        "goals": [_goal(one) for one in told["goals"]],
        "signals": told["signals"],
        "deals_needing_care": [_deal(one) for one in _care(told["deals"])],
        "open_deals": len(told["deals"]),
    }
    return _shown(brief, door, told["link"], versions_of(told), told["as_of"])


def team_brief(caller: Caller, words: Words) -> Shown:
    """A team: what stands out, the middle of each metric, goals, the weightiest signals."""
    sent = {name: word for name, word in words.items() if word}
    told = _asked(caller, "api_team", {**sent, "limit": 1000})
    whose = {name: word for name, word in sent.items() if name != "period"}
    signals, goals = (_asked(caller, name, {**whose, "limit": _MOST}) for name in ("api_signals", "api_goals"))
    brief = {
        "period": told["period"],
        "people": told["people"],
        "numbers_looked_at": sum(len(row["cells"]) for row in told["items"]),
        "standing_out": told["standing_out"],
        "out_of_usual": [
            {"person": row["person"]["name"], "rep_id": row["person"]["rep_id"], **_cell(one)}
            for row in told["items"] for one in row["cells"] if one["mark"] in ("worse", "better")
        ],
        "together": told["together"],
        "goals": [_goal(one) for one in goals["items"]],
        "signals": signals["items"],
    }  # fmt: skip
    return _shown(brief, caller.door("see_team"), told["link"], versions_of([told, signals, goals]), told["as_of"])


def prepare_1on1(caller: Caller, words: Words) -> Shown:
    """Points for a 1:1 with a person, each with its source; what is on the agenda already, if the caller is one of the two."""
    told, door = _rep(caller, words), caller.door("see_rep")
    praise = [one for one in told["signals"] if one["kind"] == "better"]
    look = [one for one in told["signals"] if one["kind"] != "better"]
    behind = [one for one in told["goals"] if one["expected_by_now"] and (one["value"] or 0) < one["expected_by_now"]]
    brief = {
        "who": told["who"],
        "praise": [_point(one["sentence"], one["link"]) for one in praise],
        "look_into": [_point(one["sentence"], one["link"]) for one in look],
        "goals_behind_pace": [_goal(one) for one in behind],
        "numbers_out_of_usual": [_cell(one) for one in told["cells"] if one["mark"] in ("worse", "better")],
        "deals_to_talk_about": [_deal(one) for one in _care(told["deals"])],
        **_between_the_two(caller, told["who"]["rep_id"]),
        "note": "A draft: a person decides what is said. An association isn't a cause, and few cases (n) say little.",
    }
    return _shown(brief, door, told["link"], versions_of(told), told["as_of"])


def _between_the_two(caller: Caller, rep_id: str) -> Told:
    """The agenda and what was agreed, for one of the two and nobody else; never a note."""
    own = caller.user.rep_id
    if not own or own == rep_id or not caller.may("see_one_on_ones"):
        return {}
    pair = Pair(own, rep_id)
    one = to_come(pair)
    return {
        "on_the_agenda": [item.text for item in on_it(one)],
        "agreed_before": [
            {"what": action.text, "until": str(action.until), "metric": action.metric, "done": action.done_at is not None}
            for action in open_actions(pair, one)
        ],
    }


def _rep(caller: Caller, words: Words) -> Told:
    return _asked(caller, "api_rep", {name: word for name, word in words.items() if word})


def _asked(caller: Caller, name: str, words: Words) -> Told:
    told: Told = _BY_NAME[name].answered(caller, words).model_dump(mode="json")
    return told


def _cell(one: Told) -> Told:
    names = ("metric", "name", "value", "unit", "currency", "n", "usual", "mark", "because", "records")
    return {name: one[name] for name in names}


def _short(one: Told) -> Told:
    return {name: one[name] for name in ("metric", "value", "unit", "n", "because")}


def _goal(one: Told) -> Told:
    names = ("name", "metric", "target", "value", "because", "unit", "currency", "attainment", "expected_by_now", "chance",
             "sentence")
    return {name: one[name] for name in names}


def _deal(one: Told) -> Told:
    names = ("name", "account", "stage", "amount", "currency", "days_in_stage", "stage_limit_days", "expected_close",
             "last_touch", "next_meeting", "overdue")
    return {name: one[name] for name in names}


def _care(deals: Iterable[Told]) -> list[Told]:
    """Overdue ones, and those that are in their stage for longer than its limit; the largest first."""
    found = [
        one for one in deals
        if one["overdue"] or (one["stage_limit_days"] is not None and (one["days_in_stage"] or 0) > one["stage_limit_days"])
    ]  # fmt: skip
    return sorted(found, key=lambda one: -(one["amount"] or 0))[:_DEALS]


def _point(sentence: str, link: str) -> Told:
    return {"point": sentence, "link": link}


def _shown(told: Told, door: Door, link: str, versions: Mapping[str, int] | None = None, as_of: str = "") -> Shown:
    at = as_of or instant(door.store.now).isoformat().replace("+00:00", "Z")
    known = versions_of(told) if versions is None else versions
    return Shown.of({"as_of": at, "link": link, **told}, known)
