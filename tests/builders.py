"""Rows for the tests of what stands behind the database: pages with a story, in clusters."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from storage.database import identity, stamp, writing
from storage.entries import Entry, entries
from stories.likeness import version

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
PASSAGE = (
    "The night porter at the Lindgaard heard that my mother had missed her train, and drove her home himself, "
    "forty kilometres in the snow, after his shift had ended."
)


def tell(db: Database, cluster: str, text: str = PASSAGE, *, before: str = "", after: str = "", **facts: Any) -> int:
    """Add one telling of the cluster, on a page of its own. `facts` are columns of `stories`; with a `place` the page
    holds it in that comment. Returns its number."""
    number = db.table("stories").count + 1
    url = str(facts.pop("url", f"http://blog{number}.example/post"))
    page, whole = identity(url, str(number)), before + text + after
    row = {
        "id": identity(page, text),
        "document": page,
        "start": len(before),
        "end": len(before) + len(text),
        "text": text,
        "title": "The porter who drove home",
        "language": "en",
        "score": 0.9,
        "sector": "hotel",
        "channel": "in-person",
        "teller": "customer",
        "companies": ["Lindgaard Hotel"],
        "because": ["a porter drove her home", "it was not his job"],
        "cluster": cluster,
        "relation": "first",
        "author": "Ellen",
        "date": "2026-02-03",
        "url": url,
        "found_at": stamp(NOW),
    } | facts
    lists = {name: json.dumps(value) for name, value in row.items() if isinstance(value, list)}
    with writing(db):
        db.conn.execute(f"pragma user_version = {version()}")  # as it stands, not to be compared anew
        db.table("clusters").insert({"id": cluster, "made_at": stamp(NOW)}, ignore=True)
        _add_page(db, page, url, whole, facts.get("place"))
        db.table("stories").insert(row | lists)
    return number


def published(db: Database) -> list[Entry]:
    """All that readers get."""
    return entries(db, [row[0] for row in db.conn.execute("select id from clusters order by id")])


def _add_page(db: Database, page: str, url: str, text: str, place: int | None) -> None:
    db.table("pages").insert(
        {"id": page, "url": url, "requested": f"{url}#{page}", "kind": "article", "outcome": "stored"}
        | dict.fromkeys(("fetched_at", "first_fetched_at"), stamp(NOW))
    )
    post = text if place is None else "A post about something else."
    db.table("documents").insert(
        {"id": page, "url": url, "title": "A day of travels", "text": post, "read_at": stamp(NOW)}
    )
    if place is not None:
        comment = {"document": page, "key": "1", "position": place, "depth": 0, "kind": "comment", "text": text}
        db.table("comments").insert(comment | {"found_at": stamp(NOW)})
