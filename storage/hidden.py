"""What stands in the index of words and yet readers do not see: a story must not be found by it.

The index holds tellings as they were found. Hidden of them are the words that an editor masked, and those of a title,
of companies and of a passage in the place of which an editor put others; but not words that stand elsewhere in what
readers see, or in another telling that its editor left as it was.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlite_utils import Database

from storage.edits import Mask, masked
from storage.folding import fold

_WORD = re.compile(r"\w+")


def hidden(db: Database, clusters: Collection[str], masks: Mapping[str, Sequence[Mask]]) -> dict[str, str]:
    """The hidden words of these clusters, folded; of those that have any. `masks` are theirs."""
    asked = json.dumps(list(clusters))
    found, seen = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in db.conn.execute(_TOLD, (asked,)):
        by = masks.get(row["cluster"], ())
        found[row["cluster"]] |= _words(row["title"], *json.loads(row["companies"]), row["text"] if row["cut"] else "")
        seen[row["cluster"]] |= _words("" if row["cut"] else masked(row["text"], by))
    for row in db.conn.execute(_SHOWN, (json.dumps(list(found)),)):
        texts = (row["title"], *json.loads(row["companies"]), row["text"])
        seen[row["cluster"]] |= _words(*(masked(text, masks.get(row["cluster"], ())) for text in texts))
    kept = {id: sorted(words - seen[id]) for id, words in found.items()}
    said = {id: [fold(mask.what) for mask in by] for id, by in masks.items()}
    both = {id: " ".join([*said.get(id, ()), *kept.get(id, ())]) for id in found.keys() | said.keys()}
    return {id: words for id, words in both.items() if words}


def _words(*texts: str | None) -> set[str]:
    return set(_WORD.findall(fold(" ".join(text for text in texts if text))))


# The tellings of what editors made anything of, and whether they gave a telling other bounds.
_TOLD = """
select s.cluster, s.title, s.companies, s.text, exists (select 1 from spans p where p.story = s.id) as cut
from stories s
where s.cluster in (select value from json_each(?)) and s.cluster in (
    select cluster from decisions where verb in ('edit', 'mask')
    union select t.cluster from stories t where t.id in (select story from decisions where field = 'span'))
"""

_SHOWN = "select cluster, title, companies, text from cluster_list where cluster in (select value from json_each(?))"
