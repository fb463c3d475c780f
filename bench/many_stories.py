"""A database with very many stories that look real, to measure the desk by.

usage: python -m bench.many_stories DIR [--stories 100000] [--seed 7]

Makes DIR/goodturn.db, the same each time. A story is made of sentences of the project's own labelled texts about the
trade of one of 400 invented companies, with an opening and an ending of its own (`bench.many_texts`); a quarter stand
in comments. There are 85 clusters for 100 stories: one in ten has 2 to 30 tellings, copies, near copies and retellings,
many in another language; one in forty tells perhaps the event of the one before it, so that one in twenty has something
suggested. A tenth of the clusters is decided on. Two years lie between the first find and the last.

How alike tellings are is drawn, not compared, and only tellings of clusters with others have keys to be found by:
`bench.scale` measures comparing.
"""

import argparse
import importlib
import json
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.util import find_spec
from itertools import groupby, islice
from pathlib import Path

from bench.many_events import END, Event, Events
from bench.many_texts import Written, falling
from storage.candidates import FULL
from storage.clusters import SAME_WORDS
from storage.database import Database, connect, identity, stamp, writing
from storage.decisions import decide
from storage.log import Verb
from stories import likeness
from stories.keys import keys
from stories.likeness import evidence, relation
from stories.story import Relation, WhyNot
from stories.telling import pack

STORIES, SEED = 100_000, 7
DECIDED, REOPENED = 0.1, 0.05  # share of clusters, and of those that are decided on
IN_COMMENTS, NAMELESS, UNDATED, UNSURE = 0.25, 0.15, 0.1, 0.03
LATER, OLD = timedelta(days=60), timedelta(days=900)  # between two tellings of an event; before it is found; at most
MOST_COMMENTS = 40
APPROVED, NOTED = 0.5, 0.05  # of what is decided on; of what is approved
EDITORS = ("Ada Holm", "Birk Sandvad", "Clara Oosting", "Dario Marnier", "Edda Falkner")
BATCH = 2_000  # clusters in a transaction


class Filling:
    """Writes events into a new database."""

    def __init__(self, db: Database, events: Events) -> None:
        self.db, self.dice, self.author = db, events.dice, events.author
        self.hosts = self.author.hosts()
        self.number = 0
        self.keys: set[tuple[int, int]] = set()

    def sources(self) -> None:
        """A source for each host, asked every day."""
        times = (stamp(END + timedelta(days=1)), *[stamp(END)] * 3)
        all_hosts = [(language, host) for language, hosts in self.hosts.items() for host in hosts]
        rows = [(identity(host), f"http://{host}/feed", language, host, *times) for language, host in all_hosts]
        with writing(self.db):
            self.db.conn.executemany(_SOURCE, rows)

    def add(self, event: Event) -> None:
        """A cluster with its tellings, each on a page of its own. Called in a transaction."""
        self.db.conn.execute("insert into clusters (id, made_at) values (?, ?)", (event.id, stamp(event.found_at)))
        found, dated = event.found_at, self.dice.random() >= UNDATED
        published = found - OLD * self.dice.random() ** 3
        for place, written in enumerate(event.told):
            word, shared = _relation(written, event.told[0]) if place else (Relation.FIRST, ())
            facts = {"cluster": event.id, "relation": word, "shared": _json(shared), "found_at": stamp(found)}
            date = published.date().isoformat() if dated else None
            self.db.conn.execute(_STORY, self._told(written, event.searched, found) | facts | {"date": date})
            later = _later(found, self.dice)
            published, found = published + later, found + later
        both = [*event.odds, *((other, one, odds) for one, other, odds in event.odds)]
        self.db.conn.executemany("insert or ignore into likenesses (one, other, odds) values (?, ?, ?)", both)

    def keep_keys(self) -> None:
        """By what the texts are found that have others; a key leads to the first ones alone, as `candidates` has it."""
        with writing(self.db):
            for _, rows in groupby(sorted(self.keys), key=lambda row: row[0]):
                self.db.conn.executemany("insert into text_keys (key, text) values (?, ?)", islice(rows, FULL + 1))

    def _told(self, written: Written, searched: bool, found: datetime) -> dict[str, str | int | float | None]:
        """A story's own columns; its text and its page are written."""
        self.number += 1
        told, text = written.told, written.number
        self.db.conn.execute("insert or ignore into texts (number, compared) values (?, ?)", (text, pack(told)))
        if searched:
            self.keys |= {(key.number, text) for key in keys(told)}
        hosts = self.hosts[str(told.language)]
        (host,) = self.dice.choices(hosts, cum_weights=falling(len(hosts)))
        address = f"http://{host}/{found:%Y/%m}/{self.number}"
        place = self.dice.randrange(MOST_COMMENTS) if self.dice.random() < IN_COMMENTS else None
        page, start = self._page(written, address, host, place, stamp(found))
        unsure = self.dice.random() < UNSURE
        score = self.dice.uniform(0.3, 0.5) if unsure else 1 - 0.5 * self.dice.random() ** 0.7
        return {
            "id": identity(page, written.text),
            "document": page,
            "place": place,
            "start": start,
            "end": start + len(written.text),
            "score": round(score, 3),
            "companies": _json([written.named["company"]]),
            "because": _json(written.because),
            "author": self.author.person() if self.dice.random() >= NAMELESS else None,
            "url": address if place is None else _comment_of(address, place),
            "same_text": text,
            "language": told.language,
        } | {name: getattr(written, name) for name in ("text", "title", "sector", "channel", "teller")}

    def _page(self, written: Written, address: str, host: str, place: int | None, at: str) -> tuple[str, int]:
        """A page with a document and perhaps a comment; its id, and where the story begins."""
        page, language = identity(address), str(written.told.language)
        before, after = self.author.aside(language), self.author.aside(language)
        whole = f"{before}\n{written.text}\n{after}"
        post = whole if place is None else self.author.aside(language)
        document = (page, address, self.author.title(language), language, post, int(place is not None), at)
        self.db.conn.execute(_PAGE, (page, address, address, identity(host), at, at, at))
        self.db.conn.execute(_DOCUMENT, document)
        if place is not None:
            link = _comment_of(address, place)
            self.db.conn.execute(_COMMENT, (page, link, place, link, whole, at))
        return page, len(before) + 1


