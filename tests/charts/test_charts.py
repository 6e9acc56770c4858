"""Charts: what is drawn is where the numbers say, what is unknown isn't drawn, and nothing from outside becomes markup."""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Callable
from itertools import pairwise
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline import charts
from paceline.charts import Band, Curve, Dot, Picture, Ranged, Said, Stage, Step, Stretch, Svg

NASTY = "<script>alert('x')</script> & \"quoted\""
BAND = Band([0, 1, None], [1, 2, None], [2, 3, None])


def whole(value: float) -> str:
    return f"{value:.0f}"


def tree(svg: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text)]


def absolute(path: str) -> list[list[tuple[float, float]]]:
    """A path's runs in absolute points; a run of one point is drawn with ``h0``."""
    runs = []
    for run in path.split("M")[1:]:
        start, _, steps = run.partition("l")
        x, y = numbers(start)[:2]
        points = [(x, y)]
        flat = numbers(steps)
        for dx, dy in zip(flat[::2], flat[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        runs.append(points)
    return runs


def every_picture(words: str = "W") -> list[Picture]:
    return [
        charts.control([words] * 3, [1, None, 3], written=whole, title=words, description=words, limits=(0, 2, 4), goal=5,
                       out={2: "worse"}, events={1: words}, missing=words),
        charts.strip([Dot(words, 1, "me"), Dot(words, 2), Dot(words, None)], written=whole, title=words, median_word=words),
        charts.fan([words] * 3, [0, 1], [(words, [1, 2], [1, 4])], [1, 3], written=whole, title=words, goal=5, goal_word=words),
        charts.waterfall([Step(words, 5, total=True), Step(words, -2), Step(words, None)], written=whole, title=words),
        charts.funnel([Stage(words, 5), Stage(words, 2), Stage(words, None)], written=whole, shares=whole, title=words),
        charts.curves([words] * 3, BAND, [Curve(words, [0, 1])], written=whole, title=words),
        charts.intervals([Ranged(words, 1, 0, 2, words, "worse"), Ranged(words, None)], 1.5, written=whole, title=words,
                         reference_word=words, missing=words),
        charts.reliability([Said(9, 0.2, 0.4), Said(30, 0.8, 0.7)], shares=whole, title=words, words=(words, words)),
    ]  # fmt: skip


def test_every_picture_is_named_well_formed_and_has_its_numbers_as_a_table() -> None:
    for picture in every_picture():
        root = tree(picture.svg)
        assert root.get("role") == "img"
        assert root[0].tag == "title"
        assert root[0].text == "W"
        assert picture.rows
        assert all(len(row) == len(picture.columns) for row in picture.rows)


def test_words_from_outside_are_escaped_everywhere() -> None:
    for picture in every_picture(NASTY):
        assert "<script" not in picture.svg
        assert NASTY in ElementTree.tostring(tree(picture.svg), encoding="unicode", method="text")
    assert "<script" not in charts.sparkline([1, 2], title=NASTY)
    assert "<script" not in charts.bullet(1, 2, title=NASTY)


def test_nothing_needs_a_style_attribute_or_a_script() -> None:
    drawn: list[Svg] = [picture.svg for picture in every_picture()]
    drawn += [charts.sparkline([1, 2], (0, 3)), charts.bullet(1, 2, pace=1)]
    for svg in drawn:
        assert not re.search(r"style|<script|onload|href", svg)


def test_a_gap_in_a_sparkline_is_a_gap_and_never_a_zero() -> None:
    values = [5, 6, None, 7, None, 6, 5]
    (path,) = (e for e in tree(charts.sparkline(values)) if e.tag == "path")
    runs = absolute(path.get("d", ""))
    assert [len(run) for run in runs] == [2, 1, 2]
    assert max(y for run in runs for _, y in run) == 16  # the lowest known value is the floor, not 0


def test_a_last_value_that_is_unknown_has_no_dot() -> None:
    assert "<circle" in charts.sparkline([1, 2, 3])
    assert "<circle" not in charts.sparkline([1, 2, None])


@pytest.mark.parametrize("values", [[], [None, None], [3.0], [2, 2, 2], [-5, -1, -3], [math.nan, 1, math.inf, 2]])
def test_odd_series_are_drawn_within_their_box(values: list[float | None]) -> None:
    svg = charts.sparkline(values, (-4, -2) if values and values[0] == -5 else None)
    found = [e for e in tree(svg) if e.tag == "path"]
    for x, y in (point for e in found for run in absolute(e.get("d", "")) for point in run):
        assert 0 <= x <= 72
        assert 0 <= y <= 18
    assert "nan" not in svg
    assert "inf" not in svg


def test_equal_values_lie_in_the_middle() -> None:
    (path,) = (e for e in tree(charts.sparkline([4, 4, 4])) if e.tag == "path")
    assert {y for run in absolute(path.get("d", "")) for _, y in run} == {9}


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=40))
def test_higher_values_are_never_drawn_lower(values: list[float | None]) -> None:
    (*found,) = (e for e in tree(charts.sparkline(values)) if e.tag == "path")
    places = [y for e in found for run in absolute(e.get("d", "")) for _, y in run]
    there = [value for value in values if value is not None]
    assert len(places) == len(there)
    ranked = sorted(zip(there, places, strict=True))
    assert all(low[1] >= high[1] - 1e-6 for low, high in pairwise(ranked) if low[0] < high[0])


