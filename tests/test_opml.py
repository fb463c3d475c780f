"""Reading lists: our own comes back line by line, anybody's as far as it can be used, a hostile one not."""

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pytest
from lxml import etree

from config import Settings
from crawler.sources import parse
from jobs.collect import kinds
from jobs.opml import OpmlError, bring_in, opml, wanted_in
from tests.crawls import settings_in

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LINES = """
https://a.example/feed
https://b.example/blog?a=1&b=2 kind=listing lang=da every=12h pages=5 label="Kød & <æbler>  i 'to' rækker"
https://c.example/feed lang=no every=30m thread=0 revisit=14d content=feed label="x"
https://d.example/list kind=listing label="# no comment"
https://f.example/feed cron="0 6 * * 1-5" quiet=22:00-06:00 label="at its times"
https://g.example/feed every=6h quiet=none
https://e.example/feed label="a \x01 bell"
"""


def outlines(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><body>{inside}</body></opml>'.encode()


def written(settings: Settings) -> str:
    return settings.feeds.read_text("utf-8") if settings.feeds.exists() else ""


def empty(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    settings.feeds.unlink()
    return settings


def test_our_own_list_comes_back_line_by_line(tmp_path: Path) -> None:
    sources = parse(LINES, "feeds.txt", kinds())
    exported = opml(sources, NOON)
    etree.fromstring(exported)  # valid whatever the labels hold
    settings = empty(tmp_path)
    done = bring_in(settings, exported, "ours.opml")
    assert (len(done.added), done.known, done.unusable) == (7, 0, ())
    assert parse(written(settings), "feeds.txt", kinds())[:6] == sources[:6]
    assert bring_in(settings, exported, "ours.opml").known == 7
    assert written(settings).count("\n") == 7


def test_a_list_of_a_feed_reader_becomes_lines_under_their_folders(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "https://known.example/feed   # as it was")
    body = outlines(
        '<outline text="Known" xmlUrl="https://KNOWN.example/feed#top"/>'
        '<outline text="Te & kaffe"><outline title=\'The "blue" kettle\' '
        'xmlUrl="https://a.example/feed" language="da-DK"/>'
        '<outline text="https://b.example/feed" xmlUrl="https://b.example/feed"/></outline>'
        '<outline text="Twice" xmlUrl="https://a.example/feed"/>'
    )
    done = bring_in(settings, body, "list.opml")
    assert (len(done.added), done.known) == (2, 1)
    assert written(settings) == (
        "https://known.example/feed   # as it was\n\n# Te & kaffe\n"
        "https://a.example/feed lang=da label=\"The 'blue' kettle\"\nhttps://b.example/feed\n"
    )


def test_a_list_in_an_old_character_set_keeps_its_letters(tmp_path: Path) -> None:
    body = outlines('<outline text="Blåbærgrød" xmlUrl="https://a.example/feed"/>').decode()
    (wanted,) = wanted_in(body.replace("utf-8", "iso-8859-1").encode("latin-1"), "old.opml")
    assert wanted.title == "Blåbærgrød"


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        ('text="x" xmlUrl="javascript:alert(1)"', "'javascript:alert(1)' is no address"),
        ('text="x" xmlUrl="/feed"', "'/feed' is no address"),
        ('text="x" xmlUrl="file:///etc/passwd"', "'file:///etc/passwd' is no address"),
        ('type="link" text="x" url="https://a.example/"', "https://a.example/ is a link and no feed"),
        ('text="x" xmlUrl="https://a.example/" goodturn:keys="evry=6h"', "did you mean 'every'?"),
    ],
    ids=["script", "relative", "file", "link", "wrong keys"],
)
def test_a_feed_that_cannot_be_a_source_is_told_with_its_reason(tmp_path: Path, outline: str, reason: str) -> None:
    settings = empty(tmp_path)
    (said,) = bring_in(settings, outlines(f"<outline {outline}/>"), "list.opml").unusable
    assert reason in said
    assert not written(settings)


def test_keys_in_a_list_add_no_line_of_their_own(tmp_path: Path) -> None:
    settings = empty(tmp_path)
    keys = "every=1d&#10;https://evil.example/"
    bring_in(settings, outlines(f'<outline text="a&#10;b" xmlUrl="https://a.example/" goodturn:keys="{keys}"/>'), "x")
    assert "evil" not in written(settings)


BOMB = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is no OPML"),
        (b"\x00\xff\x01", "is no OPML"),
        (b"<html><p>Hello", "is no OPML"),
        (outlines(""), "names no feed"),
        (outlines("<outline text='x'>" * 20_000), "names no feed"),
        (outlines("".join(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(10_000))), "names 10,000 feeds"),
        (b"x" * 4_000_001, "has over 4,000,000 bytes"),
        (f'<!DOCTYPE o [<!ENTITY a "aa">{BOMB}]><opml><outline text="&j;"/></opml>'.encode(), "names no feed"),
    ],
    ids=["empty", "binary", "html", "no feed", "nested", "too many", "too large", "entities"],
)
def test_a_list_that_is_none_is_refused_at_once_and_nothing_is_written(
    tmp_path: Path, body: bytes, message: str
) -> None:
    settings = empty(tmp_path)
    began = perf_counter()
    with pytest.raises(OpmlError, match=message):
        bring_in(settings, body, "list.opml")
    assert perf_counter() - began < 3
    assert not written(settings)
