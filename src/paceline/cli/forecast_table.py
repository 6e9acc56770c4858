"""A forecast in a terminal: the range drawn as a bar, the parts, the goal, what reps said, and the track record."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paceline.cli.question import Question
from paceline.judging.forecast import Foresight, brief
from paceline.judging.forecast_deals import DealLine
from paceline.judging.forecast_lines import COMPANY, REP, TEAM, ForecastLine
from paceline.judging.record_scores import Track
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import from_epoch_day

KEY = "█ so far  ▓ expected from open deals  ░ from deals not yet created  ├ ┤ 8 in 10 end within  │ the middle  ◆ goal"
_COUNT_KEY = "█ so far  ░ expected  ├ ┤ 8 in 10 end within  │ the middle  ◆ goal"
_WIDE, _BAR = 72, 30  # characters of a bar alone, and of one in a table
_MOST = 25  # deals of a list in a terminal


def show(made: Foresight, question: Question, record: Track, console: Console) -> None:
    """The asked scope with its bar and sentences, then teams and reps, then notes and the track record."""
    top, *rest = made.lines
    settings = question.store.settings
    metric = question.store.catalog[made.metric]
    unit = f"; money in {settings.currency}" if metric.unit is Unit.MONEY else ""
    title = f"{settings.name}: {metric.name.lower()} of {question.about}, {made.period.label}, as seen on {made.as_of}{unit}"
    console.print(title, style="italic", markup=False)
    if top.outlook is not None:
        console.print(Text(bar(top, min(_WIDE, console.width - 2), _reach([top]))))
    console.print(top.sentence, markup=False)
    if top.goal_sentence:
        console.print(top.goal_sentence, markup=False, style="bold")
    elif top.outlook is not None:
        console.print("No goal is set for it: `goal` records say what is aimed at.", style="dim", markup=False)
    if len(rest) > 1 or (rest and top.level == COMPANY):
        console.print()
        console.print(_table(rest, console.width))
    if any(line.outlook is not None for line in made.lines):
        console.print(KEY if made.chances is not None else _COUNT_KEY, style="dim", markup=False)
    for note in made.notes:
        console.print(note, style="dim", markup=False)
    console.print(f"How often are we wrong? {record.sentence}", style="dim", markup=False)


def _reach(lines: list[ForecastLine]) -> float:
    """The largest value that a bar must show."""
    ends = [max(line.outlook.interval[1], line.outlook.so_far + line.outlook.open + line.outlook.new, line.goal or 0)
            for line in lines if line.outlook is not None]  # fmt: skip
    return max(ends, default=0.0) or 1.0


def bar(line: ForecastLine, width: int, reach: float) -> str:
    """So far, open and new as three shades, with the range's ends, the middle and the goal marked; empty without forecast."""
    look = line.outlook
    if look is None or width < 8:
        return ""
    low, high = look.interval

    def at(value: float) -> int:
        return max(0, min(width - 1, round(value / reach * (width - 1))))

    cells = [" "] * width
    shades = ((look.so_far + look.open + look.new, "░"), (look.so_far + look.open, "▓"), (look.so_far, "█"))
    for cell in range(at(low), at(high) + 1):
        cells[cell] = "─"
    for end, shade in shades:
        for cell in range(at(end) + 1 if end > 0 else 0):
            cells[cell] = shade
    for value, mark in ((low, "├"), (high, "┤"), (look.middle, "│")):
        cells[at(value)] = mark
    if line.goal:
        cells[at(line.goal)] = "◆"
    return "".join(cells).rstrip()


def _table(lines: list[ForecastLine], width: int) -> Table:
    said = any(line.calls for line in lines)
    goals = any(line.goal is not None for line in lines)
    heads = ["so far", "open", "new", "middle", "8 in 10", *(["goal", "chance"] if goals else [])]
    heads += ["commit", "best case"] if said else []
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True, max_width=22, overflow="ellipsis")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    room = min(_BAR, width - 24 - 11 * len(heads) - 6)
    if room >= 12:
        table.add_column("")
    reach = {level: _reach([line for line in lines if line.level == level]) for level in (TEAM, REP)}
    for line in lines:
        cells = _cells(line, goals, said)
        drawn = [Text(bar(line, room, reach[line.level]))] if room >= 12 else []
        name = Text(line.name, style="bold" if line.level == TEAM else "")
        table.add_row(name, *(Text(cell) for cell in cells), *drawn)
    return table


