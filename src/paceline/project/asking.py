"""From a project's store to answers: the store opened for questions, and people's words turned into scopes."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from paceline.metrics.store import Store
from paceline.project.folder import Project, catalog
from paceline.project.past import past_facts
from paceline.sales.scope import Clause, Scope, Stint
from paceline.warehouse.engine import Engine

_PEOPLE = ("rep", "manager")


class UnknownNameError(ValueError):
    """A rep, team or the like that nobody is called; the message says what is near."""


@contextmanager
def answering(project: Project, engine: Engine, now: int | None = None) -> Iterator[Store]:
    """The store, ready to be asked. ``now`` in epoch seconds; None: this moment."""
    yield Store(engine, project.settings, int(time.time()) if now is None else now, catalog(project), past_facts=past_facts)


def scope_of(stints: Iterable[Stint], wanted: Mapping[str, str | None]) -> Scope:
    """The scope that all the words describe: rep and manager by id or name; team, role, segment, territory by name.

    Letter case doesn't matter; a part of a name is enough if it fits only one. None is no condition. Raises UnknownNameError for
    a word that fits nobody, or several.
    """
    stints = tuple(stints)
    clauses = []
    for attribute, word in wanted.items():
        if word is not None:
            known = _people(stints) if attribute in _PEOPLE else _values(stints, attribute)
            clauses.append(Clause(attribute, frozenset([_matched(attribute, word, known)])))
    return Scope(tuple(clauses))


def names_of(stints: Iterable[Stint]) -> dict[str, str]:
    """Rep id → name (the id, where there is none)."""
    return {stint.rep_id: stint.name or stint.rep_id for stint in stints}


def _people(stints: Iterable[Stint]) -> dict[str, str]:
    """Id → what the person is called."""
    return names_of(stints)


def _values(stints: Iterable[Stint], attribute: str) -> dict[str, str]:
    found = {stint.attribute(attribute) for stint in stints}
    return {value: value for value in sorted(value for value in found if value)}


def _matched(attribute: str, word: str, known: Mapping[str, str]) -> str:
    """The key (id or value) that the word means."""
    said = word.strip().lower()
    exact = [key for key, name in known.items() if said in (key.lower(), name.lower())]
    found = exact or [key for key, name in known.items() if said and said in name.lower()]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownNameError(
            f"{word!r} could be {_listed(known[key] + (f' ({key})' if attribute in _PEOPLE else '') for key in found)}: "
            f"write more of it{', or the id' if attribute in _PEOPLE else ''}."
        )
    near = difflib.get_close_matches(said, [name.lower() for name in known.values()], n=3, cutoff=0.5)
    names = [name for name in known.values() if name.lower() in near] or list(known.values())
    hint = "Did you mean" if near else "There are:"
    if not names:
        raise UnknownNameError(f"No {attribute} is known yet.")
    raise UnknownNameError(f"No {attribute} is called {word!r}. {hint} {_listed(names)}{'?' if near else '.'}")


def _listed(words: Iterable[str]) -> str:
    names = list(dict.fromkeys(words))
    shown = names[:8]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more
