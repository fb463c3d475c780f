"""What keeping the stories that were found on a page changes there: which are new, the same, moved, and gone.

A story is known again by its words. What an editor has decided on (its cluster's approval or rejection stands) does not
depend on what is found: it stays as it is, with its facts, for as long as its words stand on the page, and what is
found there and overlaps it is left out. Only its place follows its words when the page changes around them. One whose
words its source had lost comes back when it is found again, as it was. One in the very words of what was taken down is
left out, unless it was there before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sqlite3 import Row

from sqlite_utils import Database

from reading.document import Document
from storage import blocked
from storage.database import identity
from storage.log import TOUCHED
from stories.story import Story
from stories.telling import Telling

Found = Sequence[tuple[Story, Telling]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as it is stored, its place as in Story; `gone`: no longer found, `decided`: a decision stands."""

    id: str
    place: int | None
    start: int
    end: int
    text: str
    score: float
    gone: bool
    decided: bool

    def overlaps(self, other: Story) -> bool:
        """Whether they share words of one post or comment."""
        return self.place == other.place and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be kept of a page's stories, and what that changes.

    `found`: the stories to keep, by id; `held`: what stays for an editor's decision, where it stands now; `known`: the
    ids that are stored already, of which those `decided` keep their facts. `same` is how many stay; `new` were not
    there, `gone` are no longer; `moved` are stored stories in whose place another stands that shares words with it.
    """

    found: dict[str, tuple[Story, Telling]]
    held: tuple[Told, ...]
    known: frozenset[str]
    decided: frozenset[str]
    same: int
    moved: tuple[tuple[Told, Story], ...]
    new: tuple[Story, ...]
    gone: tuple[Told, ...]

    @property
    def lost(self) -> list[str]:
        """The ids of all that are no longer there: those gone, and those that moved, as their words are others."""
        return [told.id for told in self.gone] + [told.id for told, _ in self.moved]


def compare(db: Database, page: str, document: Document, found: Found) -> Changes:
    """What keeping these stories of the page with this id would change, if `document` is what stands there now."""
    stored = {row["id"]: _told(row) for row in db.conn.execute(_STORED, (page,))}
    live = {id_: told for id_, told in stored.items() if not told.gone}
    held = {id_: now for id_, told in live.items() if told.decided and (now := _where(document, told))}
    ours = {
        id_: (story, telling)
        for story, telling in found
        if (id_ := identity(page, " ".join(story.text.split()))) not in held
        and not any(told.overlaps(story) for told in held.values())
        and (id_ in stored or not blocked.bars_words(db, story.text))
    }
    new = [story for id_, (story, _) in ours.items() if id_ not in live]
    lost = [told for id_, told in live.items() if id_ not in ours and id_ not in held]
    moved = _moved(lost, new)
    return Changes(
        found=ours,
        held=tuple(held.values()),
        known=frozenset(stored),
        decided=frozenset(id_ for id_, told in stored.items() if told.decided),
        same=len(held) + len(ours) - len(new),
        moved=tuple(moved),
        new=tuple(story for story in new if all(story is not other for _, other in moved)),
        gone=tuple(told for told in lost if all(told is not other for other, _ in moved)),
    )


def _moved(lost: Sequence[Told], new: Sequence[Story]) -> list[tuple[Told, Story]]:
    """Pairs of a lost story and a new one that share words, each in one pair at most."""
    pairs: list[tuple[Told, Story]] = []
    for told in lost:
        left = (story for story in new if all(story is not other for _, other in pairs))
        if story := next((story for story in left if told.overlaps(story)), None):
            pairs.append((told, story))
    return pairs


def _where(document: Document, told: Told) -> Told | None:
    """A stored story where its words stand now: at its place, else first where they stand at all; None if nowhere."""
    texts: dict[int | None, str] = {told.place: "", None: document.text}
    texts |= {place: comment.text for place, comment in enumerate(document.comments)}
    if texts[told.place][told.start : told.end] == told.text:
        return told
    for place, text in texts.items():
        if (start := text.find(told.text)) >= 0:
            return replace(told, place=place, start=start, end=start + len(told.text))
    return None


def _told(row: Row) -> Told:
    names = ("id", "place", "start", "end", "text", "score")
    return Told(**{name: row[name] for name in names}, gone=bool(row["gone"]), decided=bool(row["decided"]))


_STORED = f"""
select s.id, s.place, s.start, s."end", s.text, s.score, s.gone_at is not null as gone,
    {TOUCHED} as decided
from stories s
where s.document = ? order by s.number
"""
