"""`goodturn stories`: the same questions as on the desk, in a terminal."""

# ruff: noqa: PLC0415 -- imported when the verb runs

import dataclasses
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from config import settings
from jobs.mistakes import WRONG, end
from jobs.terminal import comma_separated, table
from stories.languages import LANGUAGES
from stories.story import EVEN, Channel, Sector, Teller

STATES = ("any", "open", "held", "approved", "rejected")
SORTS = ("best", "newest", "oldest", "date", "told", "decided")


def _choice(words: Any) -> click.Choice[str]:
    return click.Choice([str(word) for word in words], case_sensitive=False)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--language", multiple=True, type=_choice(LANGUAGES), help="Repeatable, as all of the facts.")
@click.option("--sector", multiple=True, type=_choice(Sector))
@click.option("--channel", multiple=True, type=_choice(Channel))
@click.option("--teller", multiple=True, type=_choice(Teller))
@click.option("--company", multiple=True, help="Part of a company's name.")
@click.option("--source", multiple=True, help="Part of a host's name.")
@click.option("--because", multiple=True, help="Part of a reason why it was taken for a story.")
@click.option("--origin", multiple=True, type=_choice(["collected", "submitted"]))
@click.option("--state", type=_choice(STATES), default="any", show_default=True, help="What editors decided.")
@click.option("--told", type=click.IntRange(1), help="At least so many tellings.")
@click.option("--score", type=click.FloatRange(0, 1), help="At least this score.")
@click.option("--age", type=click.IntRange(0), help="Found in so many days.")
@click.option("--since", metavar="DAY", help="Found on this day or later.")
@click.option("--until", metavar="DAY", help="Found on this day or earlier.")
@click.option("--sort", type=_choice(SORTS), default="best", show_default=True)
@click.option("--search", "saved", metavar="NAME", help="A search that was saved on the desk, instead of all these.")
@click.option("--view", metavar="ADDRESS", help="What a page of the desk shows, by its address, instead of all these.")
@click.option("--cluster", help="The tellings of this cluster.")
@click.option("--tellings", is_flag=True, help="Every telling of what is found, instead of the one that is shown.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Of stories.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: a story a line, with all its fields.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header line.")
def stories(words: Sequence[str], as_json: bool, as_csv: bool, **asked: Any) -> None:
    """List and search the stories, as on the desk. WORDS must all occur; each finds words that begin with it.

    Stories by phone with banks in Danish: goodturn stories --channel phone --sector bank --language da
    """
    from storage.filters import FilterError

    try:
        rows = _found(words, asked)
    except FilterError as error:
        end(str(error), WRONG)
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
    elif as_csv:
        comma_separated(rows)
    else:
        table(
            ["score", "", "story", "company", "state", "source"],
            [
                [_score(r["score"]), r["language"], r["title"], ", ".join(r["companies"]), r["state"], r["url"]]
                for r in rows
            ],
            empty="no story found; 'goodturn collect' and 'goodturn read' look for new ones",
        )


def _score(score: float) -> str:
    return f"{score:.2f}{'?' * (score < EVEN)}"


def _found(words: Sequence[str], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What is asked for: clusters with the telling that is shown, or tellings. Raises FilterError."""
    from storage.board import Board
    from storage.database import connect
    from storage.filters import FilterError, filters_of, filters_of_query
    from storage.inbox import clusters
    from storage.lists import ask, listed
    from storage.searches import search
    from storage.stories import of_clusters, of_ids

    db, now = connect(settings().database), datetime.now(UTC)
    if asked["cluster"]:
        return [dataclasses.asdict(row) for row in of_clusters(db, [asked["cluster"]])]
    if asked["view"] is not None:
        filters = filters_of_query(asked["view"].partition("?")[2])
    elif asked["saved"]:
        if not (kept := search(db, asked["saved"])):
            raise FilterError(f"no search is saved as '{asked['saved']}'; the desk's page Searches lists them")
        filters = filters_of_query(kept.asked)
    else:
        filters = filters_of(_named(words, asked))
    ids = listed(ask(db, Board().look(db), filters, now), filters, now, limit=asked["limit"]).ids
    if asked["tellings"]:
        return [dataclasses.asdict(row) for row in of_clusters(db, ids)]
    rows = clusters(db, ids)
    shown = of_ids(db, [row.story for row in rows])
    return [dataclasses.asdict(telling) | dataclasses.asdict(row) for telling, row in zip(shown, rows, strict=True)]


def _named(words: Sequence[str], asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The options as a desk's address has them."""
    yield "words", " ".join(words)
    for name, value in asked.items():
        if name in ("limit", "tellings", "saved", "view", "cluster") or value in (None, ()):
            continue
        yield from ((name, str(one)) for one in (value if isinstance(value, tuple) else (value,)))
