"""What is cheap to poll can be rebuilt whole: the archive's pages never change, and leave nothing out."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from storage import publication
from storage.decisions import decide
from storage.edits import edit
from storage.log import Field, Verb
from stories.story import WhyNot
from tests.builders import NOW
from tests.published import Published, path_of

PAGE = 10  # entries of a page, here: a tenth of the real ones
CLUSTERS = [f"c{number:03}" for number in range(2 * PAGE + 7)]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    monkeypatch.setattr(publication, "PAGE", PAGE)
    made = Published(tmp_path, feed_entries=5)
    made.tell(*CLUSTERS)
    yield made
    made.close()


def rebuilt(pages: list[Any]) -> dict[str, str]:
    """What a website has that walked from the live feed back to the first page: titles by id, the newest first."""
    found: dict[str, str] = {}
    gone: set[str] = set()
    for page in pages:
        gone |= {one["id"] for one in page["_removed"]} - found.keys()
        for item in page["items"]:
            if item["id"] not in gone:
                found.setdefault(item["id"].rpartition("/")[2], item["title"])
    return found


def test_who_walks_from_the_live_feed_to_the_first_page_has_everything(published: Published) -> None:
    pages = published.pages()
    assert [len(page["items"]) for page in pages] == [7, PAGE, PAGE]
    assert rebuilt(pages) == {cluster: cluster for cluster in CLUSTERS}
    atom, walked = feedparser.parse(published.get("/feed.atom").content), []
    while older := [link.href for link in atom.feed.links if link.rel == "prev-archive"]:
        answer = published.get(older[0])
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable, s-maxage=3600"
        atom = feedparser.parse(answer.content)
        assert "fh_archive" in atom.feed and [link.rel for link in atom.feed.links].count("current") == 1
        walked += [entry.title for entry in atom.entries]
    assert walked == CLUSTERS[2 * PAGE - 1 :: -1]


def test_an_address_of_the_archive_never_has_another_content(published: Published) -> None:
    dice = random.Random(4)
    seen: dict[str, bytes] = {}
    for _ in range(12):
        address = published.json()["next_url"]
        while address:
            answer = published.get(address)
            assert answer.status_code == 200 and seen.setdefault(address, answer.content) == answer.content
            address = answer.json().get("next_url")
        something(published, dice)


def something(published: Published, dice: random.Random) -> None:
    id, act = dice.choice(CLUSTERS), dice.randrange(3)
    if act == 0:
        edit(published.db, id, Field.TITLE, str(dice.random()), who="Ada", at=NOW)
    elif act == 1:
        decide(published.db, id, Verb.REOPEN, who="Ada", at=NOW)
    else:
        published.approve(id)


def test_a_page_that_has_changed_is_sent_on_and_never_shows_what_it_had(published: Published) -> None:
    newest = published.json()["next_url"]
    oldest = published.json(newest)["next_url"]
    decide(published.db, "c000", Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW + timedelta(days=1))
    for address in (oldest, newest):
        answer = published.get(address)
        assert answer.status_code == 301 and answer.headers["location"] != address
        assert path_of(answer.headers["location"]).startswith(path_of(address)[:10])
        assert published.get(answer.headers["location"]).status_code == 200
    page = published.pages()[-1]
    assert "c000" not in [item["title"] for item in page["items"]]
    assert [one["id"] for one in page["_removed"]] == ["tag:goodturn.invalid,2026:story/c000"]
    assert published.get("/archive/3-000000000000.json").status_code == 404


def test_tombstones_stay_in_the_live_feed_for_ninety_days_and_in_the_archive_for_ever(published: Published) -> None:
    decide(published.db, "c000", Verb.REOPEN, who="Ada", at=NOW)
    for days, there in ((89, 1), (91, 0)):
        published.now = NOW + timedelta(days=days)
        pages = published.pages()
        assert (len(pages[0]["_removed"]), len(pages[-1]["_removed"])) == (there, 1)
        assert (b"deleted-entry" in published.get("/feed.atom").content) == bool(there)


def test_what_asks_not_to_be_archived_is_there_by_title_and_link_alone(published: Published) -> None:
    published.db.conn.execute("update pages set reserved = 'noarchive' where url = 'http://blog1.example/post'")
    item = next(item for item in published.pages()[-1]["items"] if item["title"] == "c000")
    assert item["content_text"] == "" and "night porter" not in item["content_html"]
    assert item["external_url"] == "http://blog1.example/post" and "blog1.example</a>" in item["content_html"]
    decide(published.db, "c000", Verb.APPROVE, who="Ada", at=NOW + timedelta(hours=9))
    assert "night porter" in published.json()["items"][0]["content_text"]


@pytest.mark.parametrize("seed", range(2))
def test_who_walks_a_feed_with_filters_meets_everything_once_while_editors_work(
    published: Published, seed: int
) -> None:
    dice, walked, address = random.Random(seed), [], "/feed.json?sector=hotel"
    touched: set[str] = set()
    while address:
        page = published.json(address)
        walked += [item["id"].rpartition("/")[2] for item in page["items"]]
        address = page.get("next_url")
        for id in dice.sample(CLUSTERS, 2):
            if dice.random() < 0.5:
                edit(published.db, id, Field.TITLE, str(dice.random()), who="Ada", at=NOW)
            else:
                touched.add(id)
                decide(published.db, id, Verb.REOPEN, who="Ada", at=NOW)
        published.tell(f"new{len(walked)}")
    assert len(walked) == len(set(walked)), "nothing comes twice"
    assert set(CLUSTERS) - touched <= set(walked), "nothing that stays is left out"
