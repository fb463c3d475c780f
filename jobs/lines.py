"""`goodturn read` and `goodturn cluster` as filters: JSON Lines in, JSON Lines out, one line for each.

A line that cannot be read is answered with its id and one sentence of error; the others are not held up by it.

    read      in   {"id", "url", "text"} or {"id", "url", "path"}: plain text, or a file of raw HTML
              out  {"id", "title", "author", "date", "language", "text", "licence", "media": [...], "comments": [...],
                   "stories": [...]}
    cluster   in   {"id", "url", "text"}: one story each
              out  {"id", "cluster", "relation", "because", "maybe": [ids of lines that may tell the same event]}
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config import Settings
from jobs import pool
from jobs.read_page import with_stories
from reading.document import Comment, Document, Unreadable
from reading.page import Outcome, Page, PageKind
from reading.reader import read, read_text
from storage import documents, pages
from storage.database import Database, connect, identity
from storage.documents import Reading
from storage.stories import StoryRow, of_page
from storage.suggestions import all_suggestions
from stories.detect import Detector, whole
from stories.story import Story
from stories.telling import telling

Line = dict[str, Any]
BYTE_ORDER_MARK = "\ufeff"
LONE_HALF = re.compile("[\ud800-\udfff]")  # half of a pair, as text that was cut has it: no character, and no UTF-8


class LineError(ValueError):
    """A line that cannot be answered; the message says why."""


def read_lines(lines: Iterable[str], settings: Settings) -> Iterator[str]:
    """Answer each line of `goodturn read`."""
    asked = (_parsed(number, line) for number, line in enumerate(lines, 1) if line.strip())
    for id_, answer in pool.run(_read_line, ((line["id"], line) for line in asked), settings):
        said = {"error": f"{answer.outcome}: {answer.reason}"} if isinstance(answer, pool.Failure) else answer
        yield _json({"id": id_, **said})


def cluster_lines(lines: Iterable[str]) -> Iterator[str]:
    """Answer each line of `goodturn cluster`, through a database in memory: the path that collected stories take.

    A cluster is called by the id of the line that tells its event first, so that it is the same for any order of lines.
    """
    db = connect()
    asked = [_parsed(number, text) for number, text in enumerate(lines, 1) if text.strip()]
    pages_of, wrong, again = {}, {}, Counter[str]()
    for number, line in enumerate(asked):
        try:
            told = _json([line["id"], _field(line, "url"), _field(line, "text")])
            again[told] += 1
            pages_of[number] = _keep_line(db, f"line:{identity(told)}:{again[told]}", line)
        except LineError as error:
            wrong[number] = str(error)
    rows = {number: of_page(db, page)[0] for number, page in pages_of.items()}
    called = _names(asked, rows)
    maybe = {cluster: {each.cluster for each in found} for cluster, found in all_suggestions(db).items()}
    for number, line in enumerate(asked):
        if number in wrong:
            yield _json({"id": line["id"], "error": wrong[number]})
            continue
        row = rows[number]
        others = [asked[other]["id"] for other in sorted(rows) if rows[other].cluster in maybe.get(row.cluster, ())]
        said = {"cluster": called[row.cluster], "relation": row.relation, "because": row.shared, "maybe": others}
        yield _json({"id": line["id"], **said})


def _keep_line(db: Database, address: str, line: Line) -> str:
    """The page that holds a line's story, at an address that follows from the line."""
    document = read_text(_field(line, "url"), _field(line, "text"))
    story = whole(document)
    page = identity(pages.keep(db, _page(address, address)).requested)
    documents.keep(db, page, Reading(document=document, stories=((story, telling(story)),)), datetime.now(UTC))
    return page


def _names(asked: Sequence[Line], rows: Mapping[int, StoryRow]) -> dict[str, Any]:
    """What each cluster is called: by the id of its first telling, or where another line has that too, by a hash."""
    given = Counter(line["id"] for line in asked if isinstance(line["id"], str))
    first = {row.cluster: (asked[number]["id"], row.id) for number, row in rows.items() if row.relation == "first"}
    return {
        cluster: id_ if isinstance(id_, str) and given[id_] == 1 else story for cluster, (id_, story) in first.items()
    }


def _page(requested: str, url: str, body: bytes = b"") -> Page:
    return Page(
        requested=requested,
        url=url,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=datetime.now(UTC),
        body=body,
    )


def _parsed(number: int, text: str) -> Line:
    """The line as it was given, always with an id; what is wrong with it is under `wrong`."""
    try:
        line = json.loads(text.removeprefix(BYTE_ORDER_MARK))
    except ValueError as error:
        return {"id": None, "wrong": f"line {number} is no JSON: {error}"}
    if not isinstance(line, dict):
        return {"id": None, "wrong": f"line {number} is no JSON object"}
    return {"id": None, **line}


def _field(line: Line, name: str) -> str:
    if "wrong" in line:
        raise LineError(line["wrong"])
    value = line.get(name, "" if name == "url" else None)
    if not isinstance(value, str):
        raise LineError(f"'{name}' is missing" if value is None else f"'{name}' is no text")
    return LONE_HALF.sub("\ufffd", value)


def _read_line(line: Line, by: Detector) -> Line:
    """One line in a worker process: what was read, or {"error"}."""
    try:
        document = _document(line)
    except LineError as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": f"cannot read {line['path']}: {error.strerror}"}
    except ValueError as error:  # no name of a file
        return {"error": f"cannot read {line['path']!r}: {error}"}
    reading = with_stories(document, by)
    if isinstance(reading.document, Unreadable):
        return {"error": f"{reading.document.outcome}: {reading.document.reason}"}
    return _document_answer(reading.document) | {"stories": [_story_answer(s) for s, _ in reading.stories]}


def _document(line: Line) -> Document | Unreadable:
    url = _field(line, "url")
    if "text" in line:
        return read_text(url, _field(line, "text"))
    if "path" not in line and "wrong" not in line:
        raise LineError("'text' or 'path' is missing")
    return read(_page(url, url, Path(_field(line, "path")).read_bytes()))


def _document_answer(document: Document) -> Line:
    return {
        "title": document.title,
        "author": document.author,
        "date": document.date and document.date.isoformat(),
        "language": document.language,
        "text": document.text,
        "licence": document.licence,
        "media": [asdict(medium) for medium in document.media],
        "comments": [_comment_answer(comment) for comment in document.comments],
    }


def _comment_answer(comment: Comment) -> Line:
    return {
        "author": comment.author,
        "date": comment.date and comment.date.isoformat(),
        "depth": comment.depth,
        "parent": comment.parent,
        "permalink": comment.permalink,
        "kind": comment.kind,
        "text": comment.text,
    }


def _story_answer(story: Story) -> Line:
    return {
        "in": "post" if story.place is None else story.place,
        "start": story.start,
        "end": story.end,
        "text": story.text,
        "score": round(story.score, 4),
        "title": story.title,
        "language": story.language,
        "companies": story.companies,
        "sector": story.sector,
        "channel": story.channel,
        "teller": story.teller,
        "because": story.because,
    }


def _json(line: Line | list[Any]) -> str:
    said = json.dumps(line, ensure_ascii=False)
    return json.dumps(line) if LONE_HALF.search(said) else said
