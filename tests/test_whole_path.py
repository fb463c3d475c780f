"""From a source to an entry: a real crawl of the made-up web, a story, a decision, a feed parsed back."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import feedparser

import publish.serve
from jobs.collect import collect, environment
from jobs.read import forget_readings, read_unread
from reading.page import Outcome
from storage import pages
from storage.database import connect
from storage.decisions import decide
from storage.inbox import inbox, tellings
from storage.log import Verb
from storage.stories import everything
from tests.conftest import Collected

MOST = 1_000


def test_a_story_goes_from_a_blog_to_the_feed(collected: Collected, tmp_path: Path) -> None:
    settings = collected.settings.model_copy(update={"data": tmp_path, "feed_port": 0})
    shutil.copytree(collected.settings.data, tmp_path, dirs_exist_ok=True)
    db = connect(settings.database)
    best = inbox(db, limit=1)[0]
    decide(db, best.cluster, Verb.APPROVE, who="test", at=datetime.now(UTC))
    running = publish.serve.start(settings)
    try:
        with urllib.request.urlopen(running.address + "/feed.atom") as answer:
            feed = feedparser.parse(io.BytesIO(answer.read()))
    finally:
        running.stop()
    assert [entry.title for entry in feed.entries] == [best.title]
    assert best.url in [link.href for link in feed.entries[0].links]


def test_every_page_has_an_outcome_and_every_article_was_read(collected: Collected) -> None:
    db = connect(collected.settings.database)
    unread = db.execute("select count(*) from pages where kind = 'article' and body is not null and reading is null")
    assert unread.fetchone()[0] == 0
    assert collected.report.outcomes[Outcome.READ] >= 50
    assert set(collected.report.outcomes) <= {Outcome.READ, Outcome.EMPTY}


def test_most_of_the_stories_that_are_told_are_found(collected: Collected) -> None:
    rows = everything(connect(collected.settings.database))
    truth = collected.web.truth()
    pages = {t.url.split("#")[0] for t in truth}
    found = pages & {row.page_url for row in rows}
    assert len(found) >= 0.7 * len(pages)  # a floor that only rises


def test_copies_and_retellings_join_the_cluster_of_their_event(collected: Collected) -> None:
    db = connect(collected.settings.database)
    retold = [tellings(db, cluster.cluster) for cluster in inbox(db, limit=MOST) if cluster.tellings > 1]
    relations = {telling.relation for cluster in retold for telling in cluster}
    assert relations & {"copy", "near-copy"}
    assert "retelling" in relations
    assert any(len({telling.language for telling in cluster}) > 1 for cluster in retold), "across languages too"


def test_all_eight_languages_are_searched(collected: Collected) -> None:
    rows = everything(connect(collected.settings.database))
    assert {row.language for row in rows} >= {"en", "da", "no", "sv", "de", "nl", "fr", "es"}


def test_nothing_is_fetched_or_found_twice_by_a_second_run(collected: Collected, tmp_path: Path) -> None:
    settings = collected.settings.model_copy(update={"data": tmp_path})
    shutil.copytree(collected.settings.data, tmp_path, dirs_exist_ok=True)
    db = connect(settings.database)
    before = [db.table(name).count for name in ("pages", "documents", "stories", "clusters")]
    again = collect(settings, now=datetime.now(UTC), force=True)
    assert Outcome.STORED not in again
    forget_readings(settings)
    report = read_unread(settings)
    assert report.stories["new"] == report.stories["gone"] == 0
    assert [db.table(name).count for name in ("pages", "documents", "stories", "clusters")] == before


def test_a_reading_that_is_killed_goes_on_where_it_was(collected: Collected, tmp_path: Path) -> None:
    settings = collected.settings.model_copy(update={"data": tmp_path, "workers": 1})
    shutil.copytree(collected.settings.data, tmp_path, dirs_exist_ok=True)
    db = connect(settings.database)
    before = [tuple(row) for row in db.execute("select id, cluster, start, gone_at from stories order by id")]
    forget_readings(settings)
    command = [sys.executable, "-m", "cli", "read"]
    reading = subprocess.Popen(command, env=environment(settings), stdin=subprocess.DEVNULL, start_new_session=True)
    while len(pages.unread(db, MOST)) > 40:
        time.sleep(0.02)
    os.killpg(reading.pid, signal.SIGKILL)
    reading.wait()
    left = len(pages.unread(db, MOST))
    assert left > 0
    assert sum(read_unread(settings).outcomes.values()) == left
    assert [tuple(row) for row in db.execute("select id, cluster, start, gone_at from stories order by id")] == before
