"""A new detector judges the stored documents again: what it changes is shown first, and decisions outlive it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from jobs.collect import environment
from jobs.read_page import LEARNED, detector, with_stories
from jobs.reread import Report, reread
from reading.document import Comment, Document
from reading.page import Outcome, Page, PageKind
from storage import documents, pages
from storage.database import Database, connect, identity
from storage.decisions import decide
from storage.log import Verb
from stories.story import WhyNot
from tests.forked import goodturn
from tests.test_learn import made_up, real_texts

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
LANGUAGES = ("en", "da")
EACH = 12  # posts of a language; every third has one more text as its comment
OTHER = {"kind act": 1.2, "staff": 0.9, "customer": 0.7, "help": 0.6, "give": 0.4, "ask": 0.4}  # what speaks next
STORIES = 'select id, place, start, "end", text, score, cluster, title, because, gone_at from stories order by id'

STORIES_OF = STORIES.replace("order by", "where document = ? order by")


def collected() -> list[Document]:
    """Real texts as posts, some with others as comments."""
    found = []
    for language in LANGUAGES:
        texts = real_texts(language)
        for number, text in enumerate(texts[:EACH]):
            said = (Comment(text="Lovely."), Comment(text=texts[-1 - number].text)) if number % 3 == 0 else ()
            url = f"http://{language}.example/{text.id}"
            found.append(Document(url=url, text=text.text, title=text.id, language=language, comments=said))
    return found


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database of pages that one model has read. Copy it before writing."""
    settings = Settings(data=tmp_path_factory.mktemp("read"), workers=1)
    made_up(settings.data / LEARNED)
    db, by = connect(settings.database), detector(settings)
    for document in collected():
        url = document.url
        page = Page(
            requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, body=url.encode()
        )
        documents.keep(db, identity(pages.keep(db, page).requested), with_stories(document, by), NOW)
    return settings


