"""The number in the address of a page of a thread, and the rest of that address, which all pages share.

`?cpage=3`, `/comment-page-3/`, `viewtopic.php?t=7&start=30`, `topic=7.30`, `/page-3`, `/title-3.html`: the table below
knows how engines write it. Two addresses are pages of the same thread where they are equal without it, without the
parameters that only say how a page is shown, and without a difference of `www.`, scheme or a last slash.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

_COMMENTS = (  # they say themselves that they number pages of comments
    (r"(?P<cut>/comment-page-(?P<n>\d+))", False),
    (r"(?P<cut>/comments/page/(?P<n>\d+))", False),
    (r"(?P<cut>[?&](?:cpage|comments?[_-]?page|komment\w*[_-]?(?:page|seite))=(?P<n>\d+))", False),
    (r"(?P<cut>[?&](?:debut_(?:forums?|comm[\w-]*)|comments?[_-]?(?:start|offset))=(?P<n>\d+))", True),
)
_PAGES = (  # True: they count comments, not pages
    (r"(?P<cut>[?&]st(?:art)?=(?P<n>\d+))", True),
    (r"(?P<cut>__st__(?P<n>\d+))", True),
    (r"(?<=topic)[=,]\d+(?P<cut>\.(?P<n>\d+))(?=$|[&;.#])", True),
    (r"(?:-t|/topic|/post)\d+(?P<cut>-(?P<n>\d+))(?=\.html)", True),
    (r"(?P<cut>[?&](?:page|pg|pagenumber|seite|side|sida|pagina)=(?:\d+(?:,|%2C))*(?P<n>\d+))", False),
    (r"(?<=item)\?id=\d+(?P<cut>&p=(?P<n>\d+))", False),
    (r"(?P<cut>/(?:page|seite|side|sida|pagina)[-/]?(?P<n>\d+))(?=/?(?:$|[?&]))", False),
    (r"(?P<cut>/p(?P<n>\d+))(?=$|[?])", False),
    (r"(?P<cut>-page-(?P<n>\d+))(?=\.html)", False),
    (r"/\d++-[^/?#]+(?P<cut>-(?P<n>\d+))(?=\.html)", False),
    (r"-\d+(?P<cut>-(?P<n>\d+))(?=\.html)", False),
)
_STYLES = tuple((re.compile(pattern, re.I), counts) for pattern, counts in (*_COMMENTS, *_PAGES))
_SHOWN_ONLY = frozenset(
    "sid s f phpsessid hl highlight view sort order mode styles style tab postdays postorder langid utm_source".split()  # noqa: SIM905
)
MAYBE = re.compile(rb"(?:p|st|seite|sid[ea]|comment|topic|_)\D{0,23}\d|-\d+\.html|debut_")
"""What every address with such a number has in it, in lower case: much quicker than the styles."""
_LONGEST = 500  # characters of an address worth looking at; threads have short ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An address with a number that tells one page of a thread from the others."""

    url: str
    style: int  # which of the styles it is written in
    start: int  # where the number stands
    end: int

    @property
    def number(self) -> int:
        return int(self.url[self.start : self.end])

    @property
    def counts_comments(self) -> bool:
        """Whether the number is that of a page's first comment."""
        return _STYLES[self.style][1]

    @property
    def of_comments(self) -> bool:
        """Whether the address itself says that it numbers pages of comments."""
        return self.style < len(_COMMENTS)

    def at(self, number: int) -> str:
        """The address of another page of the thread."""
        return f"{self.url[: self.start]}{number}{self.url[self.end :]}"


def numbered(url: str) -> Numbered | None:
    """The number in an address; the fragment is not looked at."""
    url = url.partition("#")[0]
    if len(url) > _LONGEST:
        return None
    for style, (pattern, _) in enumerate(_STYLES):
        if found := pattern.search(url):
            return Numbered(url=url, style=style, start=found.start("n"), end=found.end("n"))
    return None


@lru_cache(maxsize=1024)
def family(url: str) -> str:
    """What the addresses of all pages of one thread have in common."""
    url = url.partition("#")[0]
    found = next((found for pattern, _ in _STYLES if (found := pattern.search(url))), None)
    if found:
        rest = url[found.end("cut") :]
        url = url[: found.start("cut")] + ("?" + rest[1:] if found["cut"][0] == "?" and rest[:1] == "&" else rest)
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [f"{key}={value}" for key, value in _parameters(parts.query, parts.path)]
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{'&'.join(sorted(kept))}"


def _parameters(query: str, path: str) -> list[tuple[str, str]]:
    said = parse_qsl(query.replace(";", "&"), keep_blank_values=True)
    kept = [(key, value) for key, value in said if key.lower() not in _SHOWN_ONLY]
    if path.endswith("viewtopic.php") and any(key == "t" for key, _ in kept):
        return [(key, value) for key, value in kept if key == "t"]
    return kept
