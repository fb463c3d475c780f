"""Real pages of some twenty engines, served on loopback and collected as a blog without a feed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.collect import collect
from jobs.read import read_unread
from reading.page import Outcome
from storage import pages
from storage.database import connect
from tests.crawls import put_listing, settings_in
from tests.web import Web

REAL = Path(__file__).parent.parent.parent / "shared" / "gold" / "html"


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real pages are third-party data and not shipped: no {REAL}")
def test_every_real_page_is_kept_and_read_to_an_outcome(tmp_path: Path) -> None:
    files = sorted(REAL.glob("*.html"))
    with Web() as web:
        put_listing(web, "/", [f"/posts/{file.stem}.html" for file in files])
        for file in files:
            web.put(f"/posts/{file.stem}.html", file.read_bytes(), content_type="text/html")
        settings = settings_in(tmp_path, f"{web.url('/')} kind=listing")
        collect(settings, now=datetime.now(UTC))
    report = read_unread(settings)
    db = connect(settings.database)
    kept = [pages.find(db, web.url(f"/posts/{file.stem}.html")) for file in files]
    assert [page.outcome for page in kept if page] == [Outcome.STORED] * len(files)
    assert report.outcomes == {Outcome.READ: len(files)}
