"""Scrapy's item is a Page: what came over the wire, with its outcome. See reading/page.py."""

from reading.page import Link, Outcome, Page, PageKind

__all__ = ["Link", "Outcome", "Page", "PageKind"]
