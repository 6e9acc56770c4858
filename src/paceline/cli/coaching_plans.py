"""Action plans as people write them, in a CSV or TOML file or as options; everything wrong with them is told at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paceline.cli.failure import Exit, Failure, did_you_mean

if TYPE_CHECKING:
    from paceline.judging.coaching import ActionPlan
    from paceline.metrics.vocabulary import Metric
    from paceline.sales.scope import Stint

FIELDS = ("rep", "metric", "from", "until", "target")
NEEDED = ("rep", "metric", "from")


@dataclass(frozen=True)
class Written:
    """A plan's words. ``place``: where it is written, for errors; empty for options."""

    place: str
    rep: str
    metric: str
    first: str
    until: str | None
    target: float | str | None


def read_plans(file: Path) -> tuple[Written, ...]:
    """The plans of a file: CSV with a header, or TOML with a table ``[plan.NAME]`` each. Raises Failure with all its faults."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8 text"
        raise Failure(f"{file} can't be read.", str(why), code=Exit.SOURCE) from None
    rows = _toml(file, text) if file.suffix.lower() == ".toml" else _csv(file, text)
    faults: list[str] = []
    plans = []
    for place, row in rows:
        unknown = [name for name in row if name not in FIELDS]
        faults += [f"{place}: {name!r} is no field of a plan. {did_you_mean(name, FIELDS)}".rstrip() for name in unknown]
        missing = [name for name in NEEDED if not row.get(name)]
        if missing:
            faults.append(f"{place}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        else:
            plans.append(Written(place, str(row["rep"]), str(row["metric"]), str(row["from"]), _word(row.get("until")),
                                 row.get("target") or None))  # fmt: skip
    if not rows:
        faults.append(f"{file.name}: there is no plan in it. Its fields are {', '.join(FIELDS)}")
    if faults:
        raise Failure(f"{file} has {len(faults)} fault{'s' if len(faults) > 1 else ''}.", "\n".join(faults),
                      "Mend them, then try again.", Exit.CONFIG)  # fmt: skip
    return tuple(plans)


def _word(value: Any) -> str | None:
    return str(value) if value else None


def _csv(file: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    lines = csv.DictReader(text.splitlines())
    found = []
    for row in lines:
        plain = {(name or "").strip().lower(): value.strip() for name, value in row.items() if isinstance(value, str)}
        if any(plain.values()):
            found.append((f"{file.name}, line {lines.line_num}", plain))
    return found


def _toml(file: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    from tomlkit.exceptions import ParseError

    from paceline.project import lines

    try:
        document = lines.parse(text)
    except ParseError as error:
        said = str(error).split(" at line")[0]
        raise Failure(
            f"{file} isn't TOML.", f"line {error.line}: {said}", "Mind quotes, brackets and commas.", Exit.CONFIG
        ) from None
    where, plain = lines.positions(document), document.unwrap()
    plans = plain.get("plan")
    if set(plain) - {"plan"} or not isinstance(plans, dict) or not all(isinstance(one, dict) for one in plans.values()):
        raise Failure(f"{file} has something else than plans.", next="Write each plan as a table: [plan.NAME]", code=Exit.CONFIG)
    return [(f"{file.name}, line {where.get(('plan', name), 1)}", one) for name, one in plans.items()]


def plan_of(
    one: Written, stints: Iterable[Stint], catalog: Mapping[str, Metric], today: date, wrong: list[str]
) -> ActionPlan | None:
    """The plan that the words mean; what is wrong with them is added to ``wrong``. One without an end still runs."""
    from paceline.judging.coaching import ActionPlan
    from paceline.project.asking import UnknownNameError, scope_of

    at = f"{one.place}: " if one.place else ""
    faults: list[str] = []
    rep = None
    try:
        rep = scope_of(stints, {"rep": one.rep}).one_rep
    except UnknownNameError as error:
        faults.append(f"{at}rep: {error}")
    slug = one.metric.strip().lower().replace("-", "_").replace(" ", "_")
    if slug not in catalog:
        faults.append(f"{at}metric: no metric is called {one.metric!r}. {did_you_mean(slug, catalog)}".rstrip())
    first, until = _day(one.first, "from", at, faults), None if one.until is None else _day(one.until, "until", at, faults)
    if first is not None and until is not None and until <= first:
        faults.append(f"{at}until: {until} isn't after {first}")
    target = _number(one.target, at, faults)
    wrong += faults
    if faults or rep is None or first is None:
        return None
    return ActionPlan(rep, slug, first, until or max(today, first) + timedelta(days=1), target)


def _day(text: str, field: str, at: str, faults: list[str]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        faults.append(f"{at}{field}: {text!r} is no date. Write it as YYYY-MM-DD")
        return None


def _number(value: float | str | None, at: str, faults: list[str]) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        faults.append(f"{at}target: {value!r} is no number")
        return None
    if not number > 0:
        faults.append(f"{at}target: {number:g} isn't above 0")
    return number
