"""The chance that a deal is won when it closes, from fields known when it was created, and its age; with reasons.

A logistic regression is used only where it proves itself on later deals: it must sort them better than the base rate does and be
calibrated. Where it fails the base rate is shown; where even that was off, nothing is, and the words say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from paceline.insight.pipeline import NEVER, ColumnsError
from paceline.insight.winchance_fields import Encoder, fit_encoder
from paceline.saying.said import Said, say
from paceline.saying.values import Number
from paceline.stats.scores import ReliabilityBin, auc, brier, reliability

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TEST_DAYS = 91  # the latest closes, a whole quarter, are kept for the test
FEWEST = 100  # closed deals needed before the test, and in it
ALLOWED = 0.03  # calibration error out of time
_BINS = 10
_REASONS = 3


@dataclass(frozen=True)
class Deals:
    """Plain columns, one entry an opportunity: days since 1970 (``NEVER`` while open), fields as known when created."""

    ids: tuple[str, ...]
    created: Ints
    closed: Ints
    won: Bools
    fields: Mapping[str, Sequence[Any]]  # numbers or words; None: unknown

    @staticmethod
    def from_columns(columns: Mapping[str, Sequence[Any]], fields: Sequence[str]) -> Deals:
        """From ``opportunity_id, created_day, closed_day, won`` and the columns named. ColumnsError names a missing one."""
        missing = [name for name in ("opportunity_id", "created_day", "closed_day", "won", *fields) if name not in columns]
        if missing:
            raise ColumnsError(f"no column {', '.join(missing)}")
        closed = np.array([NEVER if day is None else int(day) for day in columns["closed_day"]], dtype=np.int64)
        return Deals(
            tuple(str(name) for name in columns["opportunity_id"]),
            np.array([int(day) for day in columns["created_day"]], dtype=np.int64),
            closed,
            np.array([bool(won) for won in columns["won"]], dtype=np.bool_) & (closed < NEVER),
            {name: list(columns[name]) for name in fields},
        )

    def rows(self, some: Bools | Ints) -> Deals:
        """Those rows alone."""
        at = np.flatnonzero(some) if some.dtype == np.bool_ else some
        fields = {name: [values[row] for row in at.tolist()] for name, values in self.fields.items()}
        return Deals(tuple(self.ids[row] for row in at.tolist()), self.created[at], self.closed[at], self.won[at], fields)


@dataclass(frozen=True)
class Trial:
    """How chances did on deals closed later than all that was learnt from."""

    n: int
    said: float
    happened: float
    brier: float
    base_brier: float
    auc: float
    error: float  # calibration error beyond what so few deals show by luck alone
    table: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Chance:
    """A deal's chance and the fields that move it most: (words, points of chance)."""

    opportunity_id: str
    chance: float
    reasons: tuple[tuple[str, float], ...]
    sentence: str


