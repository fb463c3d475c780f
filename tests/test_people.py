"""Who may use the desk: names, roles, passwords and links, in the database of people."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from storage import passwords, people, sessions
from storage.database import Database, SQLiteError, connect_private, writing
from storage.entrance import Refused, sign_in
from storage.invitations import InvitationError, Purpose, invitation, invite, use
from storage.logins import Event, Origin, logins, note
from storage.passwords import PasswordError, hashed, matches, renewed
from storage.people import PeopleError, Person, Role
from tests.signed_in import CHEAP

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
HERE = Origin(address="192.0.2.7", agent="a browser", who="Ada")
GOOD = "four quiet brown kettles"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time; the real parameters have a test of their own."""
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)


@pytest.fixture
def good() -> str:
    return CHEAP.hash(GOOD)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = connect_private(tmp_path / "private.db")
    yield db
    db.close()


@pytest.fixture
def ada(db: Database, good: str) -> Person:
    """An operator who can sign in."""
    return able(db, "Ada", Role.OPERATOR, good)


def able(db: Database, name: str, role: Role, good: str) -> Person:
    made = people.add(db, name, role, at=NOW, origin=HERE)
    with writing(db):
        people.set_password(db, made, good, at=NOW, origin=HERE)
    return people.person(db, made.number)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="none"),
        pytest.param("   ", id="only spaces"),
        pytest.param("x" * 61, id="too long"),
        pytest.param("Ada\x00", id="a control character"),
        pytest.param("Ada\u202e", id="one that turns the line round"),
        pytest.param("ada", id="another case"),
        pytest.param(" Ada ", id="spaces around"),
        pytest.param("ＡＤＡ", id="wide letters"),
    ],
)
def test_a_name_that_cannot_be_had_is_refused(db: Database, ada: Person, name: str) -> None:
    with pytest.raises(PeopleError):
        people.add(db, name, Role.EDITOR, at=NOW, origin=HERE)
    assert [each.name for each in people.people(db)] == ["Ada"]


def test_a_name_in_any_script_is_one_person_whatever_its_case(db: Database) -> None:
    people.add(db, "Søren  Ægir", Role.EDITOR, at=NOW, origin=HERE)
    assert people.named(db, "SØREN ÆGIR").name == "Søren Ægir"


@pytest.mark.parametrize(
    ("password", "taken"),
    [("x" * 11, False), ("x" * 12, True), ("x" * 200, True), ("x" * 201, False), ("ANSELM Thorvald", False)],
    ids=["too short", "short enough", "long enough", "too long", "the name"],
)
def test_a_password_has_twelve_characters_and_is_not_the_name(password: str, taken: bool) -> None:
    if taken:
        assert hashed(password, "Anselm Thorvald")
    else:
        with pytest.raises(PasswordError):
            hashed(password, "Anselm Thorvald")


def test_a_password_is_compared_as_people_see_it_and_hashed_anew_when_the_parameters_change(
    monkeypatch: pytest.MonkeyPatch, good: str
) -> None:
    monkeypatch.undo()  # the real parameters
    assert matches(hashed("blåbærgrød på fad", "x"), "blåbærgrød på fad")
    assert not matches(None, GOOD) and not matches("no hash at all", GOOD)
    new = renewed(good, GOOD) or ""
    assert new.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and renewed(new, GOOD) is None


@pytest.mark.parametrize("deed", ["demoted", "ended"])
def test_the_last_operator_who_can_sign_in_stays(db: Database, ada: Person, good: str, deed: str) -> None:
    people.add(db, "Bo", Role.OPERATOR, at=NOW, origin=HERE)  # has no password yet

    def do() -> None:
        if deed == "ended":
            people.end(db, ada.number, at=NOW, origin=HERE)
        else:
            people.change_role(db, ada.number, Role.READER, at=NOW, origin=HERE)

    with pytest.raises(PeopleError, match="last operator"):
        do()
    able(db, "Cy", Role.OPERATOR, good)
    do()
    assert not people.nobody_yet(db)


@pytest.mark.parametrize("deed", ["role", "password", "end"])
def test_a_change_of_role_or_password_ends_the_sessions(db: Database, ada: Person, good: str, deed: str) -> None:
    bo = able(db, "Bo", Role.EDITOR, good)
    with writing(db):
        token = sessions.begin(db, bo, at=NOW, origin=HERE)
    if deed == "role":
        people.change_role(db, bo.number, Role.READER, at=NOW, origin=HERE)
    elif deed == "password":
        people.change_password(db, bo, GOOD, at=NOW, origin=HERE)
    else:
        people.end(db, bo.number, at=NOW, origin=HERE)
    assert sessions.signed_in(db, token, at=NOW, unused=timedelta(hours=12)) is None


