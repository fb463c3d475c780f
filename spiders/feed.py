"""A blog by its feed: every entry's page is an article, on whatever host; further pages of a paged feed are looked at
as far as the source says `pages=`. Where the source says `content=feed`, an entry that holds its text is kept as it
stands in the feed, without a request; its comments are then not seen. A page that is no feed but names one says so in
its outcome.
"""

from collections.abc import Iterator

from crawler.feeds import Entry, Feed, NotAFeedError, document, parse
from crawler.links import feed_of, tree_of
from crawler.spider import Spider, Unusable
from reading.page import Link, Outcome, Page, PageKind
from storage.frontier import Address


class FeedSpider(Spider):
    """RSS, Atom, RDF and JSON Feed, with conditional requests."""

    name = "feed"
    seed = PageKind.FEED

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The entries whose page is to be fetched, then the next page of the feed."""
        feed = _parse(page)
        for entry in feed.entries:
            if not _is_whole(entry, address):
                yield Link(url=entry.url, kind=PageKind.ARTICLE)
        if feed.next:
            yield Link(url=feed.next, kind=PageKind.FEED)

    def inside(self, page: Page, address: Address) -> Iterator[Page]:
        """The entries that are kept as they stand in the feed."""
        for entry in _parse(page).entries if address.options.get("content") == "feed" else ():
            if _is_whole(entry, address):
                yield Page(
                    requested=entry.url,
                    url=entry.url,
                    kind=PageKind.ARTICLE,
                    outcome=Outcome.STORED,
                    fetched_at=page.fetched_at,
                    source=page.source,
                    headers={"content-type": "text/html; charset=utf-8"},
                    body=document(entry),
                )


def _is_whole(entry: Entry, address: Address) -> bool:
    return address.options.get("content") == "feed" and entry.html is not None


def _parse(page: Page) -> Feed:
    try:
        return parse(page.body, page.url, page.headers.get("content-type", ""))
    except NotAFeedError as error:
        tree = tree_of(page)
        named = feed_of(tree, page.url) if tree is not None else None
        raise Unusable(f"{error}; the page names {named}: put that into feeds.txt" if named else str(error)) from None
