"""Charts: whatever the counts are, they are drawn within their box, said in words, and shown as a table."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watch.charts import HEIGHT, LEFT, LETTER, MOST_SERIES, PATTERNS, TOP, WIDTH, Chart, chart, scale, short

TODAY = date(2026, 11, 22)
DAYS = st.integers(0, 500).map(lambda back: TODAY - timedelta(days=back))
HUGE = 10**18
SERIES = st.dictionaries(DAYS, st.one_of(st.just(0), st.integers(0, 40), st.integers(0, HUGE)), max_size=40)
MANY = st.dictionaries(st.text(max_size=12), SERIES, max_size=9)


def drawn(counts: Mapping[str, Mapping[date, int]], days: int = 28, title: str = "Pages") -> tuple[Chart, Element]:
    made = chart("pages", title, "pages", counts, until=TODAY, days=days)
    return made, fromstring(str(made.svg))


@settings(max_examples=60, deadline=None)
@given(counts=MANY, days=st.integers(-1, 500), title=st.text(max_size=20))
def test_any_counts_are_drawn_within_their_box(counts: Mapping[str, Mapping[date, int]], days: int, title: str) -> None:
    made, svg = drawn(counts, days, title)
    for bar in svg.iterfind("g/rect"):
        x, y, wide, high = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= LEFT - 0.01 and x + wide <= WIDTH and wide > 0
        assert y >= TOP - 0.01 and y + high <= HEIGHT and high >= 0
    for label in svg.iterfind("text"):
        said, x = label.text or "", float(label.attrib["x"])
        wide = len(said) * LETTER
        left = x - wide if label.attrib["text-anchor"] == "end" else x - wide / 2
        assert left >= -1 and left + wide <= WIDTH + 1 and 0 < float(label.attrib["y"]) < HEIGHT
    back = {(TODAY - day).days // made.step for each in counts.values() for day, count in each.items() if count}
    asked = {TODAY - timedelta(days=made.step * each) for each in back if each < len(made.days)}
    assert {row[0] for row in made.rows} == asked and len(made.series) <= MOST_SERIES
    assert sum(row[2] for row in made.rows) == made.total
    assert len(svg.findall("g")) == len(asked), "a bar for each day that brought something"


@given(st.integers(0, HUGE))
def test_a_scale_reaches_as_high_as_the_counts_and_not_much_higher(most: int) -> None:
    top = scale(most)
    assert most <= top <= max(2, 2 * most) and top % 2 == 0 and re.fullmatch("([124-8]|12|16)0*", str(top))
    assert len(short(top)) <= 6


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (850, "850"), (2_000, "2,000"), (20_000, "20k"), (5_000_000, "5M"), (10**16, "1e16"), (10**13, "10T")],
)
def test_a_number_on_an_axis_is_short(number: int, said: str) -> None:
    assert short(number) == said


def test_a_chart_says_in_words_what_it_shows() -> None:
    made, svg = drawn({"": {TODAY: 40, TODAY - timedelta(days=3): 30}})
    said = "70 pages from 26 Oct to 22 Nov 2026, 2 a day, the most, 40, on 22 Nov."
    assert svg.findtext("desc") == made.said == said
    assert svg.attrib["role"] == "img" and svg.attrib["aria-labelledby"] == "pages-title pages-said"
    assert drawn({})[0].said == "No pages from 26 Oct to 22 Nov 2026."
    assert made.rows == [(TODAY, [40], 40), (TODAY - timedelta(days=3), [30], 30)]


def test_series_are_told_apart_by_pattern_and_the_smallest_are_one() -> None:
    counts = {f"blog {number}": {TODAY: 10 - number} for number in range(9)}
    made, svg = drawn(counts)
    assert [each.name for each in made.series][-1] == "the rest (4)" and made.series[-1].total == 5 + 4 + 3 + 2
    assert len({tuple(map(str, strokes)) for strokes in PATTERNS}) == MOST_SERIES == len(PATTERNS)
    filled = {bar.attrib["fill"] for bar in svg.iterfind("g/rect")}
    assert filled == {f"url(#pages-{number})" for number in range(MOST_SERIES)}
    assert {each.attrib["id"] for each in svg.iterfind("defs/pattern")} == {f"pages-{n}" for n in range(MOST_SERIES)}
    assert "blog 0 10" in (svg.findtext("g/title") or "")


def test_what_the_web_called_itself_is_text_and_nothing_is_styled() -> None:
    made, _ = drawn({'<script>"&\x00\ud800': {TODAY: 1}, "b": {TODAY: 1}}, title="<b>&")
    assert "<script" not in made.svg and "&lt;script&gt;" in made.svg and "style" not in made.svg


@pytest.mark.parametrize("days", [1, 2, 7, 28, 91, 366])
def test_labels_of_days_do_not_touch(days: int) -> None:
    _, svg = drawn({"": {TODAY: 1}}, days)
    labels = [each for each in svg.iterfind("text") if each.attrib["text-anchor"] == "middle"]
    places = sorted(float(each.attrib["x"]) for each in labels)
    assert places and all(later - earlier > 40 for earlier, later in pairwise(places))


def test_a_long_time_is_shown_by_weeks() -> None:
    made, _ = drawn({"": {TODAY - timedelta(days=back): 1 for back in range(400)}}, 365)
    assert len(made.days) == 52 and made.heading == "Pages a week" and made.total == 364
    assert made.said == "364 pages from 24 Nov 2025 to 22 Nov 2026, 7 a week, the most, 7, in the week to 30 Nov."


def test_a_thing_has_its_colour_in_all_charts() -> None:
    counts = {"b": {TODAY: 3}, "c": {TODAY: 9}}
    made = chart("pages", "Pages", "pages", counts, until=TODAY, days=28, order=["a", "b", "c"])
    assert [(each.name, each.place) for each in made.series] == [("b", 1), ("c", 2)]
    assert 'fill="url(#pages-1)"' in made.swatch(made.series[0]) and "pages-0" not in made.svg
