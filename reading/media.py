"""The pictures and videos of a post, by address: nothing is fetched. Pure.

`shown` collects what a page shows, before the post is read (which takes players and comments out of the tree);
`of_post` keeps what stands in the post's own element. That is the smallest element with four fifths of the post's
lines, and the `<article>` or the like around it, since the first picture often stands above the text. Where the text
cannot be found in the tree, or the post shows no picture (no video), the one that the page declares counts (og:image,
og:video).

A picture is the largest of those offered for its place (srcset, then what scripts load later, then src). It is none by
a side of 64 pixels or fewer; by a name of its own or of a box around it that says icon, avatar, emoji, share, related
and the like; by an address of themes, counters, emoji or advertisement; or as an SVG, which is drawn, not photographed.
A video is a player, an own file, or a link to a place of videos alone in its paragraph; its address is that of the
page on which one watches it (`videos.py`).

Addresses are absolute, http or https, without fragment and password; each picture counts once, in whatever sizes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from urllib.parse import urljoin, urlsplit

from lxml import etree
from w3lib.url import safe_url_string

from reading.document import Medium, MediumKind
from reading.prose import line, tags
from reading.videos import is_file, watched

MOST = 20  # media of a page
MOST_SHOWN = 300  # looked at; a page with more is a gallery
LONGEST_ALT, LONGEST_URL = 200, 2_000  # characters
SMALLEST = 65  # pixels of a picture's side; smaller are icons, faces, counters
SURE = 0.8  # of the post's lines are in its element
TELLING = 20  # characters from which a line's beginning tells it
MOST_LINES = 60  # of the post are looked for
NAMES_KEPT = 4_096  # classes and ids of boxes, which repeat in a page and in a site; some 500 KB
MOST_BOXES = 40  # around a medium whose names are looked at

_PLAYERS = (
    "iframe",
    "embed",
    "video",
    "lite-youtube",
    "lite-vimeo",
    "amp-youtube",
    "amp-vimeo",
    "blockquote",
    "object",
)
_LATER = (
    *("data-orig-file", "data-large-file", "data-full-url", "data-lazy-src", "data-src", "data-original"),
    *("data-lazy", "data-image", "data-original-src"),
)
_PLAYED = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-href", "cite", "data")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_LINES, _OTHER_LINES = ("p", "h2", "h3", "blockquote"), ("li", "td", "dd", "div", "span", "font")
_OUTER = re.compile(r"(?:^|\s)(?:h-?entry|post|blog-?post|entry|single-post|post-outer|type-post)(?:\s|$)", re.I)
_NOT_IN = tags("nav aside footer form button select template dialog")
_NO_POST = re.compile(
    r"(?:^|[\s_-])(?:related|recommend\w*|shar(?:e|ing|edaddy)\w*|social\w*|avatar|gravatar|author(?!ed)|byline|bio|sidebar"
    r"|widget(?!-?content)|advert\w*|ads?|adsbygoogle|sponsor\w*|promo\w*|newsletter|subscribe|comments?|emoji|smiley|smilies"
    r"|wp-smiley|icons?|logo|pagination|breadcrumbs?|teaser|popular|jp-relatedposts|outbrain|taboola|badge|sprite|spacer"
    r"|pixel|tracking|profile|userpic|placeholder)(?=$|[\s_-])",
    re.I,
)
_NO_PICTURE = re.compile(
    r"/wp-content/(?:themes|plugins)/|/wp-includes/|/emojis?/|/smil(?:ey|ies)/|gravatar\.com/|/avatars?/"
    r"|doubleclick\.net/|amazon-adsystem\.com/|pixel\.wp\.com/|stats\.wordpress\.com/|google-analytics\.com/"
    r"|facebook\.com/tr\b|feeds\.feedburner\.com/~|/~ff/|/b\.gif|assoc-amazon\.|vgwort\.de/|/adserver|/banners?/"
    r"|(?:^|[/_-])(?:spacer|blank|pixel|1x1|clear|transparent|sprite|icons?|logo|favicon|avatar|placeholder|loading|spinner)"
    r"(?:[._-][\w-]*)?\.(?:gif|png|jpe?g|webp)|\.svg(?:$|\?)|\.ico(?:$|\?)",
    re.I,
)
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{3,4}$)|/s\d{2,4}(?:-\w+)?(?=/[^/]+$)|/w\d+-h\d+(?:-\w+)*(?=/[^/]+$)")
_SIZE_QUERY = re.compile(
    r"(?:^|&)(?:w|h|width|height|resize|fit|crop|quality|q|ssl|fm|auto|dpr|format|strip|zoom)=[^&]*"
)
_NEXT_OFFER = re.compile(r"(?<=\d[wx]),|,\s+")
_WIDTH = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)[wx]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An element that may show something, and the one that it stands in."""

    element: etree._Element
    box: etree._Element


