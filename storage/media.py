"""The pictures and videos on the pages of a cluster's tellings, by link."""

import json

from sqlite_utils import Database


def media(db: Database, cluster: str) -> dict[int, list[dict[str, str]]]:
    """What stands in each telling's post, by the telling's number: `kind`, `url`, `alt`. Comments have none."""
    return {row["number"]: json.loads(row["media"]) for row in db.conn.execute(_MEDIA, (cluster,))}


_MEDIA = """
select s.number, d.media from stories s join documents d on d.id = s.document
where s.cluster = ? and s.place is null and d.media <> '[]'
"""