@pytest.fixture
def settings(read: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(read.data, tmp_path / "data")
    return read.model_copy(update={"data": tmp_path / "data"})


def rows(db: Database, query: str = STORIES, *values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(query, values)]


def another_model(settings: Settings, **options: Any) -> None:
    shutil.rmtree(settings.data / LEARNED)
    made_up(settings.data / LEARNED, **({"speaks": OTHER} | options))


def changed(report: Report) -> dict[str, int]:
    return {word: report.total[word] for word in ("moved", "new", "gone")}


def assert_found(db: Database, settings: Settings) -> None:
    """The stories that are there are those that a reading finds."""
    by = detector(settings)
    found = {(d.url, s.place, s.start, s.end) for d in collected() for s, _ in with_stories(d, by).stories}
    places = 'select d.url, s.place, s.start, s."end" from stories s join documents d on d.id = s.document'
    there = rows(db, f"{places} where s.gone_at is null")
    assert set(there) == found
    assert len(there) == len(found)


NONE = {"moved": 0, "new": 0, "gone": 0}


def test_stored_documents_are_as_they_were_read(settings: Settings) -> None:
    db = connect(settings.database)
    stored = {document.url: document for document in (documents.load(db, page) for page in documents.read_pages(db))}
    assert stored == {document.url: document for document in collected()}


def test_a_new_model_is_shown_first_and_changes_nothing_until_it_is_applied(settings: Settings) -> None:
    db = connect(settings.database)
    before = rows(db)
    another_model(settings)
    shown = reread(settings, apply=False)
    assert rows(db) == before
    assert all(changed(shown).values()), "the test's models differ in every way"
    applied = reread(settings, apply=True)
    assert (applied.languages, applied.new, applied.gone) == (shown.languages, shown.new, shown.gone)
    assert_found(db, settings)
    before = rows(db)
    again = reread(settings, apply=True)
    assert again.total == {"same": sum(shown.total[word] for word in ("same", "moved", "new"))}
    assert rows(db) == before


def decide_on_some(db: Database) -> list[str]:
    """Approve every third story and reject every third; the ids of those, and of others in their clusters."""
    clusters = [row[0] for row in rows(db, "select distinct cluster from stories order by 1")]
    for cluster in clusters[::3]:
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    for cluster in clusters[1::3]:
        decide(db, cluster, Verb.REJECT, why=WhyNot.UNRELATED, who="Ada", at=NOW)
    for verb in (Verb.APPROVE, Verb.REOPEN):
        decide(db, clusters[2], verb, who="Ada", at=NOW)
    return [cluster for number, cluster in enumerate(clusters) if number % 3 < 2]


def of_clusters(db: Database, clusters: Sequence[str]) -> list[tuple[Any, ...]]:
    return [row for row in rows(db) if row[6] in clusters]


def test_what_is_gone_is_counted_by_language_and_shown_but_what_an_editor_decided_on_stays(settings: Settings) -> None:
    db = connect(settings.database)
    decided = decide_on_some(db)
    kept = of_clusters(db, decided)
    languages = "select language, count(*) from stories where cluster not in (select cluster from last_decisions"
    others = dict(rows(db, f"{languages} where verb <> 'reopen') group by 1"))
    another_model(settings, bias=-20.0)
    report = reread(settings, apply=True)
    assert {language: counts["gone"] for language, counts in report.languages.items() if counts["gone"]} == others
    assert report.total["same"] == len(kept)
    assert of_clusters(db, decided) == kept
    assert {row[0] for row in rows(db) if row[-1] is None} == {row[0] for row in kept}
    lost = sorted((row for row in rows(db) if row[-1]), key=lambda row: -row[5])[:10]
    assert [example.score for example in report.gone] == [row[5] for row in lost]
    assert any(" ".join(row[4].split()).startswith(report.gone[0].opening) for row in lost)
    assert report.gone[0].url in {document.url for document in collected()}


def test_nothing_is_added_that_overlaps_what_an_editor_decided_on(settings: Settings) -> None:
    db = connect(settings.database)
    decided = decide_on_some(db)
    kept = of_clusters(db, decided)
    another_model(settings, bias=4.0)
    report = reread(settings, apply=True)
    assert report.total["new"]
    assert [row for row in of_clusters(db, decided) if row in kept] == kept
    live = rows(db, 'select document, place, start, "end" from stories where gone_at is null order by 1, 2, 3')
    for one, other in pairwise(live):
        assert one[:2] != other[:2] or one[3] <= other[2], "no story overlaps another"


def test_a_page_that_waits_to_be_read_is_left_to_the_reading(settings: Settings) -> None:
    documents.forget_readings(connect(settings.database))
    assert reread(settings, apply=True).languages == {}


def test_a_page_that_cannot_be_judged_stays_as_it_is_and_is_named(settings: Settings) -> None:
    db = connect(settings.database)
    page = rows(db, "select document from stories where language = 'da'")[0][0]
    long = "Vi spurgte damen i butikken, og hun hjalp os. " * 200_000
    db.conn.execute("update documents set text = ? where id = ?", (long, page))
    db.conn.execute("update pages set reading = null where id in (select id from documents where url like '%en.ex%')")
    before = rows(db, STORIES_OF, page)
    another_model(settings, bias=-20.0)
    done = goodturn("reread", "--apply", of=settings.model_copy(update={"page_seconds": 1.5}))
    assert done.returncode == 1
    assert f"not judged: {documents.load(db, page).url}: it took longer than 1.5 s" in done.stderr
    assert rows(db, STORIES_OF, page) == before
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["language", "same", "moved", "new", "gone"]
    assert lines[1][:4] == ["da", "0", "0", "0"]
    assert lines[2][0] == "gone"
    assert lines[-1] == ["written"]


def test_a_kill_at_any_moment_costs_nothing(settings: Settings) -> None:
    another_model(settings)
    db = connect(settings.database)
    before = rows(db)
    command = [sys.executable, "-m", "cli", "reread", "--apply"]
    running = subprocess.Popen(command, env=environment(settings), stdin=subprocess.DEVNULL, start_new_session=True)
    while rows(db) == before and running.poll() is None:
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "it was to be killed under way"
    reread(settings, apply=True)
    assert_found(db, settings)
