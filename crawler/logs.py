"""The log of a crawl: one line for each page, and what goes wrong, in our shape (logs.py). Scrapy's own account of its
parts is left out.

Scrapy makes a handler only for a file that it is told to write (`--logfile`), and makes that anew as it begins; so it
is given our shape twice.
"""

import logging

from scrapy import signals
from scrapy.crawler import Crawler

import logs
from config import Settings, settings


def begin(of: Settings) -> None:
    """Let this process log as a crawl."""
    logs.begin("crawl", of.log_format, of.notify.split())


class OnlyOurs:
    """An extension, the first to be made: what Scrapy tells after it is told from warnings on."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OnlyOurs":
        """Made by Scrapy."""
        extension = cls()
        if crawler.settings["LOG_FILE"]:
            logs.end()
            extension.dress()
            crawler.signals.connect(extension.dress, signals.spider_opened)
        if logging.getLevelName(crawler.settings["LOG_LEVEL"]) > logging.DEBUG:
            logging.getLogger("scrapy").setLevel(logging.WARNING)
        return extension

    def dress(self) -> None:
        """Called by Scrapy as it begins."""
        logs.dress(logging.getLogger().handlers, settings().log_format, settings().notify.split())
