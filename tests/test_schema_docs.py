"""docs/schema.md tells of every table, view and column that there is, and of none that there is not."""

import re
from pathlib import Path

from storage.database import connect

DOCS = Path(__file__).parent.parent / "docs" / "schema.md"
INDEXES = ("stories_fts", "word_parts")  # with the tables that FTS keeps for them
SAME_AS = {
    "inbox": "cluster_list",
    "published": "cluster_list",
    "last_decisions": "decisions",
    "standing": "decisions",
    "last_ties": "ties",
}


def told() -> dict[str, set[str]]:
    parts = re.split(r"^## ", DOCS.read_text("utf-8"), flags=re.M)[1:]
    columns = {}
    for part in parts:
        name, _, body = part.partition("\n")
        rows = [line.split("|")[1] for line in body.splitlines() if line.startswith("| `")]
        columns[name.strip()] = set(re.findall(r"`(\w+)`", " ".join(rows)))
    return columns | {name: columns[other] for name, other in SAME_AS.items()}


def test_the_page_tells_what_the_database_has() -> None:
    db = connect()
    names = [n for n in [*db.table_names(), *db.view_names()] if not n.startswith(("_", *INDEXES))]
    has = {n: {row[1] for row in db.execute(f"pragma table_xinfo('{n}')")} for n in names}
    assert told() == has
