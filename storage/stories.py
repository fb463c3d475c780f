"""Single tellings: all of some clusters, or of one page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.inbox import TellingRow, as_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow(TellingRow):
    """One telling as it is listed; `state` is its cluster's: open, held, approved or rejected."""

    state: str


def of_clusters(db: Database, clusters: Sequence[str]) -> list[StoryRow]:
    """The tellings of these clusters that are still there, cluster by cluster, the best first."""
    asked = {"clusters": json.dumps(list(clusters))}
    return as_rows(StoryRow, db.query(_STORIES.format(order="c.key, ", which=_OF_CLUSTERS, there=_THERE), asked))


def of_ids(db: Database, stories: Sequence[str]) -> list[StoryRow]:
    """The tellings of these ids, in that order, there or gone."""
    asked = {"stories": json.dumps(list(stories))}
    return as_rows(StoryRow, db.query(_STORIES.format(order="i.key, ", which=_OF_IDS, there="true"), asked))


def of_page(db: Database, page: str) -> list[StoryRow]:
    """The tellings on a page (its id) that are still there, the best first."""
    return as_rows(StoryRow, db.query(_STORIES.format(order="", which=_OF_PAGE, there=_THERE), {"page": page}))


def everything(db: Database) -> list[StoryRow]:
    """All tellings that are still there, the best first."""
    return as_rows(StoryRow, db.query(_STORIES.format(order="", which="stories s", there=_THERE), {}))


_OF_CLUSTERS = "json_each(:clusters) c join stories s on s.cluster = c.value"

_OF_IDS = "json_each(:stories) i join stories s on s.id = i.value"

_OF_PAGE = "(select * from stories where document = :page) s"

_THERE = "s.gone_at is null"

_STORIES = """
select s.*, l.state, d.title as page_title, d.url as page_url, p.text as excerpt
from {which} join documents d on d.id = s.document join cluster_list l on l.cluster = s.cluster
left join spans p on p.story = s.id
where {there}
order by {order} s.score desc, s.number
"""
