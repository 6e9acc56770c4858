"""Wrong numbers of groups of deals, pinned: a mean below 0, and a price that nobody ever paid."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import pytest

from paceline.insight.compare import Verdict
from paceline.insight.segments import Compared, codes, compare_groups
from tests.sources.holding import shared_data

PRICES = {"cheap": 55.0, "middle": 1_000.0, "dear": 5_000.0, "rare": 27_000.0}


def _sold(rng: np.random.Generator) -> tuple[list[str], list[str], list[float]]:
    """Twelve sellers, each with a mix of products of its own; "rare" is sold by the one who sells mostly cheap things."""
    mixes = rng.dirichlet(np.ones(3), 12)
    mixes[0] = (0.9, 0.05, 0.05)
    product, rep = [], []
    for number, mix in enumerate(mixes):
        product += [("cheap", "middle", "dear")[which] for which in rng.choice(3, 120, p=mix)]
        rep += [f"r{number}"] * 120
    product += ["rare"] * 25
    rep += ["r0"] * 25
    return product, rep, [PRICES[name] * float(rng.lognormal(0, 0.05)) for name in product]


def _compared(product: Sequence[str], rep: Sequence[str], amounts: Sequence[float]) -> dict[str, Compared]:
    return {one.group: one for one in compare_groups(np.array(amounts), product, codes(rep))}


def test_a_cheap_product_is_never_worth_less_than_nothing_and_a_rare_one_not_more_than_its_price() -> None:
    """Differences from the company's mean put the cheap one below 0, ratios within a seller the rare one half as high again."""
    found = _compared(*_sold(np.random.default_rng(5)))
    for name, price in PRICES.items():
        one = found[name]
        assert one.estimate is not None
        assert one.low is not None
        assert one.adjusted == pytest.approx(price, rel=0.1), name
        assert one.estimate == pytest.approx(price, rel=0.1), name
        assert one.low > 0, name
    assert found["cheap"].verdict is Verdict.BELOW


def test_a_group_that_brought_nothing_is_near_0_and_not_below() -> None:
    rng = np.random.default_rng(6)
    values = np.where(rng.random(200) < 0.3, 1_000.0, 0.0)
    group = ["some"] * 160 + ["none"] * 40
    values[160:] = 0.0
    found = _compared(group, [f"r{number % 4}" for number in range(200)], values.tolist())
    assert found["none"].raw == 0
    assert found["none"].low is not None
    assert found["none"].estimate is not None
    assert 0 < found["none"].low < found["none"].estimate < 100


def test_mavens_products_are_worth_about_their_prices() -> None:
    """MG Special costs 55: at the company's mix of sellers it was said to be worth −5."""
    with (shared_data("maven") / "sales_pipeline.csv").open(newline="") as file:
        won = [row for row in csv.DictReader(file) if row["deal_stage"] == "Won" and row["close_date"].startswith("2017")]
    with (shared_data("maven") / "products.csv").open(newline="") as file:
        prices = {row["product"]: float(row["sales_price"]) for row in csv.DictReader(file)}
    names = [{"GTXPro": "GTX Pro"}.get(row["product"], row["product"]) for row in won]
    found = _compared(names, [row["sales_agent"] for row in won], [float(row["close_value"]) for row in won])
    assert set(found) == set(prices)
    for name, one in found.items():
        assert one.estimate == pytest.approx(prices[name], rel=0.06), name