def shown(tree: etree._Element) -> list[Shown]:
    """What a page may show, in its order."""
    elements = (_alone(one) if one.tag == "p" else one for one in tree.iter("img", "p", *_PLAYERS))
    found = islice((one for one in elements if one is not None), MOST_SHOWN)
    return [Shown(element=element, box=box) for element in found if (box := _box(element)) is not None]


def _alone(paragraph: etree._Element) -> etree._Element | None:
    """The link that is all of a paragraph, and may lead to a video."""
    link = paragraph[0] if len(paragraph) == 1 else None
    return link if link is not None and link.tag == "a" and link.get("href", "").startswith("http") else None


def of_post(
    seen: Sequence[Shown],
    tree: etree._Element,
    text: str,
    url: str,
    metas: Mapping[str, str],
    *,
    elements: Iterable[etree._Element] = (),
) -> tuple[Medium, ...]:
    """The media of the post with this text, or of the post that is known to stand in `elements`."""
    roots = list(elements) or [one for one in [_own(tree, text)] if one is not None] if seen else []
    own = [one.element for one in seen if any(_belongs(one.box, root) for root in roots)]
    base = _base(tree, url) if own else url
    kept = [medium for element in own if (medium := _medium(element, base))]
    kinds = {medium.kind for medium in kept}
    return distinct([*kept, *(medium for medium in _declared(metas, url) if medium.kind not in kinds)])


def distinct(media: Iterable[Medium]) -> tuple[Medium, ...]:
    """Each medium once, at most MOST."""
    return tuple({_key(medium.url): medium for medium in reversed(list(media))}.values())[::-1][:MOST]


def address(said: str | None, base: str) -> str | None:
    """An absolute address that a browser may open, or None."""
    if not said or not said.strip(" /") or len(said) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(safe_url_string(urljoin(base, said.strip())))
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
    except (ValueError, UnicodeError):
        return None
    whole = parts._replace(fragment="", netloc=parts.netloc.lower(), path=parts.path or "/").geturl()
    return whole if len(whole) <= LONGEST_URL else None


def medium_of(said: str | None, base: str, alt: str | None = None) -> Medium | None:
    """The picture or video at an address that is known to be one of the two."""
    url = address(said, base)
    if url is None:
        return None
    page = watched(url) or (url if is_file(url) else None)
    if page:
        return Medium(kind=MediumKind.VIDEO, url=page, alt=_short(alt))
    return None if _NO_PICTURE.search(url) else Medium(kind=MediumKind.PICTURE, url=url, alt=_short(alt))


def _medium(element: etree._Element, base: str) -> Medium | None:
    if element.tag == "img":
        return None if _is_small(element) else medium_of(_source(element), base, element.get("alt"))
    if element.tag == "a":
        return _linked(element, base)
    if identity := element.get("videoid") or element.get("data-videoid"):
        page = "https://vimeo.com/" if "vimeo" in str(element.tag) else "https://www.youtube.com/watch?v="
        said: list[str | None] = [page + identity]
    else:
        said = [element.get(name) for name in _PLAYED]
        said += [source.get("src") for source in element.iter("source")] if element.tag == "video" else []
    for url in filter(None, (address(one, base) for one in said)):
        page_of = watched(url) or (url if is_file(url) or element.tag == "video" else None)
        if page_of:
            return Medium(kind=MediumKind.VIDEO, url=page_of, alt=_short(element.get("title")))
    return None


def _linked(link: etree._Element, base: str) -> Medium | None:
    """A link to a video that is all of its paragraph."""
    href = link.get("href") or ""
    if (box := link.getparent()) is None or len(box) != 1:
        return None
    url = address(href, base)
    if (box.text or "").strip() or (link.tail or "").strip() or url is None or (page := watched(url)) is None:
        return None
    said = line(link)
    return Medium(kind=MediumKind.VIDEO, url=page, alt="" if "://" in said else _short(said))


