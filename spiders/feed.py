"""A blog by its feed: every entry's page is an article, on whatever host; further pages of a paged feed are looked at
as far as the source says `pages=`. A page that is no feed but names one says so in its outcome.
"""

from collections.abc import Iterator

from crawler.feeds import NotAFeedError, parse
from crawler.links import feed_of, tree_of
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from storage.frontier import Address


class FeedSpider(Spider):
    """RSS, Atom, RDF and JSON Feed, with conditional requests."""

    name = "feed"
    seed = PageKind.FEED

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The entries, then the next page of the feed."""
        try:
            feed = parse(page.body, page.url, page.headers.get("content-type", ""))
        except NotAFeedError as error:
            tree = tree_of(page)
            named = feed_of(tree, page.url) if tree is not None else None
            raise Unusable(
                f"{error}; the page names {named}: put that into feeds.txt" if named else str(error)
            ) from None
        for entry in feed.entries:
            yield Link(url=entry, kind=PageKind.ARTICLE)
        if feed.next:
            yield Link(url=feed.next, kind=PageKind.FEED)
