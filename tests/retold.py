"""Tellings of a few events, in several languages, copied and half copied, dated and not; each a page of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache

from sqlite_utils import Database

from reading.document import Document
from reading.page import Outcome, Page, PageKind
from storage import documents, pages
from storage.database import identity, writing
from storage.documents import Reading
from stories import likeness
from stories.labelled import read
from stories.likeness import BIAS, PERHAPS, SURE
from stories.pairs import TELLINGS
from stories.story import Story
from stories.telling import Telling, telling
from tests.test_likeness import SAME_PATTERN, VIOLIN, VIOLIN_AGAIN, changed

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
TOLD = {  # the shorter tellings of five of the labelled events, and when they were published
    "a-sv-022": date(2026, 2, 3),
    "a-no-021": None,
    "a-fr-020": date(2025, 11, 30),
    "a-en-002": None,
    "a-da-001": date(2026, 1, 9),
    "a-fr-001": date(2026, 1, 9),
    "b-es-022": date(2024, 7, 1),
    "b-nl-024": None,
    "b-en-030": date(2024, 7, 2),
    "b-da-024": date(2023, 5, 5),
    "b-es-025": None,
    "b-no-024": None,
    "a-da-011": date(2025, 8, 8),
    "a-sv-009": None,
}

State = tuple[set[frozenset[str]], dict[str, tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A page that is one story."""

    name: str
    text: str
    language: str | None = "en"
    published: date | None = None
    companies: tuple[str, ...] = ()


FIRST = Text(name="first", text=VIOLIN)
AGAIN = Text(name="again", text=VIOLIN_AGAIN, language="da")
COPY = Text(name="copy", text=changed(VIOLIN))
NEAR = Text(name="near", text=f"{VIOLIN} Thank you, Benno.")
STRANGER = Text(name="stranger", text=SAME_PATTERN)
BOTH = Text(name="both", text=f"{VIOLIN} {SAME_PATTERN}")
ALL = (FIRST, AGAIN, COPY, NEAR, STRANGER)


@cache
def texts() -> tuple[Text, ...]:
    """The labelled tellings; copies of three, one of them about a company; and a near copy."""
    there = {each.id: each for each in read(TELLINGS)}
    told = {}
    for id_, published in TOLD.items():
        words = there[id_].text[there[id_].stories[0].start : there[id_].stories[0].end]
        told[id_] = Text(name=id_, text=words, language=there[id_].language, published=published)
    copies = [
        replace(told["a-sv-022"], name="shouted", text=changed(told["a-sv-022"].text), published=None),
        replace(told["a-en-002"], name="earlier", published=date(2020, 2, 2)),
        replace(told["b-no-024"], name="of a company", companies=("Fjellbanken",)),
        replace(told["b-es-022"], name="shortened", text=told["b-es-022"].text.split(". ", 1)[1], published=None),
    ]
    return (*told.values(), *copies)


def dated(text: Text, day: int) -> Text:
    return Text(name=f"{text.name}-{day}", text=text.text, language=text.language, published=date(2026, 1, day))


def arrive(db: Database, text: Text) -> str:
    """Keep the page and its story; the story's id."""
    url = f"http://{text.name.replace(' ', '-')}.example/"
    if not db.conn.execute("select 1 from pages where requested = ?", (url,)).fetchone():
        pages.keep(db, Page(requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW))
    document = Document(url=url, text=text.text, language=text.language, date=text.published)
    documents.keep(db, identity(url), Reading(document=document, stories=(_read(text),)), NOW)
    return identity(identity(url), " ".join(text.text.split()))


def compare_by(db: Database, *, sure: float, perhaps: float = 50.0, easier: float = 0.0) -> None:
    """Compare tellings in this database by the shipped weights, with other thresholds, and all log odds higher."""
    known = likeness.model()
    rows = {**known.weights, BIAS: known.bias + easier, SURE: sure, PERHAPS: perhaps}
    with writing(db):
        db.conn.executemany("insert or replace into likeness_weights (sign, weight) values (?, ?)", rows.items())


def partition(db: Database) -> dict[str, frozenset[str]]:
    """The stories (ids) of each cluster that has any."""
    found: dict[str, set[str]] = {}
    for cluster, story in db.conn.execute("select cluster, id from stories"):
        found.setdefault(cluster, set()).add(story)
    return {cluster: frozenset(stories) for cluster, stories in found.items()}


def cluster_of(db: Database, story: str) -> str:
    (cluster,) = db.conn.execute("select cluster from stories where id = ?", (story,)).fetchone()
    return str(cluster)


def relations(db: Database) -> dict[str, tuple[str, str]]:
    """What each story is to those of its cluster, and what it shares."""
    return {row[0]: (row[1], row[2]) for row in db.conn.execute("select id, relation, shared from stories")}


def state(db: Database) -> State:
    """What must not depend on the order of arrival."""
    return set(partition(db).values()), relations(db)


def became(db: Database, cluster: str) -> str | None:
    (now,) = db.conn.execute("select became from clusters where id = ?", (cluster,)).fetchone()
    return now and str(now)


@cache
def _read(text: Text) -> tuple[Story, Telling]:
    story = Story(
        place=None,
        start=0,
        end=len(text.text),
        text=text.text,
        score=0.9,
        title=text.name,
        language=text.language,
        companies=text.companies,
    )
    return story, telling(story)
