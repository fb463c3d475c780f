"""Charts by day or week, drawn as SVG: bars, one upon the other where there are several series. Pure: counts in, markup
out.

The box is as wide as a phone's screen, so that letters are of the page's own size there, and a wide screen shows
several charts side by side. Colours are classes (`s0` to `s5`), so that a style sheet has them light and dark; each
series has a pattern of its own, too, so that they are told apart without any colour. More than six series are five and
the sum of the rest. A scale ends at a round number. A day that brought anything has a bar of a pixel at
least. Who does not see it is told what it comes to, and its page has the same figures as a table beside it.

The desk's content-security-policy allows no `style`: all is attributes and classes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

WIDTH, HEIGHT = 360, 170  # the box
LEFT, RIGHT, TOP, BOTTOM = 44, 350, 12, 144  # the plot in it
LETTER = 6.6  # of the labels, how wide at most on average
MOST_SERIES = 6  # as many patterns as are told apart
MOST_BAR, GAP = 36.0, 0.2  # of a bar: how wide at most; the part of a day's room that stays free
LEAST_BAR = 1.0
LOWEST = 2  # where an axis ends at least
SCALES = (10, 12, 16, 20, 40, 60, 80, 100, 120)  # tenths of a power of ten; the last where log10 was rounded
BETWEEN_LABELS = 62  # from the middle of one day's label to the next
MOST_DAYS = 400
MOST_BARS = 120  # of days, as narrow as they can be seen; more days than that are shown as weeks
THE_REST = "the rest"
A_DAY = timedelta(days=1)
TERA, GIGA, MEGA, KILO = 10**12, 10**9, 10**6, 1_000
UNITS = ((TERA, TERA, "T"), (GIGA, GIGA, "G"), (MEGA, MEGA, "M"), (10 * KILO, KILO, "k"))  # from which on it is said

_Strokes = tuple[str, dict[str, str]]
PATTERNS: tuple[tuple[_Strokes, ...], ...] = (
    (),
    (("path", {"d": "M-1 1l2-2M0 6l6-6M5 7l2-2"}),),
    (("circle", {"cx": "1.5", "cy": "1.5", "r": "1"}), ("circle", {"cx": "4.5", "cy": "4.5", "r": "1"})),
    (("path", {"d": "M0 3h6"}),),
    (("path", {"d": "M0 0l6 6M0 6l6-6"}),),
    (("path", {"d": "M3 0v6"}),),
)
"""What is drawn upon the colour of each series, within six pixels by six."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What one thing brought: how many on which day. `place` is that of its colour and pattern."""

    name: str
    place: int
    counts: Mapping[date, int]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of some days, or of weeks, each by its last day (`step` 7). `id`, a word of letters, is its own on the
    page; `unit` is what is counted: *pages*."""

    id: str
    title: str
    unit: str
    step: int
    days: Sequence[date]
    series: Sequence[Series]

    @property
    def total(self) -> int:
        """How many of all in all."""
        return sum(self._sum(day) for day in self.days)

    @property
    def is_apart(self) -> bool:
        """Whether its series have names, to be told apart by."""
        return any(each.name for each in self.series)

    @property
    def period(self) -> str:
        """What a bar stands for: a day, or a week."""
        return "week" if self.step > 1 else "day"

    @property
    def heading(self) -> str:
        """What it is called: *Pages a day*."""
        return f"{self.title} a {self.period}"

    @property
    def said(self) -> str:
        """What it comes to, in a sentence."""
        first = self.days[0] - A_DAY * (self.step - 1)
        since = f"{_day(first)} {first.year}" if first.year != self.days[-1].year else _day(first)
        span = f"from {since} to {_day(self.days[-1])} {self.days[-1].year}"
        if not self.total:
            return f"No {self.unit} {span}."
        most = max(self.days, key=self._sum)
        mean = self.total / len(self.days)
        each = f"{mean:,.0f} a {self.period}, " if mean >= 1 else ""
        return f"{self.total:,} {self.unit} {span}, {each}the most, {self._sum(most):,}, {self._when(most)}."

    @property
    def rows(self) -> list[tuple[date, list[int], int]]:
        """Each day that brought any: of each series, and the sum; the newest first."""
        found = [(day, [each.counts.get(day, 0) for each in self.series], self._sum(day)) for day in self.days]
        return [row for row in reversed(found) if row[2]]

    @property
    def svg(self) -> Markup:
        """The drawing."""
        whole = Element("svg", {"class": "plot", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img"})
        whole.set("aria-labelledby", f"{self.id}-title {self.id}-said")
        SubElement(whole, "title", {"id": f"{self.id}-title"}).text = _plain(self.heading)
        SubElement(whole, "desc", {"id": f"{self.id}-said"}).text = self.said
        _patterns(whole, self.id, [each.place for each in self.series])
        top = scale(max((self._sum(day) for day in self.days), default=0))
        _lines(whole, top)
        _labels(whole, self.days)
        room = (RIGHT - LEFT) / len(self.days)
        for place, day in enumerate(self.days):
            self._bar(whole, day, LEFT + place * room, room, top)
        return Markup(tostring(whole, encoding="unicode"))  # ElementTree has escaped it

    def swatch(self, series: Series) -> Markup:
        """A piece of a series' colour and pattern, for a legend."""
        piece = Element("svg", {"class": "swatch", "viewBox": "0 0 12 12", "aria-hidden": "true"})
        SubElement(piece, "rect", {"width": "12", "height": "12", "fill": f"url(#{self.id}-{series.place})"})
        return Markup(tostring(piece, encoding="unicode"))

    def _sum(self, day: date) -> int:
        return sum(each.counts.get(day, 0) for each in self.series)

    def _bar(self, whole: Element, day: date, left: float, room: float, top: int) -> None:
        """A day's bar; pointed at, it says what it stands for."""
        if not self._sum(day):
            return
        width = min(room * (1 - GAP), MOST_BAR)
        group, under = SubElement(whole, "g"), float(BOTTOM)
        SubElement(group, "title").text = f"{self._when(day)}: {self._each(day)}"
        for each in self.series:
            if count := each.counts.get(day, 0):
                high = min(max(count / top * (BOTTOM - TOP), LEAST_BAR), under - TOP)
                under -= high
                place = {"x": left + (room - width) / 2, "y": under, "width": width, "height": high}
                shown = {name: f"{value:.2f}" for name, value in place.items()}
                SubElement(group, "rect", shown | {"fill": f"url(#{self.id}-{each.place})"})

    def _when(self, day: date) -> str:
        return f"in the week to {_day(day)}" if self.step > 1 else f"on {_day(day)}"

    def _each(self, day: date) -> str:
        some = [f"{_plain(each.name)} {each.counts[day]:,}" for each in self.series if each.counts.get(day)]
        return f"{self._sum(day):,} {self.unit}" + (f" ({', '.join(some)})" if self.is_apart else "")


