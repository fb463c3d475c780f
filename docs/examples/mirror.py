"""A copy of all stories by the feed and its archive, as docs/feeds.md says. Needs nothing but Python; run it again and
again, as often as you like:

    python mirror.py https://stories.example.org stories.json
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen


def main(site: str, file: Path) -> None:
    mine = json.loads(file.read_text()) if file.exists() else {"stories": {}, "walked": []}
    met: set[str] = set()
    address, walked, moved = f"{site}/feed.json", list[str](), False
    while address and address not in mine["walked"]:
        with urlopen(address, timeout=30) as answer:
            moved = moved or answer.url != address  # a 301: somebody edits while we walk
            page = json.load(answer)
        here = {item["id"]: item for item in page["items"]}
        gone = {one["id"] for one in page["_removed"]} - here.keys()
        for id in (here.keys() | gone) - met:  # what was met on the way here is newer
            if id in gone:
                mine["stories"].pop(id, None)
            else:
                mine["stories"][id] = here[id]
        met |= here.keys() | gone
        walked.append(address)
        address = page.get("next_url")
    if not moved:
        mine["walked"] += walked[1:]  # pages of the archive, only now that the walk has come to its end
    file.write_text(json.dumps(mine))
    print(f"{len(mine['stories'])} stories, {len(walked)} pages fetched")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
