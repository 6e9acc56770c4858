"""``python -m bench.judging_report``: every acceptance figure of judging people, to bench/results/judging.md.

On companies drawn with seeds that nothing was chosen on. How good forecasts are is measured by ``bench.forecasting``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from bench.judging import Score, judge_companies
from bench.weekly import Life, company
from paceline.insight.compare import Verdict
from paceline.insight.compare_peers import compare_with_peers
from paceline.insight.ramp import RATE, Hire, stand
from paceline.insight.signals import judge_weekly
from paceline.insight.winchance import beyond_luck, fit_win_chance
from paceline.stats.scores import reliability
from tests.insight.test_compare import rates
from tests.insight.test_forecast_winchance import NOW, deals
from tests.insight.test_ramp import drawn

RESULT = Path(__file__).parent / "results" / "judging.md"
SEEDS = range(7201, 7207)
OTHERS = 7301
BANDS = ("below 5 a week", "5 to 25", "25 or more")
_TELL = Console(stderr=True)


def alarm_rows() -> tuple[list[str], list[str]]:
    """Lines of false alarms by world, and of what was seen within eight weeks by drop and volume."""
    worlds: dict[str, tuple[Life, int]] = {
        "50 reps": (Life(planted=0.1), 50),
        "50 reps, weeks that remember (autoregression 0.5)": (Life(planted=0.1, memory=0.5), 50),
        "20 reps": (Life(planted=0.1), 20),
    }
    alarms, seen = [], []
    for name, (life, reps) in worlds.items():
        _TELL.print(f"Signals, {name}…")
        score = judge_companies(SEEDS, life, reps=reps)
        alarms.append(
            f"| {name} | {score.rep_quarters:,.0f} | {score.falls_per_quarter:.2f} | {max(score.companies):.2f} | "
            f"{score.rises_per_quarter:.2f} | {score.twice} |"
        )
        seen += [seen_row(name, score, factor) for factor in (0.5, 0.7, 1.5)]
    return alarms, seen


def seen_row(name: str, score: Score, factor: float) -> str:
    """Counts of all volumes: the share of such changes that were seen."""
    cells = [f"{share:.0%} of {n}" for n, share in (score.share("count", band, factor) for band in range(3))]
    return f"| {name} | {factor - 1:+.0%} | {' | '.join(cells)} |"


def peer_rows(companies: int = 60) -> list[str]:
    """80 % intervals of true win rates among 25 peers with about 45 deals, and how many of those listed are listed wrongly."""
    rng, lines = np.random.default_rng(OTHERS), []
    for spread in (0.0, 0.15, 0.3):
        covered, wrong, listed, all_ = 0, 0, 0, 0
        for _ in range(companies):
            p = 0.26 * np.exp(rng.normal(0, spread, 25))
            n = rng.poisson(45, 25) + 1
            for true, one in zip(p, compare_with_peers(rates(rng.binomial(n, p).tolist(), n.tolist())), strict=True):
                if one.interval is not None:
                    all_ += 1
                    covered += one.interval[0] <= true <= one.interval[1]
                if one.verdict in (Verdict.BELOW, Verdict.ABOVE):
                    listed += 1
                    wrong += spread == 0 or (true < p.mean()) != (one.verdict is Verdict.BELOW)
        said = f"{wrong / listed:.0%} of {listed}" if listed else "nobody listed"
        lines.append(f"| {spread:.0%} | {covered / all_:.1%} of {all_:,} | {said} |")
    return lines


def ramp_rows(worlds: int = 400) -> list[str]:
    """Normal hires looked at every month of half a year, and slow ones (40 % of the pace), by number of past hires."""
    lines = []
    for past_hires in (9, 15, 30):
        rng = np.random.default_rng(OTHERS + past_hires)
        ever = last = found = 0
        for _ in range(worlds):
            past = [drawn(rng, f"p{i}", 12) for i in range(past_hires)]
            looks = [stand(one, past) for one in first_months(drawn(rng, "new", 6))]
            ever += any(look.slow for look in looks)
            last += looks[-1].chance is not None and looks[-1].chance <= RATE
            often = [drawn(rng, f"p{i}", 12, full=40.0, alike=25.0) for i in range(past_hires)]
            found += any(stand(one, often).slow for one in first_months(drawn(rng, "new", 6, 30.0, 40.0, 25.0)))
        lines.append(f"| {past_hires} | {ever / worlds:.1%} | {last / worlds:.1%} | {found / worlds:.0%} |")
    return lines


def first_months(one: Hire) -> Iterable[Hire]:
    """The hire as seen after each month."""
    for month in range(1, len(one.amount) + 1):
        yield replace(one, amount=one.amount[:month], exposure=one.exposure[:month])


def chance_rows(companies: int = 40) -> list[str]:
    """Win chances of companies where fields tell, don't, or told: which mode was chosen, and the error on the weeks after."""
    lines = []
    for name, effect, drift in (("fields tell", 0.7, 0.0), ("fields don't tell", 0.0, 0.0), ("the world moved", 0.7, 1.0)):
        modes: dict[str, int] = {"model": 0, "base rate": 0, "off": 0}
        errors = []
        for seed in range(OTHERS, OTHERS + companies):
            some = deals(effect, drift, seed)
            day = NOW - 60
            learnt = fit_win_chance(some, day if not drift else NOW)
            modes[learnt.mode] += 1
            after = some.rows((some.closed >= day) & (some.created < day))
            if learnt.mode != "off" and not drift and len(after.ids) > 100:
                said = np.array([one.chance for one in learnt.chances(after, day)])
                errors.append(beyond_luck(reliability(said, after.won, 10 if learnt.mode == "model" else 1)))
        told = f"{np.median(errors):.3f}" if errors else "–"
        lines.append(f"| {name} | {modes['model']} | {modes['base rate']} | {modes['off']} | {told} |")
    return lines


