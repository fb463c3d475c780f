"""Which Creative Commons licence a page names for its own post: the address of its deed, or None. Pure.

A page names it in JSON-LD (`license` of the article, or of the page, site or blog), in a meta tag of rights, in a
`<link rel=license>`, or with a link or badge in its text. Such a link counts where it says that it is one
(`rel=license`, `u-license`, the properties `cc:license`, `dct:license`, `dc:rights`, `license`), where it bears a
badge, where it stands in a footer or a box that is called so (footer, colophon, copyright, license), or in a line that
says it of the page: "This post is licensed under ...", in one of eight languages. So prose that only speaks of licences
names none.

Whose it is, is told by its place. What stands in a comment, figure, caption, quotation, player or a box of pictures,
under a picture, in an object that describes a picture or a recording, or in an article whose heading leads to another
page is another's. So is a link before which its line speaks last of pictures, music, themes or maps ("Photo: Anna, CC
BY"), and not of text ("Text and photos"), and one in a line that keeps all rights. A site's licence in its footer
counts for its posts.

Of several the strictest counts; where the page's footer keeps all rights, none does. 40 links are looked at, and of
each only its line, 200 characters before and after it, and the boxes around it: the time grows with the page's length
and no faster.
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree

from reading.beside import line_of
from reading.declared import Declared, types
from reading.deeds import ALL_RIGHTS, deed, named, strictest
from reading.prose import tags

MOST_LINKS = 40  # looked at; a page with more lists pictures, or explains licences
LONGEST_NAMES = 300  # characters of a class or id that are looked at
NAMES_KEPT = 4_096  # classes and ids of boxes, which repeat in a page and in a site
MOST_FOOTERS, MOST_TEXTS, LONGEST_FOOTER = 10, 400, 4_000  # boxes, texts and characters that may keep all rights

_NAMING = etree.XPath("//*[@*[contains(., 'reativecommons.org/') or contains(., 'licensebuttons.net/')]]")
_HEADING = etree.XPath("(.//*[self::h1 or self::h2 or self::h3])[1]//a/@href")
_VALUES = ("href", "resource", "content", "src", "data-src")
_OF_THE_SITE = tags("WebPage WebSite Blog AboutPage ItemPage ProfilePage CollectionPage")
_DECLARES = tags(
    "license licence cc:license dct:license dcterms:license dc:license dc:rights dcterms:rights xhtml:license"
)
_RIGHTS = tags("license licence rights copyright dc.rights dc.license dcterms.license dcterms.rights cc.license")
_NOT_IN = tags("figure figcaption blockquote q nav template picture video audio object iframe noscript select dialog")
_FRAME = tags("html body main article")  # whose classes speak of the whole page
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:captions?|figure|photos?|images?|pictures?|gallery|slideshow|carousel|flickr|instagram|youtube|vimeo"
    r"|video|audio|podcast|player|oembed|map|related|recommend\w*|teaser|quote|h-cite"
    r"|comments?|commentlist|respond|responses?|disqus\w*|reactions?|replies|discussion"
    r"|kommentar\w*|commentaires?|comentarios?|reacties"
    r"|(?:photo|image|media)-?credits?)(?=$|[\s_-])",
    re.I,
)
_FOOT = re.compile(
    r"(?:^|[\s_-])(?:footer|foot|colophon|copyright|copyleft|licen[cs]e|licensing|rights|legal|imprint|site-info)"
    r"(?=$|[\s_-])",
    re.I,
)
_ABOUT_MEDIA = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp3|mp4|ogg|webm)$", re.I)
_MEDIA_TYPES = re.compile(r"Image|Photo|Video|Audio|Music|Media|Comment|Software|Dataset|Map", re.I)


def licence(tree: etree._Element, url: str, said: Declared, inside: Set[etree._Element]) -> str | None:
    """The licence of the post. `said` is what the page declares, `inside` are the elements of its comments; it comes
    before the post is read, which takes elements out of the tree."""
    found = [*_declared(said, url), *_in_metas(tree), *_in_markup(tree, url, inside)]
    return strictest(found) if found and not _keeps_all(tree, inside) else None


def _declared(said: Declared, url: str) -> Iterator[str]:
    """In JSON-LD: of the post, unless that has another address, and of the page and site that it stands on."""
    about = said.post().get("url")
    own = () if isinstance(about, str) and _leads_away(about, url) else (said.post(),)
    for node in (*own, *(node for node in said.nodes if _OF_THE_SITE.intersection(types(node)))):
        yield from _texts(node.get("license"))


def _texts(value: object) -> Iterator[str]:
    for one in value[:MOST_LINKS] if isinstance(value, list) else [value]:
        address = (one.get("@id") or one.get("url")) if isinstance(one, dict) else one
        if isinstance(address, str) and (found := deed(address) or named(address)):
            yield found


def _in_metas(tree: etree._Element) -> Iterator[str]:
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower().replace(":", ".")
        if name in _RIGHTS and (found := named(meta.get("content") or "")):
            yield found


def _in_markup(tree: etree._Element, url: str, inside: Set[etree._Element]) -> Iterator[str]:
    """In links, badges and RDFa."""
    elements: Iterable[etree._Element] = _NAMING(tree)  # type: ignore[assignment]  # the path finds elements
    for element in islice((one for one in elements if one.tag != "meta"), MOST_LINKS):
        found = next((it for key in _VALUES if (it := deed(element.get(key) or ""))), None)
        if found and not _is_others(element, url, inside) and _is_meant(element):
            yield found


def _is_others(element: etree._Element, url: str, inside: Set[etree._Element]) -> bool:
    """Whether a link stands where others' works are described."""
    for node in (element, *element.iterancestors()):
        if node in inside or node.tag in _NOT_IN or _MEDIA_TYPES.search(node.get("itemtype") or ""):
            return True
        if node.tag not in _FRAME and _is_called(_called(node), _OTHERS):
            return True
        if (about := node.get("about")) and _is_elsewhere(about, url):
            return True
        if node.tag == "article" and _leads_away(_heads_to(node) or url, url):
            return True
    return False


