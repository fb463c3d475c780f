"""Whatever comes over the wire ends in a Document or an Unreadable, soon."""

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz_reading import check
from bench.mutations import mutated
from reading.dates import EARLIEST, Calendar
from reading.document import Document, Unreadable
from reading.names import name
from reading.page import Outcome, Page, PageKind
from reading.reader import read

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = [path.read_bytes() for path in sorted((Path(__file__).parent / "pages").glob("*.html"))]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
THREAD = '<li class="comment" id="comment-{0}"><b class="fn">N{0}</b><time datetime="2020-01-02">x</time><p>w{0}</p>'


@QUICK
@given(seed=st.integers(0, 2**32))
def test_a_mutated_page_is_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    assert check(mutated(dice, dice.choice(PAGES))) == ""


@QUICK
@given(body=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert check(body) == ""


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_a_believable_date_or_none(text: str) -> None:
    found = Calendar(now=NOW, tag="en").read(text)
    assert found is None or EARLIEST <= found <= NOW.date() + timedelta(days=2)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=90))
def test_a_name_is_part_of_what_it_was_found_in(text: str) -> None:
    found = name(text)
    assert found is None or found in " ".join(text.split())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 60_000 + "Hello", id="nested"),
        pytest.param("<p>" * 150_000, id="unclosed paragraphs"),
        pytest.param('<p class="' + "x " * 1_500_000 + '">Hello</p>', id="huge attribute"),
        pytest.param("<!--" * 100_000, id="open comments"),
        pytest.param("&lt;" * 400_000, id="entities"),
        pytest.param("<table>" + "<tr><td>1 May 2020</td></tr>" * 20_000, id="endless table"),
        pytest.param('<ol class="commentlist">' + "".join(THREAD.format(n) for n in range(4_000)), id="endless thread"),
        pytest.param("<li class=comment id=comment-1>" * 30_000 + "x", id="comments in comments"),
        pytest.param("3 May 2020 " * 100_000, id="nothing but dates"),
        pytest.param('<script type="application/ld+json">' + '{"comment":' * 50_000, id="deep JSON"),
    ],
)
def test_a_page_made_to_be_slow_is_read_in_time(body: str) -> None:
    url = "https://bomb.example/"
    page = Page(
        requested=url,
        url=url,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        body=body.encode(),
    )
    started = time.process_time()
    assert isinstance(read(page), Document | Unreadable)
    assert time.process_time() - started < 2.0


def test_a_form_feed_is_white_space() -> None:
    comment = '<li class="comment" id="comment-1"><cite class="fn">Ada</cite><p>{}</p></li>\f and on\f'
    body = f'<html><body><p>{"We took the ferry. " * 9}</p><ol class="commentlist">{comment.format("Yes.")}</ol></body>'
    assert check(body.encode()) == ""
