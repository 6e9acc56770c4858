"""What `ask`, `explain` and `report` are asked about: whose rows, which period, as of when. The options, and their reading."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from paceline.cli.failure import Exit, Failure, did_you_mean
from paceline.cli.opening import opened, store_of
from paceline.cli.output import working

if TYPE_CHECKING:
    from paceline.metrics.store import Store
    from paceline.sales.periods import Period
    from paceline.sales.scope import Scope

PeriodOption = Annotated[
    str,
    typer.Option(
        "--period",
        help="Which days: 2026, 2026-Q3, 2026-07, 2026-W30, FY26-Q2, 2026-01-15..2026-03-01, this_month, last_quarter, "
        "trailing_28.",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As it was known at the end of that day, e.g. 2026-06-30.", show_default=False),
]


def _option(words: str) -> typer.models.OptionInfo:
    made: typer.models.OptionInfo = typer.Option(help=words, show_default=False)
    return made


@dataclass(frozen=True)
class Whose:
    """Whose rows, in people's words: six options of every command that is ``of_whom``."""

    rep: Annotated[str | None, _option("One rep, by name or id.")] = None
    team: Annotated[str | None, _option("One team.")] = None
    role: Annotated[str | None, _option("One role, such as AE.")] = None
    segment: Annotated[str | None, _option("One segment.")] = None
    manager: Annotated[str | None, _option("Everyone under a manager, directly or through others.")] = None
    territory: Annotated[str | None, _option("One territory.")] = None


EVERYBODY = Whose()


def of_whom(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of ``Whose`` in the place of its parameter ``whose``."""
    known = inspect.signature(command, eval_str=True)
    options = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=hint)
        for name, hint in get_type_hints(Whose, include_extras=True).items()
    ]
    shown = [part for one in known.parameters.values() for part in (options if one.name == "whose" else [one])]

    @wraps(command)
    def asked(**words: Any) -> None:
        command(whose=Whose(**{one.name: words.pop(one.name) for one in options}), **words)

    # By these Typer learns of a command's options.
    asked.__signature__ = known.replace(parameters=shown)  # type: ignore[attr-defined]
    asked.__annotations__ = {one.name: one.annotation for one in shown}
    return asked


@dataclass(frozen=True)
class Question:
    """A question's frame, understood: an open store, a scope, a period, and the day as of which to answer (None: now)."""

    store: Store
    scope: Scope
    period: Period
    as_of: date | None

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.store.view(self.as_of).day

    @property
    def about(self) -> str:
        """Whose rows, with people's names for their ids."""
        from paceline.project.asking import names_of

        names = names_of(self.store.view(self.as_of).stints)
        words = []
        for clause in self.scope.clauses:
            people = clause.attribute in ("rep", "manager")
            values = [names.get(value, value) if people else value for value in sorted(clause.values)]
            words.append(f"{clause.attribute} {' or '.join(values)}")
        return ", ".join(words) or "the company"


@contextmanager
def asking(project: Path | None, whose: Whose, period: str, as_of: str | None, now: int | None = None) -> Iterator[Question]:
    """Open the project's store and read the question's words. Raises Failure for what can't be understood.

    ``now``: the moment that counts as now, epoch seconds; None: this one.
    """
    from paceline.project.asking import UnknownNameError, answering, scope_of
    from paceline.project.folder import catalog
    from paceline.project.loading import bring_up_to_date
    from paceline.sales.periods import PeriodError, parse

    place = opened(project)
    day = None if as_of is None else read_day(as_of)
    with store_of(place) as engine:
        _loaded(engine.tables())
        with working("Looking at what changed…") as tell:
            bring_up_to_date(engine, place.settings, tell, catalog(place))
        with answering(place, engine, now) as store:
            view = store.view(day)
            try:
                scope = scope_of(view.stints, vars(whose))
                asked = parse(period, place.settings, view.day)
            except UnknownNameError as error:
                raise Failure(str(error), code=Exit.USAGE) from None
            except PeriodError as error:
                raise Failure(_sentence(str(error)), code=Exit.USAGE) from None
            yield Question(store, scope, asked, day)


def _loaded(tables: set[str]) -> None:
    from paceline.warehouse.store import LOAD_LOG

    if LOAD_LOG not in tables:  # records without facts, as after a restore, are good: facts are made of them
        raise Failure("Nothing was loaded yet.", "The store has no records.", "Load your files first: paceline load FOLDER")


def read_day(text: str) -> date:
    """The date. Raises Failure for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{text!r} is no date.", next="Write it as YYYY-MM-DD, e.g. --as-of 2026-06-30.", code=Exit.USAGE) from None


def known_metrics(store: Store, slugs: Sequence[str]) -> list[str]:
    """The slugs as the catalogue writes them. Raises Failure naming all unknown ones, with what is near."""
    plain = {slug: slug.strip().lower().replace("-", "_").replace(" ", "_") for slug in slugs}
    unknown = [slug for slug in slugs if plain[slug] not in store.catalog]
    if unknown:
        why = "\n".join(f"{slug}: {did_you_mean(slug.replace('-', '_'), store.catalog)}".rstrip(": ") for slug in unknown)
        raise Failure(
            f"No metric is called {', '.join(repr(slug) for slug in unknown)}.",
            why,
            "See them all: paceline metrics list",
            Exit.USAGE,
        )
    return list(dict.fromkeys(plain.values()))


def answered_or_told(error: ValueError) -> Failure:
    """A question that can't be answered as it stands, as a Failure."""
    return Failure(_sentence(str(error)), code=Exit.USAGE)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
