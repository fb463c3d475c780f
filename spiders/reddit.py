"""Reddit by the JSON that stands beside each of its lists, where its robots.txt allows that.

    https://www.reddit.com/r/SUB/new.json kind=reddit pages=2

Robots.txt is obeyed here as everywhere, and Reddit's has since 2024 forbidden all of it to whom it has no agreement
with: a source like this one ends as `forbidden`, without a further request. Nothing is done to get around that. The
spider is there for those who have Reddit's word, and for sites of the same software.

`/r/SUB/new.json`, `/r/SUB/search.json?q=...&restrict_sr=1` and the like list posts; each is fetched with the comments
that its page shows at first (`reading/topics/reddit.py`), and again when the list says that it has more. A post without
text and comments has nothing to read yet and is not asked for.
"""

from collections.abc import Iterator

from w3lib.url import add_or_replace_parameter

from crawler.addresses.urls import canonical
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from reading.topics.fields import at_home, fields, line, number, said, text
from reading.topics.reddit import things
from storage.frontier import Address


class RedditSpider(Spider):
    """A list of posts, or what a search found."""

    name = "reddit"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The threads of the posts, then the next page of the list."""
        answer = fields(said(page.body))
        if answer.get("kind") != "Listing":
            raise Unusable("this is no list of Reddit; write its address with .json, as https://HOST/r/SUB/new.json")
        for post in things(answer, "t3"):
            comments = number(post.get("num_comments")) or 0
            thread = at_home(page.url, post.get("permalink")).partition("?")[0].rstrip("/")
            url = canonical(f"{thread}.json") if "/comments/" in thread else None
            if url and (comments or text(post.get("selftext"))):
                yield Link(url=url, kind=PageKind.ARTICLE, comments=comments)
        after = line(fields(answer.get("data")).get("after"))
        following = canonical(add_or_replace_parameter(page.url, "after", after)) if after else None
        if following:
            yield Link(url=following, kind=PageKind.ARCHIVE)
