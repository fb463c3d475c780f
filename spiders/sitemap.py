"""A site by its sitemap: the articles it lists, the newest first. An index leads to its newest sitemaps, as many as the
source says `pages=`. What counts as an article, and which sitemaps hold none: crawler/lists/sitemaps.py.
"""

from collections.abc import Iterator

from crawler.lists.sitemaps import NotASitemapError, parse
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from storage.frontier import Address


class SitemapSpider(Spider):
    """sitemap.xml, its indexes, news sitemaps and lists of addresses as plain text."""

    name = "sitemap"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The articles, or the sitemaps of an index."""
        try:
            found = parse(page.body, page.url, page.headers.get("content-type", ""))
        except NotASitemapError as error:
            raise Unusable(str(error)) from None
        for article in found.articles:
            yield Link(url=article.url, kind=PageKind.ARTICLE, changed_at=article.changed_at)
        for sitemap in found.sitemaps[: address.pages]:
            yield Link(url=sitemap.url, kind=PageKind.ARCHIVE, changed_at=sitemap.changed_at)
