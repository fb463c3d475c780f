"""What `goodturn explore` tells Datasette of the database: questions, what columns mean, what lists are narrowed by.

The questions are in sql/questions.toml. What tables and columns are is said once, in docs/schema.md, and taken from
there: a paragraph under each name, then rows of columns and what they are.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from storage.folding import FOLDS

SCHEMA = Path(__file__).parent.parent / "docs" / "schema.md"  # where it was not installed, columns are unexplained
FACTS = ("language", "sector", "channel", "teller")
FACETS = {
    "story_list": ("state", *FACTS),
    "cluster_list": ("state", *FACTS),
    "inbox": FACTS,
    "published": FACTS,
    "source_health": ("kind", "last_outcome"),
}
MACHINERY = (  # shown when asked for: an editor looks for stories
    *("_sqlite_migrations", "bodies", "frontier", "hosts", "likeness_weights", "likenesses", "links", "sites"),
    *("text_keys", "texts", "words"),
)
TOGETHER = 3  # columns that one line tells of; what it says of more says little of each
SAME_COLUMNS = {"inbox": "cluster_list", "published": "cluster_list", "last_decisions": "decisions"}


def metadata(database: str) -> dict[str, Any]:
    """Titles, descriptions, questions and facets for the database that is served under this name."""
    told, columns = described()
    tables: dict[str, dict[str, Any]] = {
        name: {"description": told[name], "columns": columns[SAME_COLUMNS.get(name, name)]} for name in told
    }
    for name, facets in FACETS.items():
        tables[name] = tables.get(name, {}) | {"facets": list(facets)}
    for name in MACHINERY:
        tables[name] = tables.get(name, {}) | {"hidden": True}
    return {
        "title": "Goodturn",
        "description": "Stories of kind customer service, read only. The views story_list and cluster_list tell most.",
        "databases": {database: {"queries": questions(), "tables": tables}},
    }


@cache
def questions() -> dict[str, dict[str, str | bool]]:
    """The ready questions by name: title, description, SQL."""
    text = (resources.files("storage") / "sql" / "questions.toml").read_text("utf-8")
    ready = tomllib.loads(text.replace("{words}", _words()))
    return {name: {**question, "hide_sql": True} for name, question in ready.items()}


@cache
def described() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What each table and view is, and what their columns are."""
    told: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    for part in re.split(r"^## ", SCHEMA.read_text("utf-8") if SCHEMA.exists() else "", flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        body = body.partition("\n# ")[0]
        told[name] = _plain(body.partition("\n|")[0])
        rows = re.findall(r"^\| (`.*?) \| (.*) \|$", body, re.M)
        lines = [(re.findall(r"`(\w+)`", names), _plain(said)) for names, said in rows]
        columns[name] = {column: said for names, said in lines if len(names) <= TOGETHER for column in names}
    return told, {name: columns.get(name, {}) for name in {*told, *SAME_COLUMNS.values()}}


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _words() -> str:
    """SQL for what was typed as :words: every word quoted, as the beginning of one, and folded as the index is."""
    typed = "replace(trim(:words), '\"', ' ')"
    for letter, plain in FOLDS.items():
        typed = f"replace({typed}, '{letter}', '{plain.replace(chr(39), chr(39) * 2)}')"
    return f"""'"' || replace({typed}, ' ', '"* "') || '"*'"""