def seconds_of_a_large_company() -> float:
    """Processor seconds of judging 500 reps × 40 metrics × 104 weeks from a plain table."""
    drawn_ = company(OTHERS, 500, 40)
    table = drawn_.table()
    start = time.process_time()
    judge_weekly(table, drawn_.now)
    return time.process_time() - start


def main() -> None:
    """Measure, and write the page."""
    alarms, seen = alarm_rows()
    _TELL.print("Peers, ramp, win chances, a large company…")
    page = [
        "# How good the judgements are", "",
        "Measured by `python -m bench.judging_report` on drawn companies that nothing was chosen on",
        f"(seeds {SEEDS[0]} to {SEEDS[-1]}, and {OTHERS} on). Forecasts have [a page of their own](forecast.md).", "",
        "## Signals: false alarms per rep-quarter over 35 metrics, with a budget of 1", "",
        "Wanted: 1.0 at most.", "",
        "| company | rep-quarters | falls | worst company | rises | told twice |", "|---|---:|---:|---:|---:|---:|", *alarms, "",
        "## Signals: lasting changes of counts that were seen within eight weeks, by usual amount a week", "",
        "Wanted of 25 or more a week: 95 % of falls by half, 65 % of falls by three tenths. Below 5 a week none can be seen.", "",
        f"| company | change | {' | '.join(BANDS)} |", "|---|---|---:|---:|---:|", *seen, "",
        "## Among peers: true win rates in the 80 % interval, and wrong names on the list", "",
        "25 people with about 45 closed deals each. Wanted: 70 % covered at least, 25 % wrong at most.", "",
        "| people differ by | covered | listed on the wrong side |", "|---:|---:|---:|", *peer_rows(), "",
        "## New hires called slow", "",
        f"Half a year, looked at every month; 400 each. Wanted of normal ones: {RATE + 0.02:.0%} at most ({RATE:.0%} is stated).",
        "Slow ones take 30 months to ramp up instead of 5, in something counted 40 times a month.", "",
        "| past hires | normal, ever | normal, in month 6 | slow, ever |", "|---:|---:|---:|---:|", *ramp_rows(), "",
        "## Win chances", "",
        "Companies by what was shown, and the calibration error on the weeks after (luck taken out).",
        "Wanted: 0.03 at most, else switched off.", "",
        "| | model | base rate | off | error, median |", "|---|---:|---:|---:|---:|", *chance_rows(), "",
        "## Time", "",
        f"500 reps × 40 metrics × 104 weeks are judged in {seconds_of_a_large_company():.0f} seconds of one core.", "",
    ]  # fmt: skip
    RESULT.write_text("\n".join(page), encoding="utf-8")
    _TELL.print(f"Written: {RESULT}")


if __name__ == "__main__":
    main()