def test_120_sparklines_are_small() -> None:
    rng = Random(3)
    drawn = "".join(
        charts.sparkline([rng.gauss(10, 3) for _ in range(26)], (rng.uniform(2, 5), rng.uniform(15, 20))) for _ in range(120)
    )
    assert len(gzip.compress(drawn.encode())) < 16_000


def _share(element: ElementTree.Element, name: str) -> float:
    return float((element.get(name) or "").rstrip("%"))


def test_a_bullets_bar_and_ticks_share_one_scale() -> None:
    root = tree(charts.bullet(60, 100, pace=50, likely=(80, 120)))
    by_class = {e.get("class"): e for e in root}
    scale = _share(by_class["goal"], "x1") / 100
    assert _share(by_class["value"], "width") == pytest.approx(60 * scale, abs=0.02)
    assert _share(by_class["pace"], "x1") == pytest.approx(50 * scale, abs=0.02)
    assert _share(by_class["likely"], "x") == pytest.approx(80 * scale, abs=0.02)
    assert _share(by_class["likely"], "width") == pytest.approx(40 * scale, abs=0.02)


def test_a_bullet_of_nothing_known_has_no_bar() -> None:
    assert 'class="value"' not in charts.bullet(None, 100)
    assert 'class="value"' in charts.bullet(0, 100)


def test_a_negative_bullet_hangs_left_of_zero() -> None:
    by_class = {e.get("class"): e for e in tree(charts.bullet(-50, 100))}
    value = by_class["value"]
    assert _share(value, "x") == 0
    assert _share(value, "width") == pytest.approx(50 / 158 * 100, abs=0.1)


def test_control_points_that_stand_out_are_marked_and_unknown_ones_absent() -> None:
    picture = charts.control(
        ["a", "b", "c"], [1, None, 9], written=whole, title="t", limits=(0, 2, 4), out={2: "worse"}, missing="none, because x"
    )
    circles = [e for e in tree(picture.svg) if e.tag == "circle"]
    assert [e.get("class") for e in circles] == [None, "worse"]
    assert picture.rows == (("a", "1"), ("b", "none, because x"), ("c", "9"))
    with pytest.raises(ValueError, match="2 labels for 1 values"):
        charts.control(["a", "b"], [1], written=whole, title="t")


def test_a_controls_limits_frame_the_values_between_them() -> None:
    root = tree(charts.control(["a", "b"], [3, 5], written=whole, title="t", limits=(2, 4, 6)).svg)
    (band,) = (e for e in root if e.get("class") == "usual")
    top, bottom = float(band.get("y", "")), float(band.get("y", "")) + float(band.get("height", ""))
    low, high = (float(e.get("cy", "")) for e in root if e.tag == "circle")
    assert top < high < low < bottom


def test_words_at_the_side_never_stand_upon_each_other() -> None:
    root = tree(charts.control(["a", "b"], [3, 500], written=whole, title="t", limits=(3, 4, 5), goal=4.5).svg)
    places = sorted(float(e.get("y", "")) for e in root if e.tag == "text" and e.get("x") == "100%" and e.get("dx"))
    assert all(later - earlier >= 14 for earlier, later in pairwise(places))


def test_dots_at_one_place_are_stacked_and_the_median_is_written() -> None:
    picture = charts.strip([Dot(f"r{i}", 5) for i in range(4)] + [Dot("z", 9)], written=whole, title="t")
    circles = [(e.get("cx"), e.get("cy")) for e in tree(picture.svg) if e.tag == "circle"]
    assert len(set(circles)) == 5
    assert "median 5" in picture.svg


def test_a_strip_lists_who_has_no_value_last() -> None:
    picture = charts.strip([Dot("none", None), Dot("low", 1), Dot("high", 2)], written=whole, title="t")
    assert picture.rows == (("high", "2"), ("low", "1"), ("none", "–"))
    assert len([e for e in tree(picture.svg) if e.tag == "circle"]) == 2


def test_a_fan_opens_from_today() -> None:
    picture = charts.fan(
        ["a", "b", "c"], [0, 10], [("8 in 10", [10, 15], [10, 25])], [10, 20], written=whole, title="t", goal=22, missing="-"
    )
    assert picture.columns == ("When", "So far", "likely", "8 in 10")
    assert picture.rows == (("a", "0", "-", "-"), ("b", "10", "10", "10 – 10"), ("c", "-", "20", "15 – 25"))
    with pytest.raises(ValueError, match="must run from the last value"):
        charts.fan(["a", "b"], [0], [], [1, 2, 3], written=whole, title="t")


def test_a_waterfalls_bars_hang_on_each_other() -> None:
    root = tree(charts.waterfall([Step("open", 100, total=True), Step("won", -40), Step("new", 20), Step("now", 80, total=True)],
                                 written=whole, title="t").svg)  # fmt: skip
    spans = [(_share(e, "x"), _share(e, "x") + _share(e, "width")) for e in root if e.tag == "rect"]
    assert spans == [(0, 100), (60, 100), (60, 80), (0, 80)]
    assert [e.get("class") for e in root if e.tag == "rect"] == ["total", "down", "up", "total"]


