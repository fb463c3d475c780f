"""What editors did, in plain words: each act with what it was done to, and how to take it back or do it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from desk import words
from storage.comparison import title
from storage.database import Database
from storage.inbox import cluster
from storage.log import Decision, Field, Verb, act, last_of
from storage.merged import whereabouts

LONGEST = 60  # characters of a value that is told
DONE = {
    Verb.APPROVE: "Approved",
    Verb.HOLD: "Put on hold",
    Verb.UNPUBLISH: "Taken out of the feed",
    Verb.REOPEN: "Reopened",
    Verb.NOTE: "Noted",
    Verb.MERGE: "Merged with",
    Verb.SPLIT: "Split off",
    Verb.APART: "Kept apart from",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An act told of `cluster`, which is called `title`: `words` say what was done, `others` is what the other cluster
    is called, `other` its id where it is one of its own. `back` is the number that an undo names, and `stands` whether
    that act stands: then it can be taken back, else done again."""

    number: int
    verb: Verb
    words: str
    cluster: str
    title: str
    language: str | None
    other: str | None
    others: str
    note: str
    who: str
    at: str
    stands: bool
    back: int
    back_stands: bool


def deed(db: Database, made: Decision, seen_from: str | None = None) -> Deed:
    """What was done, told of one of the two clusters: the first, unless it is said which."""
    meant = (act(db, made.undoes) if made.undoes else None) or made
    second = seen_from is not None and seen_from == meant.other
    one, other = (meant.other or "", meant.cluster) if second else (meant.cluster, meant.other)
    here = whereabouts(db, one)
    there = whereabouts(db, other) if other else None
    own = cluster(db, here)
    its = cluster(db, there) if there and there != here else None
    return Deed(
        number=made.number,
        verb=made.verb,
        words=_words(made, meant, second),
        cluster=here,
        title=own.title if own else title(db, meant.moved),
        language=own.language if own else None,
        other=its.cluster if its else None,
        others=its.title if its else (title(db, meant.moved) if other else ""),
        note=made.note,
        who=made.who,
        at=made.at,
        stands=made.stands,
        back=meant.number,
        back_stands=meant.stands,
    )


def deeds(db: Database, numbers: Iterable[int], seen_from: str | None = None) -> list[Deed]:
    """The acts of these numbers, as far as there are such."""
    return [deed(db, made, seen_from) for number in numbers if (made := act(db, number))]


def notice(db: Database, numbers: Iterable[int], who: str, seen_from: str | None = None) -> dict[str, Any]:
    """For the line above a page: what was just done, and what somebody did before that, if it was an undo."""
    done = deeds(db, numbers, seen_from)
    before = last_of(db, who) if done and done[0].verb is Verb.UNDO else None
    return {"done": done, "earlier": deed(db, before) if before else None}


def _words(made: Decision, meant: Decision, second: bool) -> str:
    said = _plainly(meant, second)
    if made.verb in (Verb.UNDO, Verb.REDO):
        return f"{'Took back' if made.verb is Verb.UNDO else 'Did again'}: {said[:1].lower()}{said[1:]}"
    return said


def _plainly(made: Decision, second: bool) -> str:
    if made.verb is Verb.REJECT and made.why:
        return f"Rejected as {words.WHY[made.why].lower()}"
    if made.verb is Verb.MASK:
        return f"Masked “{_short(made.value['what'])}” as “{_short(made.value['instead'])}”"
    if made.verb is Verb.EDIT and made.field:
        return _edited(made.field, made.value)
    if made.verb is Verb.SPLIT and second:
        return "Split off from"
    return DONE[made.verb]


def _edited(field: Field, value: object) -> str:
    if value is None:
        return f"Changed the {field} back to what was found"
    if field is Field.SPAN:
        text = value["text"] if isinstance(value, dict) else ""
        return f"Set where the story begins and ends: “{_short(text)}”"
    said = ", ".join(value) if isinstance(value, list) else str(value)
    return f"Changed the {field} to “{_short(said)}”"


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    start, end = text[: LONGEST // 2].rpartition(" ")[0], text[-LONGEST // 2 :].partition(" ")[2]
    return f"{start or text[: LONGEST // 2]} … {end or text[-LONGEST // 2 :]}"
