"""What editors did to groups, in plain words: told of one cluster, with what the other one was, and how to undo it."""

from collections.abc import Collection
from dataclasses import dataclass

from storage.comparison import title, whereabouts
from storage.database import Database
from storage.decisions import Decision
from storage.inbox import cluster, tellings
from storage.ties import Act, Grouping, groupings


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An editor's act on a group, told of `cluster`, which is called `title`.

    `words` say what was done; `others` is what the other cluster is called, `other` its id where it is one of its own.
    """

    number: int
    verb: Act
    words: str
    cluster: str
    title: str
    other: str | None
    others: str
    note: str
    who: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The opposite act, as a form: merging with `other`, or splitting off `stories`."""

    verb: Act
    label: str
    other: str | None = None
    stories: Collection[str] = ()


def deed(db: Database, made: Grouping, seen_from: str | None = None) -> Deed:
    """What was done, told of one of the two clusters: the first, unless it is said which."""
    second = seen_from == made.other
    one, other = (made.other, made.cluster) if second else (made.cluster, made.other)
    here, there = whereabouts(db, one), whereabouts(db, other)
    own, its = cluster(db, here), cluster(db, there) if there != here else None
    return Deed(
        number=made.number,
        verb=made.verb,
        words=_words(made.verb, second),
        cluster=here,
        title=own.title if own else title(db, made.moved),
        other=its.cluster if its else None,
        others=its.title if its else title(db, made.moved),
        note=made.note,
        who=made.who,
        at=made.at,
    )


def done(db: Database, made: Grouping, id: str) -> tuple[Deed, Undo | None] | None:
    """What was just done to a cluster, and its opposite while that can be done; None where it was done to others."""
    seen_from = next((each for each in (made.cluster, made.other) if whereabouts(db, each) == id), None)
    if not seen_from:
        return None
    told = deed(db, made, seen_from)
    if made.verb is Act.MERGE:
        return told, _parting(db, made, id)
    label = "Undo" if made.verb is Act.SPLIT else "Merge after all"
    return told, Undo(verb=Act.MERGE, label=label, other=told.other) if told.other else None


def chronicle(db: Database, id: str, decisions: Collection[Decision]) -> list[Decision | Deed]:
    """All that editors did to a cluster, newest first."""
    both: list[Decision | Deed] = [*decisions, *(deed(db, made, id) for made in groupings(db, id))]
    return sorted(both, key=lambda each: (each.at, isinstance(each, Deed), each.number), reverse=True)


def _words(verb: Act, second: bool) -> str:
    if verb is Act.SPLIT:
        return "Split off from" if second else "Split off"
    return "Merged with" if verb is Act.MERGE else "Kept apart from"


def _parting(db: Database, made: Grouping, id: str) -> Undo | None:
    """Splitting off again what came with a merge, if some of it and some other is still there."""
    there = {telling.id for telling in tellings(db, id)}
    came = there & set(made.moved)
    return Undo(verb=Act.SPLIT, label="Undo", stories=sorted(came)) if came and there - came else None
