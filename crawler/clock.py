"""What time a crawl goes by: this machine's clock, or one ahead of it, so that days pass in a test in seconds."""

from datetime import datetime, timedelta
from functools import cache

from scrapy.crawler import Crawler

import present

AHEAD = "CLOCK_AHEAD"
"""A setting of Scrapy: seconds."""


def now(crawler: Crawler | None) -> datetime:
    """The present moment of a crawl, UTC; of this machine where there is none."""
    return present.now() + _ahead(crawler)


@cache
def _ahead(crawler: Crawler | None) -> timedelta:
    return timedelta(seconds=crawler.settings.getfloat(AHEAD) if crawler else 0.0)
