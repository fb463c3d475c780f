"""Bare Scrapy, to measure against: its defaults, the addresses given, an empty callback.

    python -m bench.bare_scrapy REQUESTS.json      # a list of [address, headers]

Two settings differ, which open ports and cost nothing: no telnet and no remote control.
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    """Asks for every address and does nothing with the answer."""

    name = "bare"
    requests = ""
    handle_httpstatus_list = (304,)

    async def start(self) -> AsyncIterator[Any]:
        """All addresses, in order."""
        for address, headers in json.loads(Path(self.requests).read_text("utf-8")):
            yield scrapy.Request(address, headers=headers, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Nothing."""


if __name__ == "__main__":
    process = CrawlerProcess({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
    process.crawl(Bare, requests=sys.argv[1])
    process.start()
