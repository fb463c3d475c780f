"""A copy of all stories by the API, as docs/api.md says. Needs nothing but Python; run it again and again:

python follow.py https://stories.example.org stories.json
"""

import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

AHEAD = 410  # the cursor is of a newer database than there is now


def main(site: str, file: Path) -> None:
    nothing: dict[str, Any] = {"stories": {}, "cursor": "0"}
    mine = json.loads(file.read_text()) if file.exists() else nothing
    more = True
    while more:
        try:
            with urlopen(f"{site}/api/v1/changes?since={mine['cursor']}", timeout=30) as answer:
                told = json.load(answer)
        except HTTPError as error:
            if error.code != AHEAD:
                raise
            mine = nothing  # begin anew
            continue
        mine["stories"].update({story["id"]: story for story in told["stories"]})
        for one in told["removed"]:
            mine["stories"].pop(one["id"], None)
        mine["cursor"], more = told["cursor"], told["more"]
    file.write_text(json.dumps(mine))
    print(f"{len(mine['stories'])} stories")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
