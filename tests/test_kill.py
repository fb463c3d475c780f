"""A crawl that is killed at any moment and started again ends with every page exactly once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from config import Settings
from jobs.collect import collect, environment, sync
from storage import pages, sources
from storage.database import connect
from tests.crawls import put_article, put_listing, settings_in
from tests.web import Web

ARCHIVES, EACH = 12, 10
KILLS = 10
SEED = 20  # of the moments; any seed will do


def put_site(web: Web) -> tuple[set[str], set[str]]:
    """An archive of twelve pages with ten posts each; returns the paths of the pages and of the posts."""
    archives = [f"/archive/{number}" for number in range(ARCHIVES)]
    articles = [f"/post-{number}" for number in range(ARCHIVES * EACH)]
    for number, path in enumerate(archives):
        older = "".join(archives[number + 1 : number + 2])
        put_listing(web, path, articles[number * EACH : (number + 1) * EACH], older)
    for path in articles:
        put_article(web, path)
    return set(archives), set(articles)


def begin_crawl(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "scrapy", "crawl", "listing"]
    return subprocess.Popen(command, env=environment(settings), start_new_session=True, stderr=subprocess.DEVNULL)


def test_a_crawl_that_is_killed_at_ten_random_moments_ends_with_every_page_exactly_once(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with Web() as web:
        archives, articles = put_site(web)
        settings = settings_in(tmp_path, f"{web.url('/archive/0')} kind=listing pages={ARCHIVES}", concurrency=4)
        sync(settings)
        db = connect(settings.database)
        sources.claim(db, datetime.now(UTC))
        for _ in range(KILLS):
            process = begin_crawl(settings)
            web.wait_for(len(web.asked) + dice.randint(1, 12))
            time.sleep(dice.uniform(0, 0.01))
            os.killpg(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL, "the crawl was to be killed under way"
        collect(settings, now=datetime.now(UTC))

        stored = {web.url(path) for path in archives | articles}
        fetches = db.query("select p.requested from fetches f join pages p on p.id = f.page")
        assert Counter(row["requested"] for row in fetches) == Counter(stored)
        assert {row["requested"] for row in db.query("select * from pages where outcome = 'stored'")} == stored
        assert db.table("bodies").count == len(stored)
        assert len(pages.unread(db, 1000)) == len(articles)
        assert [row["state"] for row in db.query("select distinct state from frontier")] == ["done"]
        assert db.table("frontier").count == len(stored)
        links = [row["url"] for row in db.query("select url from links")]
        assert Counter(links) == Counter(stored - {web.url("/archive/0")})
        # at a kill as many as are asked for at once are on the wire, and as many may have come and not be kept yet
        again = len(web.paths()) - len(stored)
        assert again <= KILLS * 2 * settings.concurrency, "only what was under way is asked again"
