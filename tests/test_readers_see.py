"""What readers see of a story is what an editor has seen and made of it, and nothing that an editor hid."""

from typing import Any

import pytest
from sqlite_utils import Database

from storage import ties
from storage.board import Board
from storage.database import connect, stamp
from storage.decisions import decide
from storage.edits import EditError, Mask, edit_all, mask, masked, masks
from storage.filters import Filters, Sort, State
from storage.lists import all_ids, ask
from storage.log import ConflictError, Field, Verb, history
from storage.undo import undo
from tests.builders import NOW, PASSAGE, published, tell
from tests.test_undo import LATER


@pytest.fixture
def db() -> Database:
    """One cluster of one telling."""
    db = connect()
    tell(db, "a", author="Ellen Lindqvist")
    return db


def test_a_mask_goes_with_its_stories(db: Database) -> None:
    tell(db, "b", text="Ellen Lindqvist found my ring.", author="Bo")
    made = mask(db, "b", "Ellen Lindqvist", "Ellen L.", who="Ada", at=NOW)
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    assert published(db)[0].author == "Ellen Lindqvist", "it is not theirs"
    merged = ties.merge(db, "a", "b", who="Ada", at=NOW)
    assert published(db)[0].author == "Ellen L."
    parted = ties.split(db, "a", merged.moved, who="Ada", at=NOW)
    assert parted.other
    mask(db, "a", "mother", "[…]", who="Ada", at=NOW)
    assert [each.number for each in masks(db, [parted.other])[parted.other]] == [made.number]
    for act in (parted, merged):
        undo(db, act.number, who="Bo", at=LATER)
    assert published(db)[0].author == "Ellen Lindqvist"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param("Ellen Lindqvists mor", "E.s mor", id="a genitive"),
        pytest.param("ELLEN LINDQVIST!", "E.!", id="capitals"),
        pytest.param("Ellen\u00a0 Lindqvist", "E.", id="other space"),
        pytest.param("Rene\u0301e Lindqvist", "R.", id="an accent of its own"),
        pytest.param("Ellen Lindqvistsen", "Ellen Lindqvistsen", id="another name"),
    ],
)
def test_a_masked_name_is_hidden_however_it_is_written(told: str, shown: str) -> None:
    names = {"Ellen Lindqvist": "E.", "Ren\u00e9e Lindqvist": "R."}
    by = [Mask(number=at, what=what, instead=instead) for at, (what, instead) in enumerate(names.items())]
    assert masked(told, by) == shown


def test_a_masked_name_is_no_company_for_readers(db: Database) -> None:
    tell(db, "b", companies=["Lindqvist & Son"], author="Bo")
    mask(db, "b", "Lindqvist", "L.", who="Ada", at=NOW)
    decide(db, "b", Verb.APPROVE, who="Ada", at=NOW)
    assert published(db)[0].companies == ("L. & Son",)


def test_what_readers_get_is_what_was_there_when_it_was_approved(db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    db.conn.execute("update stories set relation = 'retelling'")
    tell(db, "a", text="An earlier telling.", found_at=stamp(LATER), score=0.95)
    assert published(db)[0].text == PASSAGE
    decide(db, "a", Verb.APPROVE, who="Ada", at=LATER)
    assert published(db)[0].text == "An earlier telling.", "an editor has seen it now"


def test_several_edits_are_all_written_or_none(db: Database) -> None:
    with pytest.raises(EditError, match="is no sector"):
        edit_all(db, "a", {Field.TITLE: "Another", Field.SECTOR: "casino"}, who="Ada", at=NOW)
    assert history(db, "a") == []
    wanted = {Field.TITLE: "Another", Field.SECTOR: "bank", Field.CHANNEL: "in-person"}
    made = edit_all(db, "a", wanted, who="Ada", at=NOW, seen=0)
    assert [act.field for act in made] == [Field.TITLE, Field.SECTOR]
    assert edit_all(db, "a", wanted, who="Ada", at=NOW, seen=0) == [], "pressed twice"
    with pytest.raises(ConflictError):
        edit_all(db, "a", {Field.TITLE: "A third"}, who="Cy", at=NOW, seen=0)


def test_readers_find_nothing_by_what_they_may_not_see(db: Database) -> None:
    tell(db, "c", author="Jo", title="At the Skipper", companies=["Skipper & Lindqvist", "Nordlys"], language="en")
    decide(db, "c", Verb.APPROVE, who="Ada", at=NOW)
    mask(db, "c", "Skipper", "S.", who="Ada", at=NOW)
    tell(db, "c", "Unseen words that came since.", language="da", companies=["Unseen"], found_at="2027-01-01T00:00:00Z")
    board = Board(approved_only=True)

    def found(**asked: Any) -> int:
        filters = Filters(state=State.APPROVED, **asked)
        return len(all_ids(ask(db, board.look(db), filters, NOW), Sort.BEST))

    asked = {"words": "skip", "company": ("Skipper",), "language": ("da",)}
    assert [found(**{name: value}) for name, value in asked.items()] == [0, 0, 0]
    assert [found(words=f"{before}Skipper{after}") for before, after in (("", ","), ('"', '"'), ("(", ")"))] == [
        0,
        0,
        0,
    ]
    assert (found(words="unseen"), found(company=("Unseen",))) == (0, 0)
    assert (found(words="porter"), found(company=("Nordlys",)), found(language=("en",))) == (1, 1, 1)