def _source(image: etree._Element) -> str | None:
    """The largest picture that is offered for a place."""
    offers = [image.get(name) or "" for name in _SETS]
    said = [image.get(name) for name in (*_LATER, "src")]
    outer = next(image.iterancestors("picture"), None)
    if outer is not None:
        offers += [source.get(name) or "" for source in outer.iter("source") for name in _SETS]
    largest = max((found for offer in offers for found in _offered(offer)), default=(0.0, None), key=itemgetter(0))[1]
    return next((url for url in (largest, *said) if url and not url.strip().lower().startswith("data:")), None)


def _offered(offer: str) -> Iterator[tuple[float, str]]:
    """The width or density, and the address, of each picture in a srcset."""
    for url, *sizes in filter(None, map(str.split, _NEXT_OFFER.split(offer))):
        width = _WIDTH.match(sizes[0]) if sizes else None
        yield float(width[1]) if width else 0.0, url


def _is_small(image: etree._Element) -> bool:
    sides = [(image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    return any(side.isdecimal() and int(side[:6]) < SMALLEST for side in sides)


def _box(element: etree._Element) -> etree._Element | None:
    """The element that something stands in, outside of what is taken out later; None where that is not the post's."""
    box = element.getparent()
    while box is not None and box.tag in ("noscript", "picture", "source", "video", "object", "a"):
        box = box.getparent()
    return None if _is_no_post(_named(element)) else box


def _belongs(box: etree._Element, root: etree._Element) -> bool:
    """Whether a box stands in the post's element, and not in a part of it that is something else."""
    if box is root:
        return True
    for outer in islice([box, *box.iterancestors()], MOST_BOXES):
        if outer is root:
            return True
        if outer.tag in _NOT_IN or _is_no_post(_named(outer)):
            return False
    return False


@lru_cache(NAMES_KEPT)
def _is_no_post(names: str) -> bool:
    return bool(_NO_POST.search(names))


def _named(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _own(tree: etree._Element, text: str) -> etree._Element | None:
    """The post's own element: where its lines stand."""
    begins = {said[:TELLING] for said in text.split("\n") if len(said) >= TELLING}
    found = (list(islice(_holding(tree, begins, names), MOST_LINES)) for names in (_LINES, _OTHER_LINES))
    lines = next(filter(None, found), [])
    around = Counter[etree._Element]()
    for box, count in Counter(one.getparent() for one in lines).items():
        around.update(dict.fromkeys((box, *box.iterancestors()), count) if box is not None else {})
    boxes = lines[0].iterancestors() if lines else ()
    own = next((box for box in boxes if around[box] >= SURE * len(lines)), None)
    if own is None or own.tag in ("body", "html", "article"):
        return own
    outer = (box for box in own.iterancestors() if box.tag == "article" or _OUTER.search(_named(box)))
    return next((box for box in outer if box.tag not in ("body", "html")), own)


def _holding(tree: etree._Element, begins: set[str], names: Sequence[str]) -> Iterator[etree._Element]:
    for element in tree.iter(*names):
        if (
            (said := element.text)
            and len(said) >= TELLING
            and " ".join(said[: 4 * TELLING].split())[:TELLING] in begins
        ):
            yield element


def _declared(metas: Mapping[str, str], url: str) -> Iterator[Medium]:
    """The picture and the video that a page declares as its own."""
    for names, kind in ((_PICTURE_METAS, MediumKind.PICTURE), (_VIDEO_METAS, MediumKind.VIDEO)):
        found = (medium_of(metas.get(name), url, metas.get("og:image:alt")) for name in names)
        yield from islice((medium for medium in found if medium and medium.kind is kind), 1)


_PICTURE_METAS = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
_VIDEO_METAS = ("og:video:url", "og:video", "og:video:secure_url", "twitter:player")


def _base(tree: etree._Element, url: str) -> str:
    said = next((base.get("href") for base in tree.iter("base")), None)
    return address(said, url) or url if said else url


def _key(url: str) -> str:
    """What all sizes of a picture have in common."""
    parts = urlsplit(url)
    return f"{parts.netloc}{_SIZE.sub('', parts.path)}?{_SIZE_QUERY.sub('', parts.query)}"


def _short(alt: str | None) -> str:
    return " ".join((alt or "").split())[:LONGEST_ALT]