def _heads_to(article: etree._Element) -> str | None:
    """Where the heading of an article leads."""
    found: Sequence[str] = _HEADING(article)  # type: ignore[assignment]  # the path finds texts
    return found[0] if found else None


def _leads_away(address: str, url: str) -> bool:
    """Whether an address is that of another page; http, https, `www.` and a slash at the end tell none apart."""
    try:
        there, here = (urlsplit(urljoin(url, one)) for one in (address, url))
    except ValueError:  # `http://[`
        return True
    return _bare(there) != _bare(here)


def _bare(parts: SplitResult) -> str:
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _is_elsewhere(about: str, url: str) -> bool:
    """Whether RDFa speaks of something that is neither this page nor its site."""
    try:
        there, here = urlsplit(urljoin(url, about)), urlsplit(url)
    except ValueError:  # `http://[`
        return True
    return there.netloc != here.netloc or bool(_ABOUT_MEDIA.search(there.path))


def _is_meant(element: etree._Element) -> bool:
    """Whether a link names a licence, and for words."""
    if element.tag == "link":
        return _declares(element)
    line = line_of(element)
    if line.is_of_media or ALL_RIGHTS.search(line.text):
        return False
    return _declares(element) or _has_badge(element) or _is_at_foot(element) or line.states


def _declares(element: etree._Element) -> bool:
    marks = " ".join(element.get(key) or "" for key in ("rel", "property", "itemprop")).lower().split()
    of_class = "u-license" in (element.get("class") or "").split()
    return of_class or not _DECLARES.isdisjoint(mark.rsplit("/", 1)[-1] for mark in marks)


def _has_badge(element: etree._Element) -> bool:
    return any(deed(image.get("src") or image.get("data-src") or "") for image in islice(element.iter("img"), 3))


def _is_at_foot(element: etree._Element) -> bool:
    return any(map(_is_foot, (element, *element.iterancestors())))


def _is_foot(node: etree._Element) -> bool:
    return node.tag == "footer" or (node.tag not in _FRAME and _is_called(_called(node), _FOOT))


def _called(node: etree._Element) -> str:
    return f"{(node.get('class') or '')[:LONGEST_NAMES]} {(node.get('id') or '')[:LONGEST_NAMES]}"


@lru_cache(NAMES_KEPT)
def _is_called(called: str, by: re.Pattern[str]) -> bool:
    return by.search(called) is not None


def _keeps_all(tree: etree._Element, inside: Set[etree._Element]) -> bool:
    """Whether a footer of the page keeps all rights."""
    boxes = (one for one in tree.iter("footer", "div", "section", "p") if _is_foot(one))
    own = (box for box in boxes if inside.isdisjoint((box, *box.iterancestors())))
    texts = ("".join(map(str, islice(box.itertext(), MOST_TEXTS))) for box in islice(own, MOST_FOOTERS))
    return any(ALL_RIGHTS.search(text[:LONGEST_FOOTER]) for text in texts)
