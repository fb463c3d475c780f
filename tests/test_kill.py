"""Collect and read, killed at any moment and begun again, end with what they would have made undisturbed.

`make kill-test` kills 200 commands (KILLS=200), the tests one. Seeds are printed: SEED=... plays one again, as far as
processes can be played again.
"""

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Settings
from jobs.collect import collect
from jobs.read_page import detector, read_page
from storage import anew, documents, frontier, pages
from storage.database import Database, connect
from tests.crawls import settings_in
from tests.kills import Command, be_busy_once, content, damage, put_archive, put_blog, wait
from tests.web import Web

KILLS = int(os.environ.get("KILLS", "1"))
SEED = int(os.environ.get("SEED", random.randrange(1_000_000)))
SECOND = 3  # of so many rounds one begins a second collect beside the first
ORPHANS = 4  # of so many rounds one leaves what outlived its parent to work beside the next
FEW = 20  # pages: where fewer wait, another archive is published; or all are read again
ALREADY_RUNNING = 75
A_MONTH = timedelta(days=30)
LEAVING_SECONDS = 3.0  # from the end of a collect's work to that of its process


def test_what_is_killed_at_random_moments_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    print(f"\nkills={KILLS} seed={SEED}")
    with Web() as web:
        line = put_blog(web)
        be_busy_once(web, "/busy")
        settings = _settings(tmp_path, "killed", line)
        kills = _killed(settings, web, random.Random(SEED))
        db = connect(settings.database)
        _finished(settings)
        asked = Counter(web.paths())
        undisturbed = _finished(_settings(tmp_path, "undisturbed", settings.feeds.read_text("utf-8")))
        _print(kills, db, asked, Counter(web.paths()) - asked)
        assert damage(db) == damage(undisturbed) == []
        assert content(db) == content(undisturbed)
        assert list((settings.data / "runs").iterdir()) == [], "no lock of a dead crawl is left"


def _settings(folder: Path, name: str, lines: str) -> Settings:
    (folder / name).mkdir()
    return settings_in(folder / name, lines, concurrency=4)


def _finished(settings: Settings) -> Database:
    """The database after all is collected and read, without a worker process: that takes a second to load."""
    db = connect(settings.database)
    then = datetime.now(UTC)
    collect(settings, now=then)
    while frontier.waiting(db, then := then + A_MONTH):  # by then all that failed may be tried again
        collect(settings, now=then)
    anew.mark(db)
    for page in pages.unread(db, 10_000):
        reading = read_page((pages.load(db, page), pages.parts(db, page)), detector(settings))
        documents.keep(db, page, reading, datetime.now(UTC))
    return db


def _killed(settings: Settings, web: Web, dice: random.Random) -> Counter[str]:
    """Collect and read side by side, again and again, their processes killed one after the other; what was hit."""
    db = connect(settings.database)
    kills: Counter[str] = Counter()
    running: list[Command] = []
    archives = itertools.count()
    try:
        while kills.total() < KILLS:
            if frontier.waiting(db, datetime.now(UTC)) < FEW:
                _publish(settings, put_archive(web, next(archives)))
            before, begun = len(running), _begun(settings, db)
            running += begun
            kills.update(_hits(settings, db, dice, begun))
            _end(running[:before] if dice.randrange(ORPHANS) == 0 else running)
            running = begun
    finally:
        _end(running)
    return kills


def _publish(settings: Settings, line: str) -> None:
    with settings.feeds.open("a", encoding="utf-8") as feeds:
        feeds.write(f"{line}\n")


def _begun(settings: Settings, db: Database) -> list[Command]:
    """A collect and, where there is something to read, a read; all is read again where little waits."""
    if not db.table("bodies").count:
        return [Command.begin(settings, "collect")]
    again = ["--again"] if len(pages.unread(db, FEW)) < FEW else []
    return [Command.begin(settings, "collect"), Command.begin(settings, "read", *again)]


def _hits(settings: Settings, db: Database, dice: random.Random, running: list[Command]) -> Iterator[str]:
    """Kill what runs, in any order and at random moments; says what was hit."""
    targets = [(running[0], "crawl"), *((command, dice.choice(["alone", "with all"])) for command in running)]
    for command, what in dice.sample(targets, len(targets)):
        wait(db, dice, running)
        if command is running[0] and command.children() and dice.randrange(SECOND) == 0:
            _begin_a_second(settings, command)
        children = command.children()
        if what == "crawl" and children:
            command.kill(dice.choice(children))
        elif what == "with all" and command.runs():
            command.kill_all()
        elif what == "alone" and command.runs():
            command.kill()
        else:
            continue
        yield f"{command.name} {what if children else 'before it had children'}"


def _begin_a_second(settings: Settings, first: Command) -> None:
    """A second collect is refused, unless the first has ended meanwhile or is just about to."""
    if Command.begin(settings, "collect").process.wait() != ALREADY_RUNNING:
        first.process.wait(LEAVING_SECONDS)


def _end(commands: list[Command]) -> None:
    for command in commands:
        command.kill_all()


def _print(kills: Counter[str], db: Database, web: Counter[str], once: Counter[str]) -> None:
    print(f"{kills.total()} kills: " + ", ".join(f"{what} {count}" for what, count in sorted(kills.items())))
    print(
        f"{db.table('frontier').count} addresses, {web.total()} requests, {db.table('fetches').count} fetches kept, "
        f"{(web - once).total()} asked for again; {db.table('documents').count} documents, "
        f"{db.table('stories').count} stories"
    )
