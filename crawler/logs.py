"""The log of a crawl: one line for each page, and what goes wrong. Scrapy's own account of its parts is left out."""

import logging

from scrapy.crawler import Crawler


class OnlyOurs:
    """An extension, the first to be made: what Scrapy tells after it is told from warnings on."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OnlyOurs":
        """Made by Scrapy."""
        if logging.getLevelName(crawler.settings["LOG_LEVEL"]) > logging.DEBUG:
            logging.getLogger("scrapy").setLevel(logging.WARNING)
        return cls()
