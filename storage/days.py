"""What each day brought: counted by source and by language, and kept for ever, whatever is let go later.

Days are UTC. A count has up to three rows: of all, of each source, of each language; `*` stands for all, so that no
count is ever the sum of others' rows. `word` tells apart what has an outcome or a verb: fetches, readings, decisions.

A day is counted until it has been over for a day, since what was fetched at midnight is stored a moment later. What it
brought it brought: where a page is deleted and a day's count would fall, what was counted stands. So the sum over all
days never falls, which programs that watch it rely on.

How long a queue was is no count of a day: it is measured once, when the day is first looked at (`measure`).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from storage.database import giving_way, writing

ALL = "*"
UNKNOWN = "und"  # a language that nobody could tell, as BCP 47 has it
SENT = "sent"  # the source of what readers sent in
A_DAY = timedelta(days=1)
ALWAYS = date.min
_Key = tuple[str, str, str]  # what, day, word
_Cell = tuple[str, str]  # source, language


class What(StrEnum):
    """What is counted: fetches, by outcome; articles that came; readings, by what came of them, and of those that were
    read the ones with comments; comments and stories that were found; what editors did, by verb."""

    FETCHES = "fetches"
    PAGES = "pages"
    READINGS = "readings"
    TALKED = "talked"
    COMMENTS = "comments"
    STORIES = "stories"
    DECISIONS = "decisions"


class Queue(StrEnum):
    """What may grow without end: addresses that wait to be fetched, pages to be read, stories for an editor."""

    ADDRESSES = "addresses waiting"
    UNREAD = "pages unread"
    INBOX = "stories open"


class By(StrEnum):
    """What a series is told apart by; words are outcomes, or verbs."""

    SOURCE = "source"
    LANGUAGE = "language"
    WORD = "word"


def catch_up(db: Database, now: datetime) -> None:
    """Count today, and each day before that may have changed since it was counted, or never was."""
    last = db.conn.execute("select max(day) from days where what = ?", (_COUNTED,)).fetchone()[0]
    today = now.date()
    first = min(date.fromisoformat(last) if last else ALWAYS, today)
    _count(db, first - A_DAY if first > ALWAYS else first, today)
    with writing(db):
        db.conn.execute("delete from days where what = ?", (_COUNTED,))
        db.conn.execute("insert into days (what, day, count) values (?, ?, 1)", (_COUNTED, today.isoformat()))


def count(db: Database, day: date) -> None:
    """Count a day, again if need be."""
    _count(db, day, day)


def measure(db: Database, day: date) -> None:
    """Note how long each queue is, if that was not done this day."""
    key = (Queue.INBOX, day.isoformat())
    if db.conn.execute("select 1 from days where what = ? and day = ?", key).fetchone():
        return
    rows = [(queue, day.isoformat(), db.conn.execute(_LENGTHS[queue]).fetchone()[0]) for queue in Queue]
    with writing(db):
        db.conn.executemany("insert or replace into days (what, day, count) values (?, ?, ?)", rows)


def series(db: Database, since: date, what: What | Queue, by: By | None = None) -> dict[str, dict[date, int]]:
    """The counts of each day from one on that brought any, by name: of a source (its id), a language, a word; without
    `by` there is one series, ""."""
    values = {"what": what, "since": since.isoformat()}
    found: dict[str, dict[date, int]] = {}
    for name, day, number in db.conn.execute(_SERIES[by], values):
        found.setdefault(name, {})[date.fromisoformat(day)] = number
    return found


def of_source(db: Database, source: str, since: date, what: What) -> dict[date, int]:
    """The counts of one source, by its id, of each day from one on."""
    values = {"what": what, "since": since.isoformat(), "source": source}
    return {date.fromisoformat(day): number for day, number in db.conn.execute(_OF_SOURCE, values)}


def totals(db: Database) -> dict[What, dict[str, int]]:
    """What all days brought together, by word; it never falls."""
    found: dict[What, dict[str, int]] = {what: {} for what in What}
    for what, word, number in db.conn.execute(_TOTALS, [*What]):
        found[What(what)][word] = number
    return found


def _count(db: Database, first: date, last: date) -> None:
    """Count some days, in many small transactions: a large database's whole past takes seconds, and editors go on."""
    values = {"since": first.isoformat(), "until": (last + A_DAY).isoformat(), "unknown": UNKNOWN, "sent": SENT}
    for what, question in QUESTIONS.items():
        for key, cells in _cells(what, db.conn.execute(question, values)).items():
            with giving_way():
                _keep(db, key, cells)


def _cells(what: What, rows: Iterable[tuple[str, str, str, str, int]]) -> dict[_Key, Counter[_Cell]]:
    """The rows that a question's answer makes."""
    found: dict[_Key, Counter[_Cell]] = {}
    for day, word, source, language, number in rows:
        cells = found.setdefault((what, day, word), Counter())
        cells[ALL, ALL] += number
        cells[source, ALL] += number
        if what is not What.FETCHES:  # of no language yet
            cells[ALL, language] += number
    return found


