"""An entry of a feed as a page: for sources whose feeds hold the whole text, so that no further request is made.

The crawler keeps an entry as the body of a page of its own content type, JSON with the fields below; `read_entry` makes
a Document of it as of any page, without looking for the post: all of it is the post. Its language is the text's, with
the feed's as the hint; its licence the stricter of what the feed and the text name. What a feed adds for its readers
(the line that says where the post appeared first) falls away.

`full` judges whether an entry holds the whole text or only a teaser. A teaser ends as one: in [...] or an ellipsis of
its own, or in a last link that says "read more" in one of eight languages; or it is plain text without a paragraph and
of fewer than 120 words, which is what engines make of a post by themselves (WordPress 55 words, Blogger 400
characters). The rest is whole, however short: a site that says more elsewhere says so.
"""

import datetime
import html as html_entities
import json
import re
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from lxml import etree

from reading.declared import Declared
from reading.deeds import strictest
from reading.document import Document, Unreadable
from reading.language import language
from reading.licence import licence
from reading.media import distinct, medium_of, of_post, shown
from reading.page import Outcome, Page
from reading.parse import parse
from reading.prose import line, prose

CONTENT_TYPE = "application/vnd.goodturn.entry+json"

_FEWEST_WORDS = 120  # of a text without any paragraph
_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|h[1-6]|blockquote|table|section|article)\b", re.I)
_CUT = re.compile(r"(?:\[\s*(?:…|\.{2,3}|&hellip;|&#8230;)\s*\]|…|(?<!\.)\.{3})[\s\"'»›→>]*$")
_MORE = re.compile(
    r"^\W*(?:continue reading|keep reading|read (?:the )?(?:more|rest|full|on)|(?:weiter|mehr) ?lesen"
    r"|les (?:mer|mere|videre|hele)|lees (?:meer|verder)|fortsätt läsa|fortsett å lese|fortsæt|den ganzen"
    r"|læs (?:mere|videre|resten|hele)|läs (?:mer|vidare|hela|resten)"
    r"|verder lezen|lire (?:la suite|plus)|continuer la lecture|en savoir plus|leer más|seguir leyendo|sigue leyendo"
    r"|continuar leyendo|more)\b",
    re.I,
)
_BESIDE_LINKS = 60  # characters in the closing line beside its links: "The post ... appeared first on ..."
_CLOSING_LINKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed holds of one post. `comments_url`: the feed of its comments, where it is said to have some;
    `enclosures`: the addresses of the pictures and videos that come with it; `licence`: the one that the feed names
    for it, or for all its entries (reading/deeds.py)."""

    link: str
    title: str | None
    author: str | None
    published: datetime.date | None
    html: str
    language: str | None = None
    comments_url: str | None = None
    enclosures: tuple[str, ...] = ()
    licence: str | None = None

    def to_body(self) -> bytes:
        """The entry as a page's body."""
        said = asdict(self) | {"published": self.published.isoformat() if self.published else None}
        for later in ("enclosures", "licence"):
            if not said[later]:
                del said[later]  # so that a body is the same as before there were any
        return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")

    @classmethod
    def from_body(cls, body: bytes) -> "Entry":
        """The entry that `to_body` wrote. Raises ValueError if it is none."""
        try:
            said = json.loads(body)
            day = said["published"]
            published = datetime.date.fromisoformat(day) if day else None
            return cls(**(said | {"published": published, "enclosures": tuple(map(str, said.get("enclosures", ())))}))
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError(f"this body is no entry: {error!r}") from error


def read_entry(page: Page) -> Document | Unreadable:
    """The entry as text, or why there is none."""
    try:
        entry = Entry.from_body(page.body)
    except ValueError as error:
        return Unreadable(outcome=Outcome.BROKEN, reason=str(error)[:200])
    tree = parse(entry.html)
    if isinstance(tree, Unreadable):
        return tree
    seen = of_post(shown(tree), tree, "", entry.link, {}, elements=[tree])
    words = prose(tree, skip=_closing(tree, entry.link))
    if not words.text:
        return Unreadable(outcome=Outcome.EMPTY, reason="the entry holds no text")
    return Document(
        url=entry.link,
        text=words.text,
        title=_plain(entry.title),
        author=_plain(entry.author),
        date=entry.published,
        language=language(words.text, hint=entry.language),
        headings=words.headings,
        media=distinct([*seen, *filter(None, (medium_of(url, entry.link) for url in entry.enclosures))]),
        licence=strictest(filter(None, (entry.licence, licence(tree, entry.link, Declared(metas={}), set())))),
    )


def full(html: str) -> bool:
    """Whether the entry holds the whole text, not only a teaser."""
    tree = parse(html)
    if isinstance(tree, Unreadable):
        return False
    closing = _closing(tree, None)
    text = prose(tree, skip=closing).text
    if not text or _CUT.search(text):
        return False
    if any(_MORE.match(line(link)) for link in _last_links(tree, text, closing)):
        return False
    return bool(_BLOCK.search(html)) or len(text.split()) >= _FEWEST_WORDS


def _last_links(tree: etree._Element, text: str, closing: list[etree._Element]) -> list[etree._Element]:
    """The link that the text ends with, if it does."""
    links = [link for link in tree.iter("a") if not any(box in closing for box in link.iterancestors())]
    said = line(links[-1]) if links else ""
    return links[-1:] if said and text.rstrip(" .→»›…").endswith(said.rstrip(" .→»›…")) else []


def _closing(tree: etree._Element, link: str | None) -> list[etree._Element]:
    """The closing line that leads to the post and to its site, and says little else."""
    paragraphs = [one for one in tree.iter("p") if line(one)]
    last = paragraphs[-1] if len(paragraphs) > 1 else None
    if last is None or (links := list(last.iter("a"))) == [] or len(links) != _CLOSING_LINKS:
        return []
    if len(line(last)) - sum(len(line(one)) for one in links) > _BESIDE_LINKS:
        return []
    post, site = (_address(one.get("href")) for one in links)
    return [last] if post[0] == site[0] and not site[1] and (link is None or post == _address(link)) else []


def _address(href: str | None) -> tuple[str, str]:
    """Host and path, the last slash of no account."""
    try:
        parts = urlsplit(href or "")
    except ValueError:
        return "", ""
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")


def _plain(text: str | None) -> str | None:
    """A title or a name without entities and white space; None for nothing."""
    return " ".join(html_entities.unescape(text or "").split()) or None
