"""What was measured of pages, as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from bench.__main__ import machine
from bench.pages_asked import Page, Weight
from bench.pages_browser import Drawn
from bench.pages_crowd import Morning, Seen


@dataclass(frozen=True)
class Found:
    """``team``: a manager's pages over ``months`` of history, ``before`` the same over ``third``; ``company``: an executive's.

    ``load``: the machine's load (of 5 minutes) when the crowd began.
    """

    months: int
    third: int
    team: Sequence[Page]
    before: Sequence[Page]
    company: Sequence[Page]
    weight: Weight
    morning: Morning
    crowds: Sequence[Seen]
    drawn: Sequence[Drawn]
    load: float


def report(found: Found, sellers: int) -> str:
    """The results as a Markdown page."""
    every = [one.cpu for one in (*found.team, *found.company)]
    people = found.crowds[0].people
    return "\n".join([
        f"# Pages: a company of {sellers} sellers",
        "",
        f"Machine: {machine()}. {datetime.now(UTC):%Y-%m-%d}.",
        f"Measured by `python -m bench.pages --sellers {sellers} --months {found.months}`.",
        f"The machine's load was {found.load:.1f} when the crowd began. Where it is above its cores, other work made answers",
        "wait, and the server's processor time (CPU) tells more than the time until the answer (median, one in twenty over).",
        "",
        f"- **Median page: {median(every):.0f} ms of the server's processor** ({len(every)} pages below, the slowest "
        f"{max(every):.0f} ms).",
        f"- **History:** {_sum(found.team):.0f} ms for a manager's {len(found.team)} pages with {found.months} months, "
        f"{_sum(found.before):.0f} ms with {found.third}.",
        f"- **Team page with everything:** {found.weight.kilobytes:.1f} kB in {found.weight.requests} requests, "
        f"{found.weight.cells} cells.",
        *_in_browser(found.drawn),
        *(_crowd(seen) for seen in found.crowds),
        f"- **A morning:** {found.morning.cpu:.0f} s of processor until {people} people had opened each of their pages once"
        f"{_late(found.morning)}.",
        "",
        "## Page by page",
        "",
        f"As the manager of a team of ten, after {found.months} months, and beside it after {found.third}. `First`: seconds of",
        "processor until a page was there for the first time after a load, with the work that it waited for or set off.",
        "",
        "| page | CPU ms | median ms | one in 20 over | kB | first CPU s | CPU ms, "
        f"{found.third} months |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(f"{_row(one)} {other.cpu:.0f} |" for one, other in zip(found.team, found.before, strict=True)),
        "",
        f"As an executive who sees all {sellers}:",
        "",
        "| page | CPU ms | median ms | one in 20 over | kB | first CPU s |",
        "|---|---:|---:|---:|---:|---:|",
        *map(_row, found.company),
        "",
        *(line for seen in found.crowds for line in _by_page(seen)),
        *_drawn(found.drawn),
    ])  # fmt: skip


def _late(morning: Morning) -> str:
    return "".join(f"; {times}× {what}" for what, times in morning.late.most_common())


def _sum(pages: Sequence[Page]) -> float:
    return sum(one.cpu for one in pages)


def _row(one: Page) -> str:
    return f"| {one.path} | {one.cpu:.0f} | {one.middle:.0f} | {one.slow:.0f} | {one.kilobytes:.1f} | {one.first_cpu:.1f} |"


def _crowd(seen: Seen) -> str:
    words = ", ".join(f"{times}× {error}" for error, times in seen.errors.most_common())
    return (
        f"- **{seen.people} people at once**, each a page every {seen.pause:g} s: {seen.pages} pages in {seen.seconds:g} s, "
        f"{sum(seen.errors.values())} errors{f' ({words})' if words else ''}, {seen.waited} still being worked out; "
        f"median {seen.middle:.0f} ms, one in twenty over {seen.slow():.0f} ms; "
        f"{seen.cpu / seen.pages * 1000:.0f} ms of processor a page."
    )


def _in_browser(drawn: Sequence[Drawn]) -> Iterable[str]:
    if not drawn:
        yield "- No Chromium here: what pages cost the browser was not measured."
        return
    team = drawn[0]
    yield (
        f"- **Team page in Chromium:** {team.requests} requests, {team.kilobytes:.1f} kB, {team.cpu:.0f} ms of processor at the "
        f"median ({team.least:.0f} at least), layout shift {team.moved:.3f}."
    )


def _by_page(seen: Seen) -> list[str]:
    return [
        f"## {seen.people} people, a page every {seen.pause:g} s each",
        "",
        "| page | answers | median ms | one in 20 over |",
        "|---|---:|---:|---:|",
        *(
            f"| {path} | {len(times)} | {median(times):.0f} | {seen.slow(path):.0f} |"
            for path, times in sorted(seen.times.items())
        ),
        "",
    ]


def _drawn(drawn: Sequence[Drawn]) -> list[str]:
    if not drawn:
        return []
    return [
        "## In Chromium",
        "",
        "Nothing kept from an earlier visit; the processor time is of the page's own thread.",
        "",
        "| page | requests | kB | CPU ms | least | layout shift |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {one.path} | {one.requests} | {one.kilobytes:.1f} | {one.cpu:.0f} | {one.least:.0f} | {one.moved:.3f} |"
            for one in drawn
        ),
        "",
    ]
