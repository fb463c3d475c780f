"""Every saved page in tests/pages is read as its JSON says; what a JSON does not name is not compared.

The pages are written for the project: real markup of each engine, invented people, companies and words.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reading.document import Comment, Document
from reading.page import Outcome, Page, PageKind
from reading.reader import read

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


def read_saved(path: Path) -> tuple[Document, Mapping[str, Any]]:
    expected = json.loads(path.with_suffix(".json").read_text())
    page = Page(
        requested=expected["url"],
        url=expected["url"],
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        body=path.read_bytes(),
    )
    found = read(page)
    assert isinstance(found, Document), found
    return found, expected


def shown(comment: Comment) -> dict[str, Any]:
    """A comment in the words of the expected file."""
    return {
        "author": comment.author,
        "date": comment.date and comment.date.isoformat(),
        "depth": comment.depth,
        "parent": comment.parent,
        "permalink": comment.permalink,
        "kind": comment.kind.value,
        "edited": comment.edited,
        "quotes": [comment.text[start:end] for start, end in comment.quotes],
        "text": comment.text,
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_saved_page_is_read_as_expected(path: Path) -> None:
    found, expected = read_saved(path)
    about = {"title": found.title, "author": found.author, "language": found.language}
    about["date"] = found.date.isoformat() if found.date else None
    assert {key: about[key] for key in about if key in expected} == {k: expected[k] for k in about if k in expected}
    for words in expected.get("text_has", ()):
        assert words in found.text
    for words in expected.get("text_lacks", ()):
        assert words not in found.text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_comments_of_a_saved_page_are_found(path: Path) -> None:
    found, expected = read_saved(path)
    wanted = expected.get("comments", [])
    got = [shown(comment) for comment in found.comments]
    assert [{key: have[key] for key in want} for have, want in zip(got, wanted, strict=False)] == wanted
    assert len(got) == len(wanted), json.dumps(got[len(wanted) :], indent=1, ensure_ascii=False)


def test_every_saved_page_has_its_expected_reading() -> None:
    assert [path.name for path in PAGES if not path.with_suffix(".json").exists()] == []