def _cells(line: ForecastLine, goals: bool, said: bool) -> list[str]:
    def say(value: float | None) -> str:
        return "–" if value is None else brief(value, line.unit, "").strip()

    look = line.outlook
    if look is None:
        cells = [say(line.so_far), "–", "–", "–", "–"]
    else:
        low, high = look.interval
        cells = [say(look.so_far), say(look.open) if line.open_deals is not None else "–", say(look.new), say(look.middle)]
        cells.append(f"{say(low)} – {say(high)}")
    if goals:
        cells += [say(line.goal), "–" if line.chance is None else _chance(line.chance)]
    if said:
        cells += [say(line.said("commit")), say(line.said("best_case"))]
    return cells


def _chance(chance: float) -> str:
    """A share of draws never proves that something can't be, or must."""
    return "<1%" if chance < 0.01 else ">99%" if chance > 0.99 else f"{chance:.0%}"


def _no_deal(made: Foresight) -> str:
    if made.lines[0].outlook is None:
        return made.lines[0].sentence
    over = made.period.until <= made.as_of + timedelta(days=1)
    return "The period is over: no open deal can be won in it any more." if over else "No deal is open."


def show_deals(made: Foresight, question: Question, console: Console) -> None:
    """The open deals that can still be won, likeliest worth first, with reasons; then the stale ones."""
    settings = question.store.settings
    title = f"{settings.name}: open deals of {question.about}, {made.period.label}, as seen on {made.as_of}"
    console.print(f"{title}; money in {settings.currency}", style="italic", markup=False)
    alive = [deal for deal in made.deals if not deal.stale]
    stale = [deal for deal in made.deals if deal.stale]
    if not made.deals:
        console.print(_no_deal(made), markup=False)
    if alive:
        console.print(_deals(alive[:_MOST], made))
    if len(alive) > _MOST:
        console.print(f"… and {len(alive) - _MOST} more; --format csv has them all.", style="dim", markup=False)
    if stale:
        words = f"{len(stale)} stale: older than any deal ever won ({made.oldest_won_days} days). They count 0."
        console.print(f"\n{words}", style="bold", markup=False)
        for deal in stale[:_MOST]:
            amount = "amount unknown" if deal.amount is None else brief(deal.amount, Unit.MONEY, settings.currency)
            console.print(f"  {deal.name}, {deal.rep_name}, {deal.age_days} days, {amount}", style="dim", markup=False)
        if len(stale) > _MOST:
            console.print(f"  … and {len(stale) - _MOST} more", style="dim", markup=False)
    for note in made.notes:
        console.print(note, style="dim", markup=False)


def _deals(deals: list[DealLine], made: Foresight) -> Table:
    model = made.chances is not None and made.chances.model.mode == "model"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, side in (("deal", "left"), ("rep", "left"), ("stage", "left"), ("amount", "right"), ("age", "right"),
                       ("close says rep", "right"), ("won in time", "right"), ("likely", "right"), ("brings", "right"),
                       ("ever", "right")):  # fmt: skip
        table.add_column(head, justify="right" if side == "right" else "left", no_wrap=head != "deal")
    if model:
        table.add_column("because of")
    for deal in deals:
        cells = [
            deal.name, deal.rep_name, deal.stage or "–", _money(deal.amount), f"{deal.age_days} d", _day(deal.close_day),
            f"{deal.chance:.0%}", _day(deal.likely_day), _money(deal.expected),
            "–" if deal.win_chance is None else f"{deal.win_chance:.0%}",
        ]  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells), *([Text(_why(deal))] if model else []))
    return table


def _why(deal: DealLine) -> str:
    """The reasons out of the sentence: what stands in its brackets."""
    return deal.reasons.partition("(")[2].removesuffix(").")


def _money(value: float | None) -> str:
    return "–" if value is None else brief(value, Unit.MONEY, "").strip()


def _day(day: int | None) -> str:
    return "–" if day is None else f"{from_epoch_day(day):%d %b}"