def chart(
    id: str,
    title: str,
    unit: str,
    counts: Mapping[str, Mapping[date, int]],
    *,
    until: date,
    days: int,
    order: Sequence[str] = (),
) -> Chart:
    """A chart of so many days, the last of them `until`, by what was counted of each series."""
    step = 7 if days > MOST_BARS else 1
    bars = min(max(days, 1), MOST_DAYS) // step
    shown = [until - A_DAY * step * back for back in range(bars)][::-1]
    binned = {name: _counts(each, until, step, bars) for name, each in counts.items()}
    names = list(order or greatest(binned))
    own = names if len(names) <= MOST_SERIES else names[: MOST_SERIES - 1]
    found = [Series(name=name, place=place, counts=binned.get(name, {})) for place, name in enumerate(own)]
    found.append(_rest([binned[name] for name in names[len(own) :] if binned.get(name)]))
    found = [each for each in found if each.total]
    return Chart(id=id, title=title, unit=unit, step=step, days=shown, series=found)


def greatest(counts: Mapping[str, Mapping[date, int]]) -> list[str]:
    """The names of what brought the most, in all, first."""
    return sorted(counts, key=lambda name: (-sum(counts[name].values()), name))


def scale(most: int) -> int:
    """Where an axis ends that reaches so high, with a whole number in its middle."""
    if most <= LOWEST:
        return LOWEST
    power: int = 10 ** floor(log10(most))
    steps = (power * part // 10 for part in SCALES)
    return next(step for step in steps if step >= most and step % 2 == 0)


def short(number: int) -> str:
    """A number for an axis: 850, 2,000, 20k, 5M."""
    for least, unit, letter in UNITS:
        if number >= least:
            return f"{number // unit}{letter}" if number < KILO * unit else f"{number:.0e}".replace("e+", "e")
    return f"{number:,}"


def _counts(counts: Mapping[date, int], until: date, step: int, bars: int) -> dict[date, int]:
    """The counts by the last day of each bar, where there are any."""
    found: dict[date, int] = {}
    for day, count in counts.items():
        back = (until - day).days // step
        if count > 0 and 0 <= back < bars:
            last = until - A_DAY * step * back
            found[last] = found.get(last, 0) + count
    return found


def _rest(those: Sequence[Mapping[date, int]]) -> Series:
    counts: dict[date, int] = {}
    for each in those:
        for day, count in each.items():
            counts[day] = counts.get(day, 0) + count
    return Series(name=f"{THE_REST} ({len(those)})", place=MOST_SERIES - 1, counts=counts)


def _patterns(whole: Element, id: str, places: Sequence[int]) -> None:
    if not places:
        return
    kept = SubElement(whole, "defs")
    box = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    for number in places:
        made = SubElement(kept, "pattern", box | {"id": f"{id}-{number}"})
        SubElement(made, "rect", {"width": "6", "height": "6", "class": f"s{number}"})
        for name, drawn in PATTERNS[number]:
            SubElement(made, name, drawn | {"class": "mark" if name == "path" else "dot"})


def _lines(whole: Element, top: int) -> None:
    """The axis, and two lines above it, each with its number."""
    for part in (0, top // 2, top):
        y = BOTTOM - part / top * (BOTTOM - TOP)
        SubElement(whole, "path", {"class": "rule", "d": f"M{LEFT} {y:.1f}H{RIGHT}"})
        SubElement(whole, "text", {"x": str(LEFT - 6), "y": f"{y + 4:.1f}", "text-anchor": "end"}).text = short(part)


def _labels(whole: Element, days: Sequence[date]) -> None:
    """The days under the axis, counted from the last one back, as many as there is room for."""
    room = (RIGHT - LEFT) / len(days)
    step = next(step for step in _steps() if step * room >= BETWEEN_LABELS or step >= len(days))
    for back in range(0, len(days), step):
        place = len(days) - 1 - back
        said, middle = _day(days[place]), LEFT + (place + 0.5) * room
        half = len(said) * LETTER / 2
        middle = min(max(middle, LEFT - 12 + half), WIDTH - 1 - half)
        SubElement(whole, "text", {"x": f"{middle:.1f}", "y": str(BOTTOM + 18), "text-anchor": "middle"}).text = said


def _steps() -> Iterator[int]:
    """Bars between two labels: one, two, multiples of seven."""
    yield from (1, 2)
    yield from (7 * weeks for weeks in range(1, MOST_DAYS))


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _plain(text: str) -> str:
    """Text that XML can hold, whatever the web has put into it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
