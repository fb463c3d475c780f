"""The pages that people read: what machines find in them, where they lead, and what is not there any more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html

from publish import pages
from storage.database import stamp
from storage.decisions import decide
from storage.edits import edit
from storage.filters import Filters
from storage.log import Field, Verb
from storage.searches import save
from storage.ties import merge
from tests.builders import NOW, PASSAGE, tell
from tests.published import FORMATS, SITE, Published, path_of

LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path)
    yield made
    made.close()


def tree(published: Published, address: str) -> Any:
    answer = published.get(address)
    assert answer.status_code == 200, address
    return html.fromstring(answer.content)


def text(found: Any, path: str) -> str:
    (one,) = found.xpath(path)
    return " ".join((one if isinstance(one, str) else one.text_content()).split())


def test_a_story_has_a_page_that_people_and_machines_can_read(published: Published) -> None:
    published.tell("a", text=f"{PASSAGE}\nShe <wept>.", language="da", title="The porter & the snow", author="Ellen")
    tell(published.db, "a", "Told again.", language="en", relation="retelling", url="http://other.example/again")
    edit(published.db, "a", Field.SUMMARY, "A porter drives home.", who="Ada", at=NOW)
    media = json.dumps([{"kind": "video", "url": "https://video.example/1.mp4", "alt": "The road"}])
    published.db.conn.execute("update documents set licence = ?, media = ?", (LICENCE, media))
    page = tree(published, "/story/a")
    assert text(page, "//html/@lang") == "en"
    assert text(page, "//article//h1[@lang='da']") == "The porter & the snow"
    assert [p.text for p in page.xpath("//*[contains(@class, 'e-content')][@lang='da']/p")] == [PASSAGE, "She <wept>."]
    assert text(page, "//link[@rel='canonical']/@href") == text(page, "//*[@class='u-url u-uid']/@href")
    assert text(page, "//*[contains(@class, 'h-card')]/*[@class='p-name']") == "Ellen"
    assert text(page, "//*[@class='dt-published']/@datetime") == stamp(NOW)
    assert text(page, "//a[@class='u-repost-of']/@href") == "http://blog1.example/post"
    assert text(page, "//a[@class='u-license']/@href") == LICENCE
    assert "Told by Ellen at A day of travels, blog1.example, 3 February 2026." in text(page, "//*[@class='credit']")
    assert page.xpath("//section//a/@href") == ["https://video.example/1.mp4", "http://other.example/again"]
    assert text(page, "//meta[@property='og:title']/@content") == "The porter & the snow"
    assert text(page, "//meta[@property='og:description']/@content") == "A porter drives home."
    said = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])
    assert (said["@type"], said["author"]["name"], said["inLanguage"]) == ("Article", "Ellen", "da")
    assert (said["isBasedOn"], said["license"]) == ("http://blog1.example/post", LICENCE)
    assert said["url"] == said["mainEntityOfPage"] == f"{SITE}/story/a"
    assert not page.xpath("//script[not(@type='application/ld+json')]")


def test_a_page_is_cheap_to_ask_again_and_forbids_scripts(published: Published) -> None:
    published.tell("a")
    first = published.get("/story/a")
    assert "script" not in first.headers["content-security-policy"] and "cookie" not in str(first.headers)
    again = published.get("/story/a", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    assert "Another" in published.get("/story/a", if_none_match=first.headers["etag"]).text


def test_what_was_taken_back_is_gone_and_what_never_was_is_not_found(published: Published) -> None:
    published.tell("a")
    tell(published.db, "held")
    decide(published.db, "a", Verb.REOPEN, who="Ada", at=NOW + timedelta(hours=1))
    gone = published.get("/story/a")
    assert gone.status_code == 410 and "taken back" in gone.text and "porter" not in gone.text
    assert gone.headers["content-security-policy"]
    for id in ("held", "nowhere", "%3Cscript%3E", "a%2Fb"):
        answer = published.get(f"/story/{id}")
        assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/plain")
    decide(published.db, "a", Verb.APPROVE, who="Ada", at=NOW + timedelta(hours=2))
    assert published.get("/story/a").status_code == 200


@pytest.mark.parametrize("count", [0, 1, 19, 20, 39, 40, 65])
def test_who_walks_the_pages_meets_every_story_once_and_the_newest_first(published: Published, count: int) -> None:
    published.tell(*(f"s{number:03}" for number in range(count)))
    met, sizes = [], []
    address: str | None = "/"
    while address:
        page = tree(published, address)
        met += page.xpath("//article//h2/a/text()")
        sizes.append(len(page.xpath("//article")))
        following = page.xpath("//a[@rel='next']/@href")
        assert following == page.xpath("//link[@rel='next']/@href")
        if following:
            assert tree(published, following[0]).xpath("//a[@rel='prev']/@href") == [address]
        address = following[0] if following else None
    assert met == [f"s{number:03}" for number in reversed(range(count))]
    assert sizes[0] < 40 and set(sizes[1:]) <= {20}
    assert published.get(f"/page/{len(sizes)}").status_code == published.get("/page/0").status_code == 404


def test_an_older_page_keeps_its_stories_when_new_ones_come_and_old_ones_go(published: Published) -> None:
    published.tell(*(f"s{number:03}" for number in range(60)))
    first = published.get("/page/1").content
    published.tell(*(f"t{number:03}" for number in range(30)))
    assert published.get("/page/1").content == first
    decide(published.db, "s003", Verb.REOPEN, who="Ada", at=NOW)
    assert len(tree(published, "/page/1").xpath("//article")) == 19
    assert len(tree(published, "/page/2").xpath("//article")) == 20


def test_the_list_of_feeds_has_those_with_stories_and_public_searches_and_all_are_there(published: Published) -> None:
    published.tell("a", language="da", sector="bank")
    save(published.db, "Kind banks!", Filters(sector=("bank",)), who="Ada", at=NOW, public=True)
    save(published.db, "Ours alone", Filters(), who="Ada", at=NOW)
    save(published.db, "!!!", Filters(), who="Ada", at=NOW, public=True)
    page = tree(published, "/feeds")
    links = page.xpath("//li//a/@href")
    for name in ("/feed", "/feed.da", "/feeds/kind-banks"):
        assert {f"{name}.{format}" for format in FORMATS} <= set(links)
    assert "/feed.atom?sector=bank" in links and not any("alone" in link or "feed.en" in link for link in links)
    assert {published.get(link).status_code for link in links} == {200}
    for address in ("/", "/feeds", "/story/a"):
        named = tree(published, address).xpath("//link[@rel='alternate']")
        assert [(link.get("href"), published.get(link.get("href")).status_code) for link in named] == [
            (f"/feed.{format}", 200) for format in FORMATS
        ]


def test_the_sitemap_names_every_page_and_is_split_where_there_are_many(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.tell("a", "b", "c")
    decide(published.db, "b", Verb.REOPEN, who="Ada", at=NOW)
    found = ElementTree.fromstring(published.get("/sitemap.xml").content)
    assert [loc.text for loc in found.iter(f"{SITEMAP}loc")] == [
        f"{SITE}{path}" for path in ("/", "/feeds", "/story/a", "/story/c")
    ]
    assert f"{SITE}/sitemap.xml" in published.get("/robots.txt").text
    monkeypatch.setattr(pages, "IN_SITEMAP", 4)
    published.tell("d")
    listed = ElementTree.fromstring(published.get("/sitemap.xml").content)
    parts = [path_of(loc.text or "") for loc in listed.iter(f"{SITEMAP}loc")]
    assert parts == ["/sitemap-1.xml", "/sitemap-2.xml"]
    told = [loc.text for part in parts for loc in ElementTree.fromstring(published.get(part).content).iter()]
    assert {f"{SITE}/story/{id}" for id in "acd"} <= set(told)
    assert published.get("/sitemap-3.xml").status_code == 404


def test_what_became_part_of_another_story_leads_on_to_it_and_is_in_no_list(published: Published) -> None:
    published.tell("a", "b", "c", "d")
    published.get("/story/d")
    merge(published.db, "a", "d", who="Ada", at=NOW)
    answer = published.get("/story/d")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{SITE}/story/a")
    assert "/story/d<" not in published.get("/sitemap.xml").text
    assert published.get("/embed?count=2").text.count("<li") == 1 + 2, "with a <link>"
    decide(published.db, "a", Verb.HOLD, who="Ada", at=NOW)
    assert published.get("/story/d").status_code == 410


def test_a_short_list_for_other_sites_takes_filters_and_may_be_framed(published: Published) -> None:
    published.tell("a", "b", language="da")
    published.tell("c", sector="bank")
    assert tree(published, "/embed").xpath("//li/a/text()") == ["c", "b", "a"]
    assert tree(published, "/embed?count=1&language=da").xpath("//li/a/text()") == ["b"]
    assert tree(published, "/embed.da").xpath("//li/a/text()") == ["b", "a"]
    assert tree(published, "/embed?sector=airline").xpath("//li/a") == []
    assert "frame-ancestors *" in published.get("/embed").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in published.get("/").headers["content-security-policy"]
    for asked in ("count=0", "count=21", "count=x", "state=open", "sector=nowhere"):
        assert published.get(f"/embed?{asked}").status_code == 400, asked


def test_behind_a_prefix_every_address_has_it(tmp_path: Path) -> None:
    published = Published(tmp_path, site=f"{SITE}/kind")
    published.tell("a", language="da")
    for address in ("/", "/feeds", "/story/a", "/embed"):
        found = tree(published, address)
        ours = [link for link in found.xpath("//@href") if "blog1" not in link and not link.startswith("#")]
        assert ours and all(path_of(link).startswith("/kind/") for link in ours), address
    published.close()


def test_the_widget_is_small(published: Published) -> None:
    answer = published.get("/widget.js")
    assert len(answer.content) <= 4096 and answer.headers["content-type"].startswith("text/javascript")
