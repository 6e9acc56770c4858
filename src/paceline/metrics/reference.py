"""The reference page of each metric, from its declaration and the worked company's answers:
``python -m paceline.metrics.reference docs/reference/metrics acme/answers``.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paceline.metrics.catalog import CATALOG
from paceline.metrics.conditions import columns_of
from paceline.metrics.coverage import KIND_WORDS
from paceline.metrics.explain import formula, term_words
from paceline.metrics.relations import RELATIONS, words_of
from paceline.metrics.vocabulary import Category, Measure, Metric, Unit

_GENERATED = (
    "<!-- Made by `make docs` from the metric's declaration and the answers in `acme/`; change those, not this page. -->"
)
_COMPANY = (
    "In the worked company ([acme](../../../acme/README.md)), the first quarter of 2026 as seen on 10 April 2026 unless said "
    "otherwise; money in cents where a quotient is shown:"
)
_EXAMPLES = 3
_UNITS = {
    Unit.PERCENT: "percent (a fraction in data: 0.63)",
    Unit.MONEY: "the company's currency (numerators in data are in cents)",
    Unit.DAYS: "days",
    Unit.COUNT: "a count",
    Unit.SECONDS: "seconds",
    Unit.MINUTES: "minutes",
    Unit.RATIO: "a ratio",
}


def pages(catalog: Mapping[str, Metric] = CATALOG, examples: Mapping[str, str] | None = None) -> dict[str, str]:
    """File name → Markdown: a page a metric, and ``README.md`` with the list. ``examples``: worked examples by slug."""
    made = {f"{slug}.md": page(metric, catalog, (examples or {}).get(slug)) for slug, metric in catalog.items()}
    made["README.md"] = _list(catalog)
    return made


def write(folder: Path, examples: Mapping[str, str] | None = None) -> int:
    """Write all pages, and remove those of metrics that are gone; how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages(examples=examples)
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(made)


def worked(folder: Path) -> dict[str, str]:
    """Worked examples by slug, from the worked company's answers (``*.toml``): the first few, and one without a value."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        for slug, answers in tomllib.loads(file.read_text(encoding="utf-8")).items():
            unknown = [answer for answer in answers if "none" in answer][:1]
            chosen = [answer for answer in answers if "none" not in answer][:_EXAMPLES] + unknown
            found[slug] = "\n".join([_COMPANY, "", *(f"- {_example(answer)}" for answer in chosen)])
    return found


def _example(answer: Mapping[str, Any]) -> str:
    days = f", {answer['first']} to before {answer['until']}" if "first" in answer else ""
    seen = f", as of {answer['as_of']}" if "as_of" in answer else ""
    if "none" in answer:
        value = f"none, because {answer['none']}"
    elif "value" in answer:
        value = f"{answer['value']:g}"
    else:
        value = f"{answer['numerator']:g}" + (f" ÷ {answer['denominator']:g}" if "denominator" in answer else "")
    return f"**{answer['who']}**{days}{seen}: {value}. {answer['working'][0].upper()}{answer['working'][1:]}."


def page(metric: Metric, catalog: Mapping[str, Metric], example: str | None = None) -> str:
    """One metric's page."""
    parts = [
        _GENERATED,
        f"# {metric.name}",
        f"`{metric.slug}` · {metric.category.value} · definition v{metric.version}{_ours(metric)}",
        metric.meaning,
    ]
    parts.append(_table(metric))
    parts += ["## Formula", f"    {_in_words(metric)}", "Over the facts:", f"    {formula(metric.numerator, metric.denominator)}"]
    parts += ["## What it is made of", _rows(metric)]
    if metric.edges:
        parts += ["## Edge cases", "\n".join(f"- {edge}" for edge in metric.edges)]
    if metric.none or metric.absent:
        reasons = [f"- *none, because {reason}*" for reason in (metric.none, metric.absent) if reason]
        parts += ["## When there is no value", "\n".join(reasons)]
    if example:
        parts += ["## Worked example", example]
    links = _links(metric, catalog)
    if links:
        parts += ["## See also", links]
    return "\n\n".join(parts) + "\n"


def _ours(metric: Metric) -> str:
    return " · ours: the field has no standard formula, this is an operational one" if metric.ours else ""


def _in_words(metric: Metric) -> str:
    return term_words(metric.numerator) + ("" if metric.denominator is None else f" ÷ {term_words(metric.denominator)}")


def _table(metric: Metric) -> str:
    needs = (" or " if metric.any_need else " and ").join(KIND_WORDS[kind] for kind in metric.needs)
    coverage = "; ".join(part.words for part in metric.coverage)
    interval = {"wilson": "95 %, Wilson's score interval", "mean": "95 % of the mean, Student's t", "": "none"}[metric.interval]
    rows = {
        "Unit": _UNITS[metric.unit],
        "Better": metric.direction.words,
        "Date": metric.date,
        "Credited to": metric.owner,
        "Needs": needs,
        "Coverage tells": coverage or "whose data is there",
        "Interval": interval,
        "For": ", ".join(metric.roles) or "everyone",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def _rows(metric: Metric) -> str:
    told = []
    for measure in metric.measures:
        relation = RELATIONS[measure.rows]
        columns = dict.fromkeys((*measure.columns, *columns_of(measure.where)))
        told.append(f"- `{measure.rows}`{_words(measure)}: {relation.doc}")
        told += [f"  - `{name}`: {words_of(relation, name)}" for name in columns if not name.startswith(("p_", "rep_"))]
    return "\n".join(dict.fromkeys(told))


def _words(measure: Measure) -> str:
    return f" ({measure.words})" if measure.words else ""


def _links(metric: Metric, catalog: Mapping[str, Metric]) -> str:
    groups = {
        "Drives": metric.drives,
        "Shown with (its quality twin)": (metric.twin,) if metric.twin else (),
        "Beside it": metric.beside,
        "A variant of": (metric.variant_of,) if metric.variant_of else (),
    }
    return "\n".join(
        f"- {words}: {', '.join(_link(slug, catalog) for slug in slugs)}" for words, slugs in groups.items() if slugs
    )


def _link(slug: str, catalog: Mapping[str, Metric]) -> str:
    return f"[{catalog[slug].name}]({slug}.md)"


def _list(catalog: Mapping[str, Metric]) -> str:
    parts = [_GENERATED, "# Metrics"]
    for category in Category:
        lines = [f"- [{m.name}]({m.slug}.md) `{m.slug}`: {m.meaning}" for m in catalog.values() if m.category is category]
        parts += [f"## {category.value.title()}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]), worked(Path(sys.argv[2])))} pages\n")