@dataclass(frozen=True)
class WinChance:
    """``mode``: the model, the base rate, or off; ``why`` in words. Trials: of the model and of the base rate."""

    mode: Literal["model", "base rate", "off"]
    why: Said
    base: float
    n: int
    trial: Trial | None
    base_trial: Trial | None
    encoder: Encoder | None
    weights: Floats
    intercept: float

    def chances(self, deals: Deals, now: int) -> tuple[Chance, ...]:
        """Of each deal at its age on day ``now``; none when off."""
        if self.mode == "off":
            return ()
        if self.mode == "base rate" or self.encoder is None:
            words = _words(self.base, f"all {self.n} closed deals: single ones can't be told apart")
            return tuple(Chance(name, self.base, (), words) for name in deals.ids)
        chance, moved = self._of_each(deals, now)
        # What each chance would change by with the field at its usual value.
        fields, part = self.encoder.by_field(moved)
        points = chance[:, None] - _logistic(np.log(chance / (1 - chance))[:, None] - part)
        found = []
        for row, (name, own) in enumerate(zip(deals.ids, chance.tolist(), strict=True)):
            reasons = self._reasons(deals, row, dict(zip(fields, points[row].tolist(), strict=True)))
            told = "; ".join(f"{word} {by * 100:+.0f} points" for word, by in reasons)
            found.append(Chance(name, own, reasons, _words(own, told or "nothing stands out")))
        return tuple(found)

    def _of_each(self, deals: Deals, now: int) -> tuple[Floats, Floats]:
        """(the model's chance of each deal, (deals, columns) what moves it)."""
        assert self.encoder is not None
        moved = self.encoder.encode(deals.fields, now - deals.created) * self.weights
        return _logistic(self.intercept + moved.sum(axis=1)), moved

    def _reasons(self, deals: Deals, row: int, points: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        """The fields that move the chance most."""
        assert self.encoder is not None
        top = sorted(points, key=lambda name: -abs(points[name]))[:_REASONS]
        return tuple((self.encoder.word(name, deals.fields, row), points[name]) for name in top if abs(points[name]) >= 0.01)

    def lifts(self, deals: Deals, now: int) -> dict[str, float]:
        """Factor on each deal's hazard of being won for the forecast, 1 for a deal of the base rate; empty without a model."""
        if self.mode != "model":
            return {}
        chance, _ = self._of_each(deals, now)
        factor = np.clip(chance / (1 - chance) * (1 - self.base) / self.base, 0.2, 5.0)
        return dict(zip(deals.ids, factor.tolist(), strict=True))


def fit_win_chance(deals: Deals, now: int, allowed: float = ALLOWED) -> WinChance:
    """Learn from deals closed before ``now``, tested on those of the last quarter of a year; decides its own mode."""
    closed = deals.rows((deals.closed < now) & (deals.created < now))
    n, none = len(closed.ids), np.zeros(0)
    base = float(closed.won.mean()) if n else 0.0
    later = closed.closed >= now - TEST_DAYS
    if int((~later).sum()) < FEWEST or int(later.sum()) < FEWEST:
        why = say(
            "Too few to tell: it takes {count} closed deals before the last {days} days and {count} within them.",
            count=FEWEST, days=TEST_DAYS,
        )  # fmt: skip
        return WinChance("off", why, base, n, None, None, None, none, 0.0)
    old, new = closed.rows(~later), closed.rows(later)
    usual = float(old.won.mean())
    base_trial = _trial(np.full(len(new.ids), usual), new.won, usual)
    trial = None
    if deals.fields and 0 < usual < 1:
        encoder, weights, intercept = _fit(old)
        said = _logistic(intercept + encoder.encode(new.fields, _ages(new)) @ weights)
        trial = _trial(said, new.won, usual)
        if trial.error <= allowed and _better(said, new.won, usual):
            encoder, weights, intercept = _fit(closed)
            why = say(
                "On {n} later deals it was off by {error} on average, and sorted them (AUC {auc}).",
                n=trial.n, error=Number(trial.error, ".3f"), auc=Number(trial.auc, ".2f"),
            )  # fmt: skip
            return WinChance("model", why, base, n, trial, base_trial, encoder, weights, intercept)
    if base_trial.error <= allowed:
        apart = _with_trial(say("Fields known at the opening don't tell deals apart on later ones"), trial)
        why = say("{what}: the base rate is shown.", what=apart)
        return WinChance("base rate", why, base, n, trial, base_trial, None, none, 0.0)
    came = say(
        "Switched off: of {n} later deals {won} were won where {expected} were expected", n=base_trial.n,
        won=Number(base_trial.happened, ".0%"), expected=Number(base_trial.said, ".0%"),
    )  # fmt: skip
    why = say("{what}.", what=_with_trial(came, trial))
    return WinChance("off", why, base, n, trial, base_trial, None, none, 0.0)


def _with_trial(what: Said, trial: Trial | None) -> Said:
    if trial is None:
        return what
    error = Number(trial.error, ".3f")
    return say("{what} (AUC {auc}, calibration error {error})", what=what, auc=Number(trial.auc, ".2f"), error=error)


def _fit(deals: Deals) -> tuple[Encoder, Floats, float]:
    ages = _ages(deals)
    encoder = fit_encoder(deals.fields, ages)
    model = LogisticRegression(C=0.3, max_iter=500).fit(encoder.encode(deals.fields, ages), deals.won)
    return encoder, np.asarray(model.coef_[0], dtype=np.float64), float(model.intercept_[0])


def _ages(deals: Deals) -> Ints:
    """An age at which each closed deal might have been looked at: spread evenly over its life, the same at every run."""
    golden = (np.arange(len(deals.ids)) * 0.6180339887498949) % 1.0
    return np.floor(golden * (deals.closed - deals.created + 1)).astype(np.int64)


def _trial(said: Floats, won: Bools, usual: float) -> Trial:
    table = reliability(said, won, _BINS if len(np.unique(said)) > 1 else 1)
    return Trial(
        len(won), float(said.mean()), float(won.mean()), brier(said, won), brier(np.full(len(won), usual), won),
        auc(said, won), beyond_luck(table), table,
    )  # fmt: skip


def beyond_luck(table: tuple[ReliabilityBin, ...]) -> float:
    """Calibration error (root mean square over bins, weighted by n) with the part that sampling alone explains taken out.

    The raw error of ten bins of fifty perfectly calibrated deals is about 0.06: held to 0.03 it would switch everything off.
    """
    n = sum(row.n for row in table)
    if not n:
        return float("nan")
    square = sum(row.n * ((row.said - row.happened) ** 2 - row.said * (1 - row.said) / row.n) for row in table) / n
    return float(np.sqrt(max(square, 0.0)))


def _better(said: Floats, won: Bools, usual: float) -> bool:
    """Whether the chances beat the base rate by more than luck: gain in Brier score above two standard errors."""
    gain = (usual - won) ** 2 - (said - won) ** 2
    return bool(gain.mean() > 2 * gain.std() / np.sqrt(len(gain)))


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), dtype=np.float64)


def _words(chance: float, why: str) -> str:
    share = round(chance * 100)
    return f"{share} %: of 100 deals like this, {share} are won when they close ({why})."