def fill(db: Database, stories: int, seed: int = SEED) -> None:
    """Fill a new database."""
    events = Events(stories, seed)
    filling = Filling(db, events)
    filling.sources()
    db.conn.execute("pragma synchronous = off")  # a power cut costs a minute, not a collection
    db.conn.execute(f"pragma user_version = {likeness.version()}")  # as it stands, not to be compared anew
    decided: list[tuple[str, datetime]] = []
    each = iter(events)
    while batch := list(islice(each, BATCH)):
        with writing(db):
            for event in batch:
                filling.add(event)
        decided += [(event.id, event.found_at) for event in batch if events.dice.random() < DECIDED]
    filling.keep_keys()
    _decide(db, decided, events.dice)
    _enter_words(db)


def _decide(db: Database, clusters: Sequence[tuple[str, datetime]], dice: random.Random) -> None:
    """What editors did, in the order of finding."""
    for cluster, found in clusters:
        at, who = found + _later(found, dice), dice.choice(EDITORS)
        if dice.random() < APPROVED:
            note = "For the newsletter." if dice.random() < NOTED else ""
            decide(db, cluster, Verb.APPROVE, who=who, at=at, note=note)
        else:
            decide(db, cluster, Verb.REJECT, why=dice.choice(list(WhyNot)), who=who, at=at)
        if dice.random() < REOPENED:
            decide(db, cluster, Verb.REOPEN, who=dice.choice(EDITORS), at=at + timedelta(hours=1))


def _enter_words(db: Database) -> None:
    """Let search find the parts of compounds, where this version of the database does that."""
    if find_spec("storage.words"):
        enter = importlib.import_module("storage.words").enter
        with writing(db):
            for language, text in db.conn.execute("select language, text from stories").fetchall():
                enter(db, language, text)


def _later(found: datetime, dice: random.Random) -> timedelta:
    """Some days, mostly few, and none after the end."""
    return min(LATER, END - found) * dice.random() ** 2


def _relation(written: Written, first: Written) -> tuple[Relation, Sequence[str]]:
    """What a later telling is to the first one, and what the two share."""
    if written is first:
        return Relation.COPY, SAME_WORDS
    return relation(written.told, first.told), evidence(written.told, first.told).shared


def _comment_of(address: str, place: int) -> str:
    return f"{address}#comment-{place}"


def _json(words: Sequence[str]) -> str:
    return json.dumps(words, ensure_ascii=False)


def main() -> None:
    """Make the database, and say how large it is."""
    parser = argparse.ArgumentParser(prog="python -m bench.many_stories", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    path, begin = asked.folder / "goodturn.db", time.perf_counter()
    if path.exists():
        parser.error(f"{path} is there already; name another folder")
    db = connect(path)
    fill(db, asked.stories, asked.seed)
    count = {table: db.table(table).count for table in ("stories", "clusters", "decisions", "likenesses")}
    db.close()
    said = ", ".join(f"{number:,} {name}" for name, number in count.items())
    print(f"{path}: {said}; {path.stat().st_size / 2**20:.0f} MB in {time.perf_counter() - begin:.0f} s")


_SOURCE = """
insert into sources (id, address, language, label, next_due, last_started, last_success, last_new, kind, every_s, pages,
    last_outcome)
values (?, ?, ?, ?, ?, ?, ?, ?, 'feed', 86400, 10, 'stored')
"""

_PAGE = """
insert into pages (id, url, requested, source, fetched_at, first_fetched_at, read_at, kind, outcome, reading)
values (?, ?, ?, ?, ?, ?, ?, 'article', 'stored', 'read')
"""

_DOCUMENT = "insert into documents (id, url, title, language, text, comments, read_at) values (?, ?, ?, ?, ?, ?, ?)"

_COMMENT = """
insert into comments (document, key, position, permalink, text, found_at, depth, kind)
values (?, ?, ?, ?, ?, ?, 0, 'comment')
"""

_STORY = """
insert into stories (id, document, place, start, "end", text, title, language, score, sector, channel, teller,
    companies, because, cluster, relation, shared, author, date, url, same_text, found_at)
values (:id, :document, :place, :start, :end, :text, :title, :language, :score, :sector, :channel, :teller, :companies,
    :because, :cluster, :relation, :shared, :author, :date, :url, :same_text, :found_at)
"""

if __name__ == "__main__":
    main()
