"""How the signals do on companies whose changes are known: false alarms per rep-quarter, and which falls were seen
within eight weeks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from bench.weekly import FIRST_MONDAY, Company, Life, company
from paceline.insight.signals import Signals, judge_weekly

WITHIN = 8  # weeks
Band = tuple[str, int, float]  # kind, volume band (0: below 5, 1: 5 to 25, 2: 25 or more), factor planted


@dataclass
class Score:
    """Added up over companies. ``tried`` and ``seen`` by kind, band and factor; alarms on series without a planted change."""

    false_falls: int = 0
    false_rises: int = 0
    rep_quarters: float = 0.0
    companies: list[float] = field(default_factory=list)
    tried: Counter[Band] = field(default_factory=Counter)
    seen: Counter[Band] = field(default_factory=Counter)
    twice: int = 0

    @property
    def falls_per_quarter(self) -> float:
        """False cards of falls per rep-quarter over all metrics."""
        return self.false_falls / max(self.rep_quarters, 1e-9)

    @property
    def rises_per_quarter(self) -> float:
        """The same for improvements."""
        return self.false_rises / max(self.rep_quarters, 1e-9)

    def share(self, kind: str, band: int, factor: float) -> tuple[int, float]:
        """How many such changes were planted, and the share seen within eight weeks."""
        key = (kind, band, factor)
        return self.tried[key], self.seen[key] / max(self.tried[key], 1)


def judge_companies(
    seeds: Iterable[int], life: Life | None = None, reps: int = 50, metrics: int = 35, weeks: int = 104, budget: float = 1.0
) -> Score:
    """Draw a company a seed, judge it, and compare with what was planted."""
    score = Score()
    for seed in seeds:
        drawn = company(seed, reps, metrics, weeks, life)
        add_up(score, drawn, judge_weekly(drawn.table(), drawn.now, budget=budget, improvements=budget))
    return score


def add_up(score: Score, drawn: Company, found: Signals) -> None:
    """Compare one company's cards with what was planted. Weeks count once the first could be judged (eight)."""
    fired: dict[tuple[int, int, int], list[int]] = {}
    for card in (*found.cards, *found.past):
        key = (int(card.rep[1:]), int(card.metric[1:3]), card.direction)
        fired.setdefault(key, []).append((card.fired - FIRST_MONDAY) // timedelta(weeks=1))
    quarters = np.maximum(np.isfinite(drawn.workdays).sum(axis=1) - 10, 0).sum() / 13
    false = {-1: 0, 1: 0}
    for (rep, metric, direction), weeks in fired.items():
        if drawn.factor[rep, metric] == 1:
            false[direction] += len(weeks)
    score.false_falls, score.false_rises = score.false_falls + false[-1], score.false_rises + false[1]
    score.rep_quarters += float(quarters)
    score.companies.append(false[-1] / float(quarters))
    for rep, metric in np.argwhere(drawn.factor != 1).tolist():
        factor, since = float(drawn.factor[rep, metric]), int(drawn.since[rep, metric])
        amount = drawn.n[rep, metric] * (drawn.value[rep, metric] if drawn.kinds[metric] == "rate" else 1)
        band = int(
            np.digitize(amount[max(since - 26, 0) : since][drawn.workdays[rep, max(since - 26, 0) : since] > 0].mean(), (5, 25))
        )
        mine = fired.get((rep, metric, -1 if factor < 1 else 1), [])
        planted = (drawn.kinds[metric], band, factor)
        score.tried[planted] += 1
        score.seen[planted] += any(since <= week < since + WITHIN for week in mine)
        score.twice += max(sum(since <= week for week in mine) - 1, 0)


def table_of(score: Score) -> str:
    """The measured table, as text."""
    lines = [
        f"false alarms per rep-quarter: falls {score.falls_per_quarter:.2f} (worst company {max(score.companies):.2f}), "
        f"rises {score.rises_per_quarter:.2f}, over {score.rep_quarters:,.0f} rep-quarters; told twice {score.twice}"
    ]
    for kind, band, factor in sorted(score.tried):
        n, share = score.share(kind, band, factor)
        words = ("below 5", "5 to 25", "25 or more")[band]
        lines.append(f"{kind:6} {words:11} {factor - 1:+.0%}: seen within {WITHIN} weeks {share:.0%} of {n}")
    return "\n".join(lines)


def main(seeds: Iterable[int] = range(6001, 6007)) -> None:
    """Print every table: the usual life, weeks that remember, small teams, and CUSUM beside the scan."""
    from bench.judging_cusum import judge_with_cusum

    usual, remembers = Life(planted=0.1), Life(planted=0.1, memory=0.5)
    chosen = tuple(seeds)
    tables: tuple[tuple[str, Callable[[], Score]], ...] = (
        ("scan, 50 reps", lambda: judge_companies(chosen, usual)),
        ("scan, 50 reps, weeks that remember (0.5)", lambda: judge_companies(chosen, remembers)),
        ("scan, 20 reps", lambda: judge_companies(chosen, usual, reps=20)),
        ("CUSUM on the same budget, 50 reps", lambda: judge_with_cusum(chosen, usual)),
        ("CUSUM on the same budget, weeks that remember (0.5)", lambda: judge_with_cusum(chosen, remembers)),
        ("CUSUM with h = 4, 50 reps", lambda: judge_with_cusum(chosen, usual, budget=None)),
    )
    for title, found in tables:
        print(f"\n{title}\n{table_of(found())}", flush=True)


if __name__ == "__main__":
    main()
