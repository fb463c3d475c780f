"""What a reading made of a page, kept whole: the document, its comments, its stories and their clusters.

A page's reading is one transaction: the document replaces what an earlier reading left, and its comments are compared
with those that were there (storage/comments.py); a story that is found again keeps its cluster and so its decisions;
one that is new is placed among the clusters; one that is no longer found is marked gone, never deleted. What an editor
has decided on stays as it is for as long as its words stand on the page (storage/changes.py).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from sqlite3 import Row

from sqlite_utils import Database

from reading.document import Comment, CommentKind, Document, Medium, MediumKind, Unreadable
from reading.page import Outcome
from storage import clusters, comments, pages, revisits, stubs, submissions, words
from storage.changes import Changes, Found, compare
from storage.comments import day
from storage.database import stamp, writing
from stories.story import Relation, Story
from stories.telling import Telling

PLACE = ("place", "start", "end")  # of what an editor decided on, nothing else changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one page was read as: a document with its stories, or why it could not be read."""

    document: Document | Unreadable
    stories: tuple[tuple[Story, Telling], ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The one word for it."""
        return self.document.outcome if isinstance(self.document, Unreadable) else Outcome.READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping a reading changed: how many stories are new, were there before, and are gone."""

    new: int = 0
    known: int = 0
    gone: int = 0


def keep(db: Database, page: str, reading: Reading, at: datetime, of: str | None = None) -> Kept:
    """Keep the reading of the page with this id, in one transaction.

    `of` is what was read (storage/pages.py, `state`): where more has come meanwhile the page waits to be read again.
    """
    with writing(db):
        kept = _keep(db, page, reading, at)
        if of is not None and of != pages.state(db, page):
            db.conn.execute("update pages set reading = null where id = ?", (page,))
        return kept


def _keep(db: Database, page: str, reading: Reading, at: datetime) -> Kept:
    if stubs.is_one(db, page):  # it was taken down while it was read
        return Kept()
    if isinstance(reading.document, Unreadable):
        _mark(db, page, reading.outcome, reading.document.reason, at)
        return Kept()
    _keep_document(db, page, reading.document, at)
    comments.keep(db, page, reading.document.comments, at)
    changes = compare(db, page, reading.document, reading.stories)
    _keep_stories(db, page, reading.document, changes, at)
    _mark(db, page, Outcome.READ, "", at)
    pages.let_go(db, page)
    revisits.schedule(db, page, at)
    return _kept(changes)


def keep_found(db: Database, page: str, document: Document, found: Found, at: datetime) -> Changes:
    """Keep what a new judgement of a stored document found, in one transaction; what that changed."""
    with writing(db):
        changes = compare(db, page, document, () if stubs.is_one(db, page) else found)
        _keep_stories(db, page, document, changes, at)
        return changes


def read_pages(db: Database) -> list[str]:
    """The ids of the pages that were read and do not wait to be read anew, language by language; without those of which
    a story is kept whatever is found, as somebody sent them in."""
    rows = db.conn.execute(
        "select d.id from documents d join pages p on p.id = d.id where p.reading = 'read' order by d.language, d.id"
    )
    sent = submissions.to_be_kept(db)
    return [row[0] for row in rows if row[0] not in sent]


def load(db: Database, page: str) -> Document:
    """The document of a page as it was read, with the comments that are still there. Raises KeyError without one."""
    row = db.conn.execute("select * from documents where id = ?", (page,)).fetchone()
    if row is None:
        raise KeyError(f"no document has the id {page}")
    thread = db.conn.execute(
        "select * from comments where document = ? and position is not null order by position", (page,)
    )
    return Document(
        url=row["url"],
        text=row["text"],
        title=row["title"],
        author=row["author"],
        date=_date(row["date"]),
        language=row["language"],
        headings=_places(row["headings"]),
        comments=tuple(_comment(comment) for comment in thread),
        media=tuple(Medium(**said | {"kind": MediumKind(said["kind"])}) for said in json.loads(row["media"])),
        licence=row["licence"],
    )


def forget_readings(db: Database) -> int:
    """Let every stored page be read again, by a better reader or detector. Returns how many."""
    with writing(db):
        return db.conn.execute(_FORGET).rowcount


def _mark(db: Database, page: str, outcome: Outcome, reason: str, at: datetime) -> None:
    db.conn.execute(
        "update pages set reading = ?, reading_reason = ?, read_at = ?, reading_tries = reading_tries + 1 where id = ?",
        (outcome, reason, stamp(at), page),
    )


def _keep_document(db: Database, page: str, document: Document, at: datetime) -> None:
    db.conn.execute(
        "insert into documents (id, url, title, author, date, language, text, headings, comments, media, licence,"
        " read_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set url = excluded.url,"
        " title = excluded.title, author = excluded.author, date = excluded.date, language = excluded.language,"
        " text = excluded.text, headings = excluded.headings, comments = excluded.comments, media = excluded.media,"
        " licence = excluded.licence, read_at = excluded.read_at",
        (
            page,
            document.url,
            document.title,
            document.author,
            day(document.date),
            document.language,
            document.text,
            json.dumps(document.headings),
            len(document.comments),
            json.dumps([asdict(medium) for medium in document.media], ensure_ascii=False),
            document.licence,
            stamp(at),
        ),
    )


def _keep_stories(db: Database, page: str, document: Document, changes: Changes, at: datetime) -> None:
    said = submissions.said_of(db, page)
    for id_, (story, telling) in changes.found.items():
        facts = _facts(document, story, said)
        if id_ in changes.known:
            asked = {name: facts[name] for name in PLACE} if id_ in changes.decided else facts
            pairs = ", ".join(f'"{name}" = ?' for name in asked)
            db.conn.execute(f"update stories set {pairs}, gone_at = null where id = ?", (*asked.values(), id_))
        else:
            _add_story(db, {"id": id_, "document": page, "found_at": stamp(at), **facts})
        if id_ not in changes.decided:
            clusters.place(db, id_, telling)
    places = [(told.place, told.start, told.end, told.id) for told in changes.held]
    db.conn.executemany('update stories set place = ?, start = ?, "end" = ? where id = ?', places)
    db.conn.executemany("update stories set gone_at = ? where id = ?", [(stamp(at), id_) for id_ in changes.lost])


def _kept(changes: Changes) -> Kept:
    known = len(changes.found.keys() & changes.known)
    return Kept(new=len(changes.found) - known, known=known + len(changes.held), gone=len(changes.lost))


def _comment(row: Row) -> Comment:
    return Comment(
        text=row["text"],
        author=row["author"],
        date=_date(row["date"]),
        depth=row["depth"],
        parent=row["parent"],
        permalink=row["permalink"],
        kind=CommentKind(row["kind"]),
        edited=bool(row["edited"]),
        quotes=_places(row["quotes"]),
    )


def _date(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _places(stored: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in json.loads(stored))


def _add_story(db: Database, row: dict[str, str | int | float | None]) -> None:
    """Store a story. Its cluster gets a row when it is known which it is."""
    db.conn.execute("pragma defer_foreign_keys = on")  # until the transaction ends
    full = row | {"cluster": row["id"], "relation": Relation.FIRST}
    names = ", ".join(f'"{name}"' for name in full)
    marks = ", ".join("?" for _ in full)
    db.conn.execute(f"insert into stories ({names}) values ({marks})", tuple(full.values()))
    words.enter(db, str(row["language"]), f"{row['title']} {row['text']}")


def _facts(document: Document, story: Story, said: Sequence[str]) -> dict[str, str | int | float | None]:
    comment = None if story.place is None else document.comments[story.place]
    return {
        "place": story.place,
        "start": story.start,
        "end": story.end,
        "text": story.text,
        "title": story.title,
        "language": story.language,
        "score": story.score,
        "sector": story.sector,
        "channel": story.channel,
        "teller": story.teller,
        "companies": json.dumps(story.companies, ensure_ascii=False),
        "because": json.dumps([*said, *story.because], ensure_ascii=False),
        "author": comment.author if comment else document.author,
        "date": day(comment.date if comment else document.date),
        "url": comment.permalink if comment and comment.permalink else document.url,
    }


# What was not to be archived is there no more.
_FORGET = """
update pages set reading = null
where body is not null and exists (select 1 from bodies b where b.id = pages.body and length(b.body) > 0)
"""
