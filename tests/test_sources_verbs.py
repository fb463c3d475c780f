"""The verbs for sources: what is found at an address, what a line would collect, and how a line is written."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.lines import append, label, line
from crawler.sources import LANGUAGES, SourcesError, parse
from jobs.try_source import find
from storage.sources import Source
from tests.crawls import put_article, put_feed, settings_in
from tests.forked import goodturn
from tests.web import Web

INTERVALS = st.one_of(
    st.integers(5, 9999).map(lambda m: timedelta(minutes=m)), st.integers(1, 90).map(lambda d: timedelta(days=d))
)
LABELS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=250).map(label)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "content": st.sampled_from(["page", "feed"]),
        "thread": st.integers(0, 500).map(str),
        "revisit": INTERVALS.map(lambda time: str(int(time.total_seconds()))),
    },
)


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        Source,
        address=st.sampled_from(["https://a.example/", "https://a.example/feed?a=1&b=%22", "http://b.example:8080/x"]),
        kind=st.sampled_from(["feed", "listing"]),
        every=INTERVALS,
        pages=st.integers(1, 500),
        language=st.none() | st.sampled_from(LANGUAGES),
        label=LABELS,
        options=OPTIONS,
    )
)
def test_a_line_that_is_written_is_read_as_the_same_source(source: Source) -> None:
    assert parse(line(source), "a line") == (source,)


def test_a_line_says_only_what_is_not_as_usual() -> None:
    written = 'https://a.example/ kind=listing every=2d revisit=2w label="Kaffe & # kage"'
    (source,) = parse(f"{written} pages=3", "a line")
    assert line(source) == written


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"new\n"),
        (b"old", b"old\nnew\n"),
        (b"\xef\xbb\xbfold  # \xc3\xa6\r\n\r\n", b"\xef\xbb\xbfold  # \xc3\xa6\r\n\r\nnew\n"),
    ],
    ids=["empty", "no newline at the end", "to the last byte"],
)
def test_what_was_in_the_file_stays_as_it_was(tmp_path: Path, before: bytes, after: bytes) -> None:
    file, link = tmp_path / "real.txt", tmp_path / "feeds.txt"
    file.write_bytes(before)
    file.chmod(0o640)
    link.symlink_to(file)
    append(link, ["new"])
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (after, 0o640)
    assert {path.name for path in tmp_path.iterdir()} == {"feeds.txt", "real.txt"}


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="cannot be written"):
        append(tmp_path / "no-such-folder" / "feeds.txt", ["new"])


def test_the_feed_of_a_page_is_found_and_its_line_written(tmp_path: Path) -> None:
    with Web() as web:
        of = settings_in(tmp_path, "# mine")
        named = '<link rel="alternate" type="application/rss+xml" href="/lost"><a href="/rss.xml">RSS</a>'
        web.put("/", f"<html><head>{named}</head><body><p>Hi</p></body></html>")
        put_feed(web, "/rss.xml", ["/1", "/2"], x_robots_tag="noindex")
        done = goodturn("sources", "add", web.url("/"), "--every", "1d", "--yes", of=of)
        assert done.returncode == 0, done.stderr
        assert "the page links to it" in done.stdout
        assert "articles  2 listed" in done.stdout
        assert of.feeds.read_text() == f'# mine\n{web.url("/rss.xml")} every=1d label="Blog"\n'
        assert web.paths()[:2] == ["/", "/lost"]
        assert len(web.paths()) <= 5
        assert not (of.data / "goodturn.db").exists()


def test_what_cannot_be_added_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    with Web() as web:
        of = settings_in(tmp_path, web.url("/feed"))
        with pytest.raises(SourcesError, match="/feed is there already; change its line instead"):
            find(of, web.url("/feed/"), keys={})
        with pytest.raises(SourcesError, match="every: '6' is no interval"):
            find(of, web.url("/other"), keys={"every": "6"})
        assert not web.asked


def test_a_line_is_tried_with_a_few_requests_and_nothing_is_stored(tmp_path: Path) -> None:
    with Web() as web:
        of = settings_in(tmp_path)
        articles = [f"/{n}" for n in range(9, 0, -1)]
        put_feed(web, "/feed", articles)
        for article in articles:
            put_article(web, article)
        done = goodturn("sources", "test", web.url("/feed"), "pages=5", "label=Two words", of=of)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f'{web.url("/feed")} pages=5 label="Two words"\nanswer    stored')
        assert "articles  9 listed: 0 known, 9 new" in done.stdout
        assert f"  {web.url('/9')}\n          no author, no date" in done.stdout
        assert sorted(web.paths()) == ["/8", "/9", "/feed"]
        assert not (of.data / "goodturn.db").exists()
