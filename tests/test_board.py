"""The board in memory says the same as the database, whatever happens between two looks at it."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from storage.board import Board
from storage.database import connect, stamp
from storage.decisions import decide
from storage.edits import edit
from storage.filters import Filters, Sort, State
from storage.inbox import ClusterRow, as_rows
from storage.lists import all_ids, ask, beside, listed, sizes
from storage.log import Field, Verb, history
from storage.ties import GroupingError, merge, split
from storage.undo import undo
from stories.story import WhyNot
from tests.builders import NOW, tell

LANGUAGES, SECTORS = ("da", "en", "de"), ("hotel", "bank", "retail")


def told(db: Database, dice: random.Random, cluster: str) -> None:
    tell(
        db,
        cluster,
        language=dice.choice(LANGUAGES),
        sector=dice.choice(SECTORS),
        channel=dice.choice(["phone", "in-person"]),
        score=dice.choice([0.5, 0.7, 0.7, 0.9]),
        companies=dice.sample(["Lindgaard", "Fjordbank", "Blue Barn"], dice.randrange(3)),
        because=[f"{dice.choice(['a gift', 'help is given'])}: word"],
        relation=dice.choice(["first", "copy"]),
        date=dice.choice([None, "2026-02-03", "2025-01-01"]),
    )


def something(db: Database, dice: random.Random) -> None:
    """Something that changes a cluster, as crawls, readings and editors do."""
    ids = sorted({row[0] for row in db.conn.execute("select cluster from stories")})
    id, other, by = dice.choice(ids), dice.choice(ids), {"who": "Ada", "at": NOW}
    numbers = [made.number for made in history(db, id)]
    stories = [row[0] for row in db.conn.execute("select id from stories where cluster = ?", (id,))]
    acts: list[Callable[[], object]] = [
        lambda: told(db, dice, f"c{dice.randrange(40)}"),
        lambda: decide(db, id, dice.choice([Verb.APPROVE, Verb.HOLD, Verb.REOPEN]), **by),  # type: ignore[arg-type]
        lambda: decide(db, id, Verb.REJECT, why=WhyNot.PROMO, **by),  # type: ignore[arg-type]
        lambda: merge(db, id, other, **by),  # type: ignore[arg-type]
        lambda: split(db, id, stories[:1], **by),  # type: ignore[arg-type]
        lambda: edit(db, id, Field.SECTOR, dice.choice(["", "bank", "health"]), **by),  # type: ignore[arg-type]
        lambda: edit(db, id, Field.COMPANIES, dice.choice([None, [], ["Nordlys"]]), **by),  # type: ignore[arg-type]
        lambda: undo(db, dice.choice(numbers), **by) if numbers else None,  # type: ignore[arg-type]
        lambda: db.conn.execute("update stories set gone_at = ? where id = ?", (stamp(NOW), stories[0])),
    ]
    try:
        dice.choice(acts)()
    except GroupingError:
        return


def slowly(db: Database, filters: Filters) -> list[str]:
    """The same question, asked of every cluster in turn."""
    rows = as_rows(ClusterRow, db.query("select * from cluster_list"))
    return sorted(row.cluster for row in rows if meets(db, row, filters))


def meets(db: Database, row: ClusterRow, filters: Filters) -> bool:
    state = filters.state in (row.state, State.ANY) and (row.tellings > 0 or row.state != "open")
    return (
        state
        and all(
            not (asked := getattr(filters, name)) or set(asked) & facts(db, row, name)
            for name in ("language", "sector", "channel", "company")
        )
        and row.tellings >= (filters.told or 0)
        and row.score >= (filters.score or 0)
    )


def facts(db: Database, row: ClusterRow, name: str) -> set[str]:
    field = "companies" if name == "company" else name
    edited = "select value from edits where cluster = ? and field = ? and value <> 'null'"
    if made := db.conn.execute(edited, (row.cluster, field)).fetchone():
        value = json.loads(made["value"])
        return set(value) if isinstance(value, list) else {value}
    rows: list[Any] = db.conn.execute("select * from stories where cluster = ?", (row.cluster,)).fetchall()
    there = [one for one in rows if not one["gone_at"]] or rows
    values = [json.loads(one[field]) if name == "company" else [one[field]] for one in there]
    return {value for each in values for value in each}


def question(dice: random.Random) -> Filters:
    return Filters(
        state=dice.choice(list(State)),
        language=tuple(dice.sample(LANGUAGES, dice.randrange(3))),
        sector=tuple(dice.sample(SECTORS, dice.randrange(2))),
        channel=tuple(dice.sample(["phone"], dice.randrange(2))),
        company=tuple(dice.sample(["Fjordbank", "Nordlys"], dice.randrange(2))),
        told=dice.choice([None, None, 2]),
        score=dice.choice([None, None, 0.7]),
        sort=dice.choice(list(Sort)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_board_says_what_the_database_says(seed: int) -> None:
    dice, db, board = random.Random(seed), connect(), Board()
    for number in range(25):
        told(db, dice, f"c{number}")
    for _ in range(40):
        something(db, dice)
        filters = question(dice)
        asked = ask(db, board.look(db), filters, NOW)
        found = all_ids(asked, filters.sort)
        assert sorted(found) == slowly(db, filters), filters
        page = listed(asked, filters, NOW, limit=5, offset=3)
        assert (page.total, page.ids) == (len(found), found[3:8])
        for at, id in enumerate(found):
            around = (found[at - 1] if at else None, found[at + 1] if at + 1 < len(found) else None, at)
            assert beside(asked, filters.sort, id) == around
        for name in ("language", "sector", "channel"):
            for count in page.counts[name]:
                one = replace(filters, **{name: (count.value,)})  # type: ignore[arg-type]
                assert count.clusters == len(slowly(db, one)), (name, count)
    assert board.look(db) is board.look(db), "nothing has changed since"
    fresh = Board().look(db)
    assert sizes(fresh) == sizes(board.look(db))


def test_two_looks_with_a_change_between_are_two_snapshots() -> None:
    db, board = connect(), Board()
    tell(db, "a")
    before = board.look(db)
    tell(db, "b", found_at=stamp(NOW + timedelta(days=1)))
    assert len(before.ids) == 1 and len(board.look(db).ids) == 2
    assert listed(ask(db, before, Filters(), NOW), Filters(), NOW, limit=1).counts["state"][0].asked


def test_an_empty_database_has_an_empty_board() -> None:
    db = connect()
    asked = ask(db, Board().look(db), Filters(words="anything"), NOW)
    assert listed(asked, Filters(), NOW, limit=5).total == 0 and beside(asked, Sort.BEST, "x") == (None, None, 0)


def test_an_older_database_that_was_put_back_is_read_anew(tmp_path: Path) -> None:
    path, board = tmp_path / "goodturn.db", Board()
    with closing(connect(path)) as db:
        tell(db, "a")
    with closing(connect(path)) as db:
        before = path.read_bytes()
        tell(db, "b")
        assert len(board.look(db).ids) == 2
    path.write_bytes(before)
    with closing(connect(path)) as db:
        assert board.look(db).ids == ["a"]


def test_of_two_alike_the_older_find_comes_first_on_every_board() -> None:
    db, board = connect(), Board()
    for id, day in (("new", 2), ("old", 1)):
        tell(db, id)
        db.conn.execute("update clusters set made_at = ? where id = ?", (stamp(NOW + timedelta(days=day)), id))
    board.look(db)
    decide(db, "old", Verb.REOPEN, who="Ada", at=NOW)
    for look in (board.look(db), Board().look(db)):
        assert all_ids(ask(db, look, Filters(), NOW), Sort.BEST) == ["old", "new"]


def test_a_count_is_what_one_sees_where_a_name_is_part_of_another() -> None:
    db = connect()
    for id, company in (("a", "Fjord"), ("b", "Fjordbank"), ("c", "North Fjord")):
        tell(db, id, companies=[company])
    board = Board().look(db)
    counts = listed(ask(db, board, Filters(), NOW), Filters(), NOW, limit=1).counts["company"]
    assert {count.value: count.clusters for count in counts} == {"Fjord": 3, "Fjordbank": 1, "North Fjord": 1}
    for count in counts:
        assert len(all_ids(ask(db, board, Filters(company=(count.value,)), NOW), Sort.BEST)) == count.clusters


def test_looks_of_several_threads_end_in_what_the_database_says(tmp_path: Path) -> None:
    path, board = tmp_path / "goodturn.db", Board()
    connect(path).close()

    def work(name: str) -> bool:
        with closing(connect(path)) as db:
            for number in range(6):
                tell(db, f"{name}{number}", url=f"http://{name}{number}.example/")
                if f"{name}{number}" not in board.look(db).row_of:
                    return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, "abcd"))
    with closing(connect(path)) as db:
        assert sorted(board.look(db).ids) == sorted(Board().look(db).ids)
