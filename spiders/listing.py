"""A blog without a feed: the articles that its archive pages list, as far back as the source says `pages=`.

How an article's link is told from a menu's, and the older page from the newer one: crawler/lists/links.py and
crawler/lists/older.py.
"""

from collections.abc import Iterator

from crawler.lists.links import article_links, tree_of
from crawler.lists.older import next_page
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from storage.frontier import Address


class ListingSpider(Spider):
    """An archive: a front page, a category, a tag, a search result, an index."""

    name = "listing"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The articles, then the next older page."""
        tree = tree_of(page)
        if tree is None:
            raise Unusable("this is no HTML page; an archive of links is needed")
        for url in article_links(tree, page.url):
            yield Link(url=url, kind=PageKind.ARTICLE)
        if older := next_page(tree, page.url):
            yield Link(url=older, kind=PageKind.ARCHIVE)
