"""What reading needs, loaded as this module is: by the server that reading processes are forked from (jobs/pool.py).

Tables, language models and compiled expressions are loaded by the first page that is read, which takes 1.2 seconds with
the libraries. Here a made-up one is read, so that every process that is forked has all of it, and shares its memory.
"""

from datetime import UTC, datetime

from config import Settings
from jobs.read_page import read_page
from reading.page import Outcome, Page, PageKind
from stories.detect import Detector
from stories.weights import SHIPPED

ADDRESS = "https://blog.example.org/bear"
STORY = (
    "<article><h1>The lost bear</h1><p>We left my daughter's bear at the hotel. I called, and a kind woman at the desk "
    "found it, sent it to us the same evening with a card from the staff, and took no penny for it.</p></article>"
)


def read_one() -> bool:
    """Read the made-up page; whether it was readable."""
    page = Page(
        requested=ADDRESS,
        url=ADDRESS,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        headers={"content-type": "text/html; charset=utf-8"},
        body=STORY.encode(),
    )
    by = Detector(threshold=Settings.model_fields["threshold"].default, weights=SHIPPED)
    return bool(read_page((page, ()), by).stories)


IS_WARM = read_one()
