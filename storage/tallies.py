"""What is counted of all that is published: in which months it was first approved, and which companies it names.

A company is named by an entry as readers see it: by the telling that is shown, as editors made it, with its masks; not
by any other telling, which nobody may have looked at. So names are read from the database, those of a hundred
thousand entries in some four seconds; they are kept by the cluster's version (30 MB), and only what has changed is read
again.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from storage.board import Marks, Snapshot
from storage.edits import masked, masks


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company, how many stories name it, and their languages."""

    name: str
    stories: int
    languages: Sequence[str]


Named = tuple[int, str | None, tuple[str, ...]]  # an entry's version, language, and companies


class Companies:
    """What entries name; kept between two looks."""

    def __init__(self) -> None:
        self._known: dict[str, Named] = {}
        self._of: object = None
        self._origin: object = None
        self._found: Sequence[Company] = ()

    def look(self, db: Database, board: Snapshot, met: Marks) -> Sequence[Company]:
        """The companies that these rows name, by name; always the same rows of a board."""
        if self._origin is not board.origin:  # another database was put in the place of that one
            self._known, self._origin = {}, board.origin
        if self._of is not board.numbers:  # which a look that finds nothing new leaves as they are
            self._found, self._of = self._counted(db, board, met), board.numbers
        return self._found

    def _counted(self, db: Database, board: Snapshot, met: Marks) -> Sequence[Company]:
        rows = np.flatnonzero(met).tolist()
        now = dict(zip((board.ids[row] for row in rows), board.numbers["version"][rows].tolist(), strict=True))
        known = {id: named for id, named in self._known.items() if now.get(id) == named[0]}
        self._known = known | _read(db, {id: version for id, version in now.items() if id not in known})
        languages: defaultdict[str, list[str]] = defaultdict(list)
        for _, language, names in self._known.values():
            for name in names:
                languages[name].append(language or "")
        return [
            Company(name=name, stories=len(told), languages=sorted({*told} - {""}))
            for name, told in sorted(languages.items(), key=lambda one: (one[0].casefold(), one[0]))
        ]


def months(db: Database, board: Snapshot, met: Marks) -> Mapping[str, int]:
    """How many of these rows were first approved in each month (`2026-05`), the newest first."""
    numbers = board.numbers["approved"][met].tolist()
    return {row["month"]: row["entries"] for row in db.query(_MONTHS, [json.dumps(numbers)])}


def last_act(db: Database, board: Snapshot) -> str | None:
    """When an editor last acted on what was ever approved; it never goes back. None before the first approval."""
    number = int(board.numbers["acted"].max(initial=0))
    row = next(iter(db.query("select at from decisions where number = ?", [number])), None)
    return str(row["at"]) if row else None


def _read(db: Database, versions: Mapping[str, int]) -> dict[str, Named]:
    by = masks(db, list(versions)) if versions else {}
    found = {}
    for row in db.query(_NAMED, [json.dumps(list(versions))]):
        names = (" ".join(masked(name, by.get(row["id"], [])).split()) for name in json.loads(row["companies"]))
        found[row["id"]] = (versions[row["id"]], row["language"], tuple(dict.fromkeys(filter(None, names))))
    return found


_NAMED = """
select l.cluster as id, l.language, l.companies from json_each(?) i join cluster_list l on l.cluster = i.value
where l.state = 'approved'
"""

_MONTHS = """
select substr(d.at, 1, 7) as month, count(*) as entries from json_each(?) i join decisions d on d.number = i.value
group by month order by month desc
"""
