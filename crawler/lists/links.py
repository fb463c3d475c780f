"""Which links of an archive page lead to articles. Pure.

An article's link is told by structure, not by site. Navigation, side columns, footers, forms and comment lists are
left out (by element, by ARIA role, and by the words in class and id, unless most posts are in it). Of what remains a
link may lead to an article when it stays on the site, does not say nofollow, is no tag, category, author, date,
login, feed or media address, and is not the archive itself or one of the folders above it. Then, in this order, the
first of these that finds any:

1. links that are marked as an article's: in a heading h1-h4 (or around one), rel=bookmark, itemprop=url, or in an
   element of a class like entry-title;
2. links inside an <article>, or an element of a class like post, entry or hentry, the first one of each;
3. the largest group of links that stand in the same way in the page (the same path of elements and classes), as in an
   index that is a plain list; the group with most text where two are as large.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.addresses.urls import canonical, host_of
from reading.charset import decode
from reading.page import Page
from reading.parse import parse

ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|widgets?|footer|colophon|breadcrumbs?|pagination|pager|"
    r"comments?|comment-list|related|share|sharing|social|tags|tagcloud|cookie|newsletter|author-box|recent-posts)(?=$|[\s_-])",
    re.IGNORECASE,
)
ASIDE_TAGS = {"nav", "aside", "footer", "form", "script", "style", "noscript", "template", "svg"}
ASIDE_ROLES = {"navigation", "complementary", "contentinfo", "search", "banner"}
PAGE_TAGS = {"html", "body", "main", "article"}  # their classes speak of the whole page: "has-sidebar"
POST = re.compile(r"(?:^|\s)(?:h?entry|post|type-post|blog-?post|article|story|card)(?=$|\s)", re.IGNORECASE)
TITLE = re.compile(
    r"(?:entry|post|article|story|card|item)[-_]?(?:title|headline|heading)|(?:^|\s)headline(?=$|\s)", re.I
)
NO_ARTICLE = re.compile(
    r"/(?:tags?|categor(?:y|ies|ia|ias|ie)|kategori(?:e|er)?|etiquetas?|schlagwort|label|authors?|forfatter|auteur|autor|"
    r"users?|wp-admin|wp-content|wp-json|feeds?|search|cart|checkout|account)/|"  # folders that hold no articles
    r"/(?:log-?in|sign-?in|register|sign-?up|wp-login\.php|feeds?|rss|atom|search|about(?:-us)?|contact(?:-us)?|kontakt|"
    r"privacy(?:-policy)?|impressum|imprint|datenschutz|terms|cookies?|subscribe|newsletter|archives?)/?$|"  # pages
    r"/(?:page|seite|side|sida|pagina)/?\d+/?$|(?:^|/)\d{4}(?:/\d{1,2}){0,2}/?$|"  # further pages, months and days
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|pptx?|zip|gz|mp[34]|avi|mov|css|js|xml|rss|atom|json|ics)$",
    re.IGNORECASE,
)
NO_ARTICLE_RELS = {"tag", "category", "author", "nofollow"}
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
LEAST_GROUP = 2  # links that stand alike: two make a list


def tree_of(page: Page) -> HtmlElement | None:
    """A page as a tree; None where there is none in it."""
    tree = parse(decode(page.body, page.headers))
    return tree if isinstance(tree, HtmlElement) else None


def base_of(tree: HtmlElement, url: str) -> str:
    """What the links of a page are relative to."""
    named = tree.xpath("string(//base/@href)")
    return (canonical(named, url) if named else None) or url


def article_links(tree: HtmlElement, url: str) -> list[str]:
    """The canonical addresses of the articles that the archive page at `url` lists, in its order."""
    base = base_of(tree, url)
    found = [(a, target) for a in _main_links(tree) if (target := _article(a, base, url))]
    marked = [target for a, target in found if _is_marked(a)]
    return list(dict.fromkeys(marked or _first_of_each_post(found) or _largest_group(found)))


def feed_of(tree: HtmlElement, url: str) -> str | None:
    """The feed that an HTML page names."""
    for link in tree.xpath("//link[@rel='alternate'][@href]"):
        if link.get("type") in FEED_TYPES:
            return canonical(link.get("href"), base_of(tree, url))
    return None


def _main_links(element: HtmlElement, posts: int | None = None) -> Iterator[HtmlElement]:
    """The links of the page in order, without those that stand beside its content. `posts`: how many the page has."""
    if posts is None:
        posts = _count_posts(element)
    for child in element:
        if isinstance(child.tag, str) and not _is_aside(child, posts):
            if child.tag == "a" and child.get("href"):
                yield child
            yield from _main_links(child, posts)


def _is_aside(element: HtmlElement, posts: int) -> bool:
    if element.tag in ASIDE_TAGS or element.get("role") in ASIDE_ROLES:
        return True
    if element.tag in PAGE_TAGS or _is_post(element):
        return False
    if ASIDE.search(element.get("class") or "") or ASIDE.search(element.get("id") or ""):
        return 2 * _count_posts(element) <= posts  # with most posts in it, it is the content: "widget Blog"
    return False


def _count_posts(element: HtmlElement) -> int:
    return sum(_is_post(e) for e in element.iter() if isinstance(e.tag, str))


def _is_post(element: HtmlElement) -> bool:
    return element.tag == "article" or bool(POST.search(element.get("class") or ""))


def _article(a: HtmlElement, base: str, url: str) -> str | None:
    """The link's canonical address, if it may be an article's."""
    target = canonical(a.get("href"), base)
    if target is None or host_of(target) != host_of(url):
        return None
    path, here, query = urlsplit(target).path, urlsplit(url).path, urlsplit(target).query
    if NO_ARTICLE_RELS.intersection((a.get("rel") or "").split()):
        return None
    if not query and (path == "/" or here.startswith(path.rstrip("/") + "/") or path == here):
        return None
    return None if NO_ARTICLE.search(path) or target == canonical(url) else target


def _is_marked(a: HtmlElement) -> bool:
    if "bookmark" in (a.get("rel") or "").split() or a.get("itemprop") == "url":
        return True
    near = [a, *list(a.iterancestors())[:3], *a.iter("h1", "h2", "h3", "h4")]
    return any(e.tag in ("h1", "h2", "h3", "h4") or TITLE.search(e.get("class") or "") for e in near)


def _first_of_each_post(found: Iterable[tuple[HtmlElement, str]]) -> list[str]:
    first: dict[HtmlElement, str] = {}
    for a, target in found:
        post = next((e for e in a.iterancestors() if _is_post(e)), None)
        if post is not None:
            first.setdefault(post, target)
    return list(first.values())


def _largest_group(found: Iterable[tuple[HtmlElement, str]]) -> list[str]:
    groups: dict[tuple[tuple[str, str], ...], dict[str, int]] = defaultdict(dict)
    for a, target in found:
        place = tuple((str(e.tag), e.get("class") or "") for e in [a, *a.iterancestors()])
        groups[place].setdefault(target, len(a.text_content().strip()))
    best = max(groups.values(), key=lambda group: (len(group), sum(group.values())), default={})
    return list(best) if len(best) >= LEAST_GROUP else []