def test_who_has_ended_cannot_come_in_and_comes_back_under_the_old_name(db: Database, ada: Person, good: str) -> None:
    bo = able(db, "Bo", Role.EDITOR, good)
    token = invite(db, Purpose.PASSWORD, bo, at=NOW, origin=HERE)
    people.end(db, bo.number, at=NOW, origin=HERE)
    assert sign_in(db, "Bo", GOOD, at=NOW, origin=HERE) is None
    with pytest.raises(InvitationError):
        invitation(db, token, NOW)
    again = people.add(db, "BO", Role.READER, at=NOW, origin=HERE)
    assert (again.number, again.name, again.role, again.able) == (bo.number, "Bo", Role.READER, False)


@pytest.mark.parametrize(
    ("after", "holds"),
    [
        pytest.param([timedelta(hours=11)], True, id="used within twelve hours"),
        pytest.param([timedelta(hours=12)], False, id="unused for twelve hours"),
        pytest.param([timedelta(hours=10)] * 33, True, id="used all the time"),
        pytest.param([timedelta(hours=10)] * 34, False, id="used for more than two weeks"),
    ],
)
def test_a_session_ends_unused_and_at_all(db: Database, ada: Person, after: list[timedelta], holds: bool) -> None:
    with writing(db):
        token = sessions.begin(db, ada, at=NOW, origin=HERE)
    at = NOW
    for pause in after:
        at += pause
        held = sessions.signed_in(db, token, at=at, unused=timedelta(hours=12))
        if held:
            sessions.seen(db, held[1].number, at)
    assert bool(held) is holds


def test_tokens_are_kept_as_hashes_only(db: Database, ada: Person) -> None:
    with writing(db):
        token = sessions.begin(db, ada, at=NOW, origin=HERE)
    link = invite(db, Purpose.ENTER, ada, at=NOW, origin=HERE)
    kept = "\n".join(db.conn.iterdump())
    assert token not in kept and link not in kept and GOOD not in kept
    assert len(token) == len(link) == 43  # 256 bits


@pytest.mark.parametrize(
    ("purpose", "later", "good_still"),
    [
        (Purpose.FIRST, timedelta(minutes=59), True),
        (Purpose.FIRST, timedelta(hours=1), False),
        (Purpose.ENTER, timedelta(hours=1), False),
        (Purpose.PASSWORD, timedelta(days=6, hours=23), True),
        (Purpose.PASSWORD, timedelta(days=7), False),
    ],
)
def test_a_link_is_good_for_a_while(db: Database, purpose: Purpose, later: timedelta, good_still: bool) -> None:
    who = None if purpose is Purpose.FIRST else people.add(db, "Bo", Role.EDITOR, at=NOW, origin=HERE)
    token = invite(db, purpose, who, at=NOW, origin=HERE)
    if good_still:
        assert invitation(db, token, NOW + later).purpose is purpose
    else:
        with pytest.raises(InvitationError):
            invitation(db, token, NOW + later)


def test_a_link_works_once_and_a_new_one_makes_the_older_worthless(db: Database) -> None:
    bo = people.add(db, "Bo", Role.EDITOR, at=NOW, origin=HERE)
    old, new = (invite(db, Purpose.ENTER, bo, at=NOW, origin=HERE) for _ in range(2))
    use(db, new, name="", password="", at=NOW, origin=HERE)
    for token in (old, new, "nothing", "…"):
        with pytest.raises(InvitationError):
            use(db, token, name="", password="", at=NOW, origin=HERE)


def test_a_new_password_makes_links_that_nobody_used_worthless(db: Database, ada: Person) -> None:
    token = invite(db, Purpose.PASSWORD, ada, at=NOW, origin=HERE)
    people.change_password(db, ada, GOOD, at=NOW, origin=HERE)
    with pytest.raises(InvitationError):
        use(db, token, name="", password="five loud green teapots", at=NOW, origin=HERE)


def test_a_first_link_is_worthless_once_there_is_an_operator(db: Database, good: str) -> None:
    token = invite(db, Purpose.FIRST, at=NOW, origin=HERE)
    able(db, "Ada", Role.OPERATOR, good)
    with pytest.raises(InvitationError):
        use(db, token, name="Eve", password=GOOD, at=NOW, origin=HERE)