def _keep(db: Database, key: _Key, cells: Counter[_Cell]) -> None:
    """Write a day's count, unless it stands already, or is less than what stands."""
    stands = {(source, language): n for source, language, n in db.conn.execute(_STANDS, key)}
    if cells == stands or cells[ALL, ALL] < stands.get((ALL, ALL), 0):
        return
    rows = [(*key, *cell, n) for cell, n in cells.items()]
    with writing(db):
        db.conn.execute("delete from days where what = ? and day = ? and word = ?", key)
        db.conn.executemany("insert into days values (?, ?, ?, ?, ?, ?)", rows)


_COUNTED = "counted"  # the row that says up to which day

QUESTIONS = {
    What.FETCHES: """
select substr(at, 1, 10) as day, outcome, coalesce(source, :sent) as source, '', count(*)
from fetches where at >= :since and at < :until group by day, outcome, source
""",
    What.PAGES: """
select substr(p.first_fetched_at, 1, 10) as day, '', coalesce(p.source, :sent) as source,
    coalesce(d.language, s.language, :unknown) as language, count(*)
from pages p left join documents d on d.id = p.id left join sources s on s.id = p.source
where p.kind = 'article' and p.first_fetched_at >= :since and p.first_fetched_at < :until
group by day, 3, 4
""",
    What.READINGS: """
select substr(p.read_at, 1, 10) as day, p.reading, coalesce(p.source, :sent) as source,
    coalesce(d.language, s.language, :unknown) as language, count(*)
from pages p left join documents d on d.id = p.id left join sources s on s.id = p.source
where p.read_at >= :since and p.read_at < :until and p.reading is not null
group by day, p.reading, 3, 4
""",
    What.TALKED: """
select substr(p.read_at, 1, 10) as day, '', coalesce(p.source, :sent) as source,
    coalesce(d.language, :unknown) as language, count(*)
from pages p join documents d on d.id = p.id
where p.read_at >= :since and p.read_at < :until and p.reading = 'read' and d.comments > 0
group by day, 3, 4
""",
    What.COMMENTS: """
select substr(c.found_at, 1, 10) as day, '', coalesce(p.source, :sent) as source,
    coalesce(d.language, :unknown) as language, count(*)
from pages p join documents d on d.id = p.id join comments c on c.document = p.id
where p.read_at >= :since and c.found_at >= :since and c.found_at < :until
group by day, 3, 4
""",  # a comment is found by a reading: without an index of comments by time, of which there are most
    What.STORIES: """
select substr(t.found_at, 1, 10) as day, '', coalesce(p.source, :sent) as source,
    coalesce(t.language, :unknown) as language, count(*)
from stories t join pages p on p.id = t.document
where t.found_at >= :since and t.found_at < :until
group by day, 3, 4
""",
    What.DECISIONS: """
select substr(d.at, 1, 10) as day, d.verb, coalesce(p.source, :sent) as source,
    coalesce(t.language, :unknown) as language, count(*)
from decisions d
left join stories t on t.number = (select min(number) from stories where cluster = d.cluster)
left join pages p on p.id = t.document
where d.at >= :since and d.at < :until
group by day, d.verb, 3, 4
""",
}

_LENGTHS = {
    Queue.ADDRESSES: "select count(*) from frontier where state = 'waiting'",
    Queue.UNREAD: """
select count(*) from pages where kind = 'article' and body is not null and reading is null
    and not (outcome = 'forbidden' and reserved <> '')
""",
    Queue.INBOX: """
select count(*) from clusters c
where exists (select 1 from stories where cluster = c.id and gone_at is null) and coalesce((
    select verb from standing where cluster = c.id and verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen')
    order by number desc limit 1), 'reopen') = 'reopen'
""",
}

_STANDS = "select source, language, count from days where what = ? and day = ? and word = ?"

_SERIES = {
    None: """
select '', day, sum(count) from days
where what = :what and day >= :since and source = '*' and language = '*' group by day
""",
    By.WORD: """
select word, day, count from days where what = :what and day >= :since and source = '*' and language = '*'
""",
    By.SOURCE: """
select source, day, sum(count) from days where what = :what and day >= :since and source <> '*' group by source, day
""",
    By.LANGUAGE: """
select language, day, sum(count) from days
where what = :what and day >= :since and language <> '*' group by language, day
""",
}

_OF_SOURCE = """
select day, sum(count) from days where what = :what and day >= :since and source = :source group by day
"""

_TOTALS = f"""
select what, word, sum(count) from days
where source = '*' and language = '*' and what in ({", ".join("?" for _ in What)}) group by what, word
"""
