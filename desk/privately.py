"""What in a story may tell who a private person is: each such stretch once, with what one click would put instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.edits import Mask
from storage.inbox import ClusterRow
from stories.privacy import hints as found_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Words that may tell who somebody is, and what would hide them."""

    kind: str
    what: str
    instead: str


def hints(cluster: ClusterRow, hidden: Iterable[Mask]) -> list[Tell]:
    """What could still be masked in what readers would get, in order of place."""
    there = {mask.what for mask in hidden} | {mask.instead for mask in hidden}
    found: dict[str, Tell] = {}
    for text in (cluster.title, cluster.summary or "", cluster.text):
        for hint in found_in(text, cluster.language):
            what = text[hint.start : hint.end]
            if what not in there:
                found.setdefault(what, Tell(kind=hint.kind, what=what, instead=hint.instead))
    return list(found.values())