@pytest.mark.parametrize(
    ("failures", "tried", "refused"),
    [
        pytest.param([("Ada", "192.0.2.7")] * 4, ("Ada", "192.0.2.7"), False, id="four of a name from an address"),
        pytest.param([("Ada", "192.0.2.7")] * 5, ("Ada", "192.0.2.7"), True, id="five"),
        pytest.param([("Ada", "192.0.2.7")] * 5, ("ADA", "192.0.2.7"), True, id="five, in another case"),
        pytest.param([("Ada", "192.0.2.7")] * 5, ("Ada", "192.0.2.8"), False, id="five, from elsewhere"),
        pytest.param([(f"x{i}", "192.0.2.7") for i in range(19)], ("Ada", "192.0.2.7"), False, id="nineteen names"),
        pytest.param([(f"x{i}", "192.0.2.7") for i in range(20)], ("Ada", "192.0.2.7"), True, id="twenty names"),
        pytest.param(
            [("Ada", f"2001:db8:1:2::{i}") for i in range(5)],
            ("Ada", "2001:db8:1:2:f::"),
            True,
            id="five at home",
        ),
        pytest.param(
            [("Ada", f"2001:db8:1:2::{i}") for i in range(5)], ("Ada", "2001:db8:1:3::1"), False, id="of the next one"
        ),
        pytest.param([("Ada", "::ffff:192.0.2.7")] * 5, ("Ada", "192.0.2.7"), True, id="the same address in IPv6"),
        pytest.param([("Ada", f"192.0.2.{i}") for i in range(99)], ("Ada", "192.0.3.1"), False, id="99 addresses"),
        pytest.param([("Ada", f"192.0.2.{i}") for i in range(100)], ("Ada", "192.0.3.1"), True, id="a hundred"),
    ],
)
def test_guessing_is_slowed_down(
    db: Database, ada: Person, failures: list[tuple[str, str]], tried: tuple[str, str], refused: bool
) -> None:
    name, address = tried
    for who, where in failures:
        note(db, Event.FAILED, who, at=NOW, origin=Origin(address=where))
    there = Origin(address=address)
    answer = sign_in(db, name, GOOD, at=NOW + timedelta(minutes=5), origin=there)
    assert (answer == Refused(seconds=600)) is refused
    assert isinstance(answer, tuple) is not refused
    assert isinstance(sign_in(db, name, GOOD, at=NOW + timedelta(minutes=15, seconds=1), origin=there), tuple)


def test_a_name_that_nobody_has_is_throttled_like_one_that_somebody_has(db: Database, ada: Person) -> None:
    for tried in ["ærø", "Ærø", "ÆRØ", " ærø ", "ＡＤＡ"] * 5:
        sign_in(db, tried, "a wrong password", at=NOW, origin=Origin(address="192.0.2.7"))
    failed = [row.name for row in logins(db, limit=100) if row.outcome is Event.FAILED]
    assert sorted(failed) == ["Ada"] * 5 + ["ærø"] * 5


def test_a_name_as_long_as_a_form_takes_no_time(db: Database) -> None:
    accents = "a" + "\u0315\u0300" * 40_000  # to be put in order: time by the square of their number
    began = process_time()
    assert sign_in(db, accents, GOOD, at=NOW, origin=HERE) is None
    with pytest.raises(PeopleError):
        people.add(db, accents, Role.EDITOR, at=NOW, origin=HERE)
    assert process_time() - began < 3


def _ended(db: Database, who: Person) -> None:
    people.end(db, who.number, at=NOW, origin=HERE)


def _given_another(db: Database, who: Person) -> None:
    people.change_password(db, who, "five loud green teapots", at=NOW, origin=HERE)


@pytest.mark.parametrize("meanwhile", [_ended, _given_another])
def test_a_password_that_is_good_no_more_when_it_has_been_compared_signs_nobody_in(
    db: Database, ada: Person, good: str, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Database, Person], None]
) -> None:
    bo = able(db, "Bo", Role.EDITOR, good)

    class Slow(PasswordHasher):
        """One in whose time something happens."""

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            meanwhile(db, bo)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Slow(time_cost=1, memory_cost=16, parallelism=1))
    assert sign_in(db, "Bo", GOOD, at=NOW, origin=HERE) is None
    assert db.conn.execute("select count(*) from sessions").fetchone()[0] == 0


def test_being_refused_adds_no_failure_and_one_row_a_minute(db: Database, ada: Person) -> None:
    for _ in range(5):
        note(db, Event.FAILED, "Ada", at=NOW, origin=HERE)
    for second in range(0, 90, 10):
        assert isinstance(sign_in(db, "Ada", GOOD, at=NOW + timedelta(seconds=second), origin=HERE), Refused)
    said = [row.outcome for row in logins(db, limit=100)]
    assert (said.count(Event.FAILED), said.count(Event.THROTTLED)) == (5, 2)


def test_the_audit_is_appended_and_never_changed_and_what_others_say_is_cut(db: Database) -> None:
    note(db, Event.FAILED, "x\x1b[2J" + "y" * 99, at=NOW, origin=Origin(address="a" * 99, agent="b" * 999))
    for change in ("update logins set name = 'z'", "delete from logins"):
        with pytest.raises(SQLiteError, match="never"):
            db.conn.execute(change)
    (row,) = logins(db, limit=9)
    assert (len(row.name), len(row.address), len(row.agent)) == (60, 60, 200) and "\x1b" not in row.name


def test_only_the_owner_may_read_the_database_of_people(tmp_path: Path) -> None:
    connect_private(tmp_path / "private.db").close()
    assert (tmp_path / "private.db").stat().st_mode & 0o077 == 0
    (tmp_path / "private.db").chmod(0o644)  # as a copy that was put back is
    with closing(connect_private(tmp_path / "private.db")) as db, writing(db):
        assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}
