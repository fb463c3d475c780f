"""When a site asks to be asked again: what its headers and its feed say of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from crawler.lists.feeds import parse
from crawler.lists.hints import Hints, fresh_until

NOON = datetime(2026, 5, 4, 12, 20, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
IN_AN_HOUR = "Mon, 04 May 2026 13:20:00 GMT"

HEADERS: Mapping[str, tuple[dict[str, str], timedelta | None]] = {
    "nothing": ({}, None),
    "max-age": ({"cache-control": "public, Max-Age=600"}, 10 * MINUTE),
    "max-age in quotation marks": ({"cache-control": 'max-age="600"'}, 10 * MINUTE),
    "max-age of none": ({"cache-control": "max-age=0", "expires": IN_AN_HOUR}, None),
    "max-age that is garbage": ({"cache-control": "max-age=soon, =, ,", "expires": IN_AN_HOUR}, None),
    "max-age twice": ({"cache-control": "max-age=900, max-age=600"}, 10 * MINUTE),
    "max-age of an answer from a cache": ({"cache-control": "max-age=600", "age": "300"}, 5 * MINUTE),
    "max-age that is over": ({"cache-control": "max-age=600", "age": "700"}, None),
    "an age that is garbage": ({"cache-control": "max-age=600", "age": "old"}, 10 * MINUTE),
    "max-age of a year": ({"cache-control": "max-age=31536000"}, DAY),
    "max-age of a thousand digits": ({"cache-control": "max-age=" + "9" * 1000}, DAY),
    "max-age for shared caches": ({"cache-control": "s-maxage=600"}, None),
    "no-cache": ({"cache-control": "no-cache, max-age=600", "expires": IN_AN_HOUR}, None),
    "no-cache for one header": ({"cache-control": 'no-cache="set-cookie, age", max-age=600'}, 10 * MINUTE),
    "no-store": ({"cache-control": "no-store", "expires": IN_AN_HOUR}, None),
    "expires": ({"expires": IN_AN_HOUR}, HOUR),
    "expires, by the answer's own clock": (
        {"expires": IN_AN_HOUR, "date": "Mon, 04 May 2026 13:00:00 GMT"},
        20 * MINUTE,
    ),
    "expires beside max-age": ({"expires": IN_AN_HOUR, "cache-control": "max-age=600"}, 10 * MINUTE),
    "expires with an age": ({"expires": IN_AN_HOUR, "age": "600"}, 50 * MINUTE),
    "expires twice": ({"expires": f"{IN_AN_HOUR}, {IN_AN_HOUR}"}, HOUR),
    "expires long ago": ({"expires": "Thu, 19 Nov 1981 08:52:00 GMT"}, None),
    "expires that is no date": ({"expires": "-1"}, None),
    "expires in a year that is none": ({"expires": "Mon, 04 May 99999 13:20:00 GMT"}, None),
    "retry-after": ({"retry-after": "600"}, None),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_say_how_long_an_answer_is_fresh(name: str) -> None:
    headers, wait = HEADERS[name]
    assert fresh_until(headers, Hints(), NOON) == (NOON + wait if wait else None)


ALL_HOURS, ALL_DAYS = frozenset(range(24)), frozenset(range(7))
TOLD = {
    "the longer of two waits": (Hints(every=2 * HOUR), NOON + 2 * HOUR),
    "the longer of two waits, which the headers ask for": (Hints(every=MINUTE), NOON + 10 * MINUTE),
    "a month": (Hints(every=30 * DAY), NOON + DAY),
    "hours to skip": (Hints(skip_hours=frozenset({12, 13})), NOON.replace(hour=14, minute=0)),
    "hours to skip that are over": (Hints(skip_hours=frozenset({10, 11})), NOON + 10 * MINUTE),
    "hours to skip until after midnight": (
        Hints(skip_hours=frozenset({0, *range(12, 24)})),
        NOON.replace(day=5, hour=1, minute=0),
    ),
    "days to skip": (Hints(skip_days=frozenset({0, 1})), NOON.replace(day=6, hour=0, minute=0)),
    "days and hours to skip": (
        Hints(skip_days=frozenset({0}), skip_hours=frozenset({0, 1})),
        NOON.replace(day=5, hour=2, minute=0),
    ),
    "all days but one": (Hints(skip_days=ALL_DAYS - {6}), NOON.replace(day=10, hour=0, minute=0)),
    "all hours": (Hints(skip_hours=ALL_HOURS), NOON + 10 * MINUTE),
    "all days": (Hints(skip_days=ALL_DAYS), NOON + 10 * MINUTE),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_feed_says_counts_beside_its_headers(name: str) -> None:
    hints, until = TOLD[name]
    assert fresh_until({"cache-control": "max-age=600"}, hints, NOON) == until


def test_a_feed_that_skips_this_hour_is_fresh_until_the_next_though_nothing_else_is_said() -> None:
    assert fresh_until({}, Hints(skip_hours=frozenset({12})), NOON) == NOON.replace(hour=13, minute=0)
    assert fresh_until({}, Hints(skip_hours=frozenset({13})), NOON) is None


SY = 'xmlns:s="http://purl.org/rss/1.0/modules/syndication/"'
FEEDS = {
    "nothing": ("", Hints()),
    "ttl": ("<ttl> 60 </ttl>", Hints(every=HOUR)),
    "ttl of none": ("<ttl>0</ttl>", Hints()),
    "ttl that is garbage": ("<ttl>often</ttl><ttl>-5</ttl>", Hints()),
    "an update period": (f"<s:updatePeriod {SY}>\n daily </s:updatePeriod>", Hints(every=DAY)),
    "an update period, shared out": (
        f"<channel {SY}><s:updatePeriod>daily</s:updatePeriod><s:updateFrequency>4</s:updateFrequency></channel>",
        Hints(every=6 * HOUR),
    ),
    "an update period with an undeclared prefix": (
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
        Hints(every=HOUR),
    ),
    "an update period that is none": (f"<s:updatePeriod {SY}>often</s:updatePeriod>", Hints()),
    "the longer of ttl and update period": (
        f"<ttl>10</ttl><s:updatePeriod {SY}>hourly</s:updatePeriod>",
        Hints(every=HOUR),
    ),
    "hours to skip": (
        "<skipHours><hour>0</hour><hour> 5 </hour><hour>24</hour><hour>noon</hour></skipHours>",
        Hints(skip_hours=frozenset({0, 5})),
    ),
    "days to skip": (
        "<skipDays><day>Saturday</day><day> sunday</day><day>Someday</day></skipDays>",
        Hints(skip_days=frozenset({5, 6})),
    ),
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_says_when_it_changes(name: str) -> None:
    said, hints = FEEDS[name]
    feed = f'<rss version="2.0"><channel>{said}<item><link>/a</link></item></channel></rss>'
    assert parse(feed.encode(), "https://blog.example/feed").hints == hints
