"""What the documents tell a website's developer to do is done here, and leads to what is published."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import serving
from publish.openapi import EXAMPLE, document
from storage import publication
from storage.database import connect
from tests.builders import tell
from tests.published import Published
from tests.test_publish import something

DOCS = Path(__file__).parent.parent / "docs"
JSON = re.compile(r"```json\n(.*?)```", re.S)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    monkeypatch.setattr(publication, "PAGE", 5)
    listener = serving.listen(0, "feed_port")
    site = serving.address(listener)
    made = Published(tmp_path, site=site, api_burst=100_000)
    running = serving.start(made.app, listener)
    yield made
    running.stop()
    made.db.close()


def mirror(name: str, published: Published, file: Path) -> Any:
    """What an example has after a run."""
    command = [sys.executable, str(DOCS / "examples" / name), published.settings.site, str(file)]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return json.loads(file.read_text())["stories"]


@pytest.mark.parametrize("seed", range(2))
def test_both_examples_keep_what_is_published_whatever_editors_do(
    published: Published, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    for number in range(18):
        tell(published.db, f"c{number}", f"A clerk helped Lindqvist, {number}.", title=f"Lindqvist {number}")
    published.approve(*(f"c{number}" for number in range(15)))
    for _ in range(3):
        walked = mirror("mirror.py", published, tmp_path / "walked.json")
        followed = mirror("follow.py", published, tmp_path / "followed.json")
        there = {story["id"]: story for story in published.json("/api/v1/stories?limit=100")["stories"]}
        assert followed == there
        assert {one["id"].rpartition("/")[2]: one["content_html"] for one in walked.values()} == {
            id: story["content_html"] for id, story in there.items()
        }
        for _ in range(6):
            something(published, dice)


def test_who_only_polls_keeps_nothing_that_a_page_has_since_asked_not_to_show(
    published: Published, tmp_path: Path
) -> None:
    published.tell(*(f"c{number:02}" for number in range(12)))
    walked = tmp_path / "walked.json"
    mirror("mirror.py", published, walked)
    with connect(published.settings.database).conn as elsewhere:
        elsewhere.execute("update pages set reserved = 'nosnippet' where url = 'http://blog1.example/post'")
    assert "c00" not in published.titles(), "it is in the archive alone"
    told = mirror("mirror.py", published, walked)
    assert [one["content_text"] for one in told.values() if one["title"] == "c00"] == [""]


def test_the_examples_in_the_documents_are_what_is_answered() -> None:
    described = document("https://stories.example.org")
    schemas = described | {"$ref": "#/components/schemas/Story"}
    jsonschema_rs.validate(schemas, EXAMPLE)
    answer, problem = map(json.loads, JSON.findall((DOCS / "api.md").read_text()))
    jsonschema_rs.validate(described | {"$ref": "#/components/schemas/Stories"}, answer)
    jsonschema_rs.validate(described | {"$ref": "#/components/schemas/Problem"}, problem)
    assert answer["stories"] == [EXAMPLE]