def test_a_waterfall_below_zero_stays_within_its_box() -> None:
    root = tree(charts.waterfall([Step("a", -10), Step("b", 5)], written=whole, title="t").svg)
    assert [(_share(e, "x"), _share(e, "width")) for e in root if e.tag == "rect"] == [(0, 100), (0, 50)]


def test_an_unknown_step_has_no_bar_and_says_so() -> None:
    picture = charts.waterfall([Step("a", 10), Step("b", None)], written=whole, title="t", missing="none")
    assert picture.svg.count("<rect") == 1
    assert picture.rows[1] == ("b", "none")


def test_a_funnel_has_shares_of_the_stage_before_and_none_after_an_unknown_or_empty_one() -> None:
    stages = [Stage("a", 10), Stage("b", 4), Stage("c", None), Stage("d", 2), Stage("e", 0), Stage("f", 0)]
    picture = charts.funnel(stages, written=whole, shares=lambda share: f"{share:.0%}", title="t", missing="-")
    assert [row[2] for row in picture.rows] == ["-", "40%", "-", "-", "0%", "-"]
    assert picture.svg.count("<rect") == 5


def test_ramp_curves_stop_where_too_few_got_so_far() -> None:
    picture = charts.curves(["1", "2", "3"], BAND, [Curve("New", [0.5])], written=whole, title="t")
    assert picture.rows[2] == ("3", "–", "–", "–", "–")
    with pytest.raises(ValueError, match="more values"):
        charts.curves(["1"], None, [Curve("x", [1, 2])], written=whole, title="t")


def test_a_chart_as_a_file_has_its_size_and_colours() -> None:
    for picture in every_picture():
        root = tree(charts.standalone(picture.svg, ".line{stroke:red}", 640))
        tall = float(tree(picture.svg).get("height") or 0)
        assert (root.get("width"), float(root.get("height") or 0)) == ("640", tall + 16)
        assert root[0].text == ".line{stroke:red}"
    assert tree(charts.standalone(charts.sparkline([1, 2]), "")).get("height") == "34"
    with pytest.raises(ValueError, match="isn't a chart"):
        charts.standalone(Svg("<svg/>"), "")
    with pytest.raises(ValueError, match="stylesheet"):
        charts.standalone(charts.sparkline([1, 2]), "</style><script>")


def test_text_is_at_the_page_size_at_any_width() -> None:
    """No viewBox around text: on a phone it isn't shrunk with the drawing."""
    written: Callable[[ElementTree.Element], bool] = lambda e: any(child.tag == "text" for child in e.iter())  # noqa: E731
    for picture in every_picture():
        for inner in tree(picture.svg).iter("svg"):
            assert not (inner.get("viewBox") and written(inner))


def test_a_timelines_bars_begin_and_end_on_one_scale_with_today() -> None:
    stretches = [Stretch("a", 0, 50, "x"), Stretch("late", 20, 40, "y", "late"), Stretch("odd", 100, 90, "z")]
    picture = charts.timeline(stretches, 60, title="t")
    root = tree(picture.svg)
    spans = [(_share(e, "x"), _share(e, "x") + _share(e, "width")) for e in root if e.tag == "rect"]
    assert spans == [(0, 50), (20, 40), (90, 100)]
    assert [e.get("x1") for e in root if e.get("class") == "now"] == ["60%"]
    assert picture.rows == (("a", "x"), ("late", "y"), ("odd", "z"))


def test_an_intervals_dot_lies_within_its_line_and_an_unknown_row_has_neither() -> None:
    picture = charts.intervals([Ranged("a", 3, 1, 4), Ranged("b", None)], 2, written=whole, title="t", reference_word="all")
    root = tree(picture.svg)
    (dot,) = root.iter("circle")
    span = next(line for line in root.iter("line") if line.get("class") == "span")
    reference = next(line for line in root.iter("line") if line.get("class") == "now")
    x1, x2, at = (float(str(value).rstrip("%")) for value in (span.get("x1"), span.get("x2"), dot.get("cx")))
    assert x1 < float(str(reference.get("x1")).rstrip("%")) < at < x2
    assert picture.rows == (("a", "3", "1 – 4"), ("b", "–", "–"))


def test_reliable_chances_lie_on_the_diagonal_and_more_of_them_are_larger() -> None:
    picture = charts.reliability([Said(1, 0.25, 0.25), Said(100, 0.75, 0.75)], shares=whole, title="t")
    few, many = tree(picture.svg).iter("circle")
    y = [float(str(dot.get("cy"))) for dot in (few, many)]
    x = [float(str(dot.get("cx")).rstrip("%")) for dot in (few, many)]
    assert (x[1] - x[0]) / 100 == pytest.approx((y[0] - y[1]) / (240 - 12 - 26), abs=0.01)
    assert float(str(few.get("r"))) < float(str(many.get("r")))
