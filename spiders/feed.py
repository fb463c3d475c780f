"""A blog by its feed: every entry's page is an article, on whatever host; further pages of a paged feed are looked at
as far as the source says `pages=`. Where the source says `content=feed`, an entry that holds its text is kept as it
stands in the feed, without a request; its comments are then not seen. A page that is no feed but names one, or is a
sitemap, says so in its outcome.
"""

from collections.abc import Iterator
from functools import lru_cache

from crawler.lists import feeds
from crawler.lists.entries import Item
from crawler.lists.feeds import Feed, NotAFeedError
from crawler.lists.hints import Hints
from crawler.lists.links import feed_of, tree_of
from crawler.lists.sitemaps import is_sitemap
from crawler.spider import Spider, Unusable
from reading.entry import CONTENT_TYPE, full
from reading.page import Link, Outcome, Page, PageKind
from storage.frontier import Address

parse = lru_cache(maxsize=1)(feeds.parse)  # a feed is asked for its links, its whole entries and its hints in turn


class FeedSpider(Spider):
    """RSS, Atom, RDF and JSON Feed, with conditional requests."""

    name = "feed"
    seed = PageKind.FEED

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The entries whose page is to be fetched, then the next page of the feed."""
        feed = _parse(page)
        for item in feed.items:
            if not _is_whole(item, address):
                yield Link(url=item.url, kind=PageKind.ARTICLE, comments=item.comments, key=item.key)
        if feed.next:
            yield Link(url=feed.next, kind=PageKind.FEED)

    def inside(self, page: Page, address: Address) -> Iterator[Page]:
        """The entries that are kept as they stand in the feed."""
        for item in _parse(page).items:
            if _is_whole(item, address):
                yield Page(
                    requested=item.url,
                    url=item.url,
                    kind=PageKind.ARTICLE,
                    outcome=Outcome.STORED,
                    fetched_at=page.fetched_at,
                    source=page.source,
                    headers={"content-type": CONTENT_TYPE},
                    body=item.entry.to_body(),
                )

    def hints(self, page: Page, address: Address) -> Hints:
        """What the feed says of when to ask again."""
        return _parse(page).hints


def _is_whole(item: Item, address: Address) -> bool:
    return address.options.get("content") == "feed" and full(item.entry.html)


def _parse(page: Page) -> Feed:
    try:
        return parse(page.body, page.url, page.headers.get("content-type", ""))
    except NotAFeedError as error:
        if is_sitemap(page.body):
            raise Unusable("this is a sitemap: write kind=sitemap") from None
        tree = tree_of(page)
        named = feed_of(tree, page.url) if tree is not None else None
        raise Unusable(f"{error}; the page names {named}: put that into feeds.txt" if named else str(error)) from None
