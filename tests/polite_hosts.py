"""The hosts of a web that is hard to be polite to, and what the owner of each asks for.

On each there are two sources, a feed and a listing, in folders of their own, so that two spiders could meet on one
host; a listing has two pages. Every page has an ETag. The kinds:

- `plain`; `paced`: Crawl-delay; `ruled`: groups, wildcards, `$`, Allow; `large`: robots.txt of 600 kB; `missing`: 404
- `failing`, `overloaded`, `limited`, `silent`: robots.txt answers 500, 503, 429, or closes the connection: keep out
- `elsewhere`: robots.txt redirects to a file of the first host, which forbids a folder
- `busy`, `tired`: after some pages 429 with seconds, 503 with a date in Retry-After
- `shy`: links not to be followed (rel, meta, X-Robots-Tag); `reserved`: noindex, and TDM reservations of three kinds
- `leading`: posts that redirect to other hosts, among them to what robots.txt there excludes
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.polite import ROBOTS, Manners

HTML, FEED, PLAIN = "text/html; charset=utf-8", "application/rss+xml", "text/plain"
CLOSED = {"failing": 500, "overloaded": 503, "limited": 429, "silent": 0}
KINDS = (
    "plain",
    "paced",
    "ruled",
    "large",
    "missing",
    *CLOSED,
    "elsewhere",
    "busy",
    "tired",
    "shy",
    "reserved",
    "leading",
)
PACES = (1.5, 3)  # a Crawl-delay, in delays
FILLER = "# nothing\n" * 60_000  # 600 kB
GUEST = "/guest/{}.html"  # where redirects of other hosts lead to: of no source here
SHARED = "/shared-robots.txt"  # on the first host
RULES = """
User-agent: otherbot
Disallow: /

User-agent: *
Disallow: /

User-agent: goodturn
Disallow: /*.php$
Disallow: /*/draft-
Disallow: /feed/closed/
Allow: /feed/closed/open/
"""
EXCLUDED = ("/feed/1.php", "/feed/draft-1.html", "/feed/closed/1.html")
INCLUDED = ("/feed/1.php.html", "/feed/a-draft-1.html", "/feed/closed/open/1.html")


@dataclass(slots=True, kw_only=True)
class Page:
    """What is answered at an address. Status 0 closes the connection."""

    body: str = ""
    status: int = 200
    kind: str = HTML
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Host:
    """A host: its pages by path, and what its owner asks for. With its page number `tired_at` it asks for a rest."""

    name: str
    kind: str
    pace: float
    pages: dict[str, Page] = field(default_factory=dict)
    never: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    budgets: dict[str, int] = field(default_factory=dict)
    tired_at: int = 0
    asked: int = 0
    rests_until: float = 0

    def manners(self) -> Manners:
        """For the auditor."""
        return Manners(
            pace=self.pace,
            never=self.never,
            free=frozenset(self.free),
            closed=self.kind in CLOSED,
            budgets=self.budgets,
        )


def made(count: int, *, posts: int, delay: float, port: int, dice: random.Random) -> dict[str, Host]:
    """So many hosts by name, the kinds in turn, each with twice so many posts."""
    of_kind = [(KINDS[n % len(KINDS)], n // len(KINDS)) for n in range(count)]
    hosts = [Host(name=f"{kind}{n}.localhost", kind=kind, pace=delay) for kind, n in of_kind]
    for host in hosts:
        _Filling(host, posts, port, dice, hosts).fill()
    return {host.name: host for host in hosts}


class _Filling:
    """Gives a host its pages: what all have, then what its kind is about."""

    def __init__(self, host: Host, posts: int, port: int, dice: random.Random, hosts: Sequence[Host]) -> None:
        self._host, self._port, self._dice, self._hosts = host, port, dice, hosts
        self._feed = [f"/feed/{n}.html" for n in range(posts)]
        self._newer = [f"/listing/{n}.html" for n in range(posts // 2)]
        self._older = [f"/listing/{n}.html" for n in range(posts // 2, posts)]
        self._marks: dict[str, str] = {}  # of the links to these pages
        self._head = ""  # of the older archive page

    def fill(self) -> None:
        """Fill the host."""
        host = self._host
        host.pages[ROBOTS] = Page(body="User-agent: *\nDisallow:\n", kind=PLAIN, status=CLOSED.get(host.kind, 200))
        guests = [GUEST.format(n) for n in range(len(self._feed))]
        for path in [*self._feed, *self._newer, *self._older, *guests]:
            self._put(path, f"<article><h1>{path}</h1><p>What happened at {path} of {host.name}.</p></article>")
        older: dict[str, str] = {}
        kinds: dict[str, Callable[[], None]] = {
            "paced": self._paced,
            "ruled": self._ruled,
            "large": self._large,
            "missing": self._missing,
            "elsewhere": self._elsewhere,
            "busy": self._tiring,
            "tired": self._tiring,
            "shy": lambda: older.update(self._shy()),
            "reserved": self._reserved,
            "leading": self._leading,
        }
        kinds.get(host.kind, lambda: None)()
        items = "".join(f"<item><title>Post</title><link>{self._url(path)}</link></item>" for path in self._feed)
        feed = f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'
        self._put("/feed/index.xml", feed, kind=FEED)
        self._put("/listing/", self._archive(self._newer, '<a rel="next" href="/listing/page/2/">Older posts</a>'))
        self._put("/listing/page/2/", self._archive(self._older, "", self._head), **older)

    def _paced(self) -> None:
        self._host.pace *= self._dice.uniform(*PACES)
        group = self._dice.choice(["*", "goodturn"])
        self._host.pages[ROBOTS].body = f"User-agent: {group}\nCrawl-delay: {self._host.pace:.3f}\nDisallow:\n"

    def _ruled(self) -> None:
        self._host.pages[ROBOTS].body = RULES
        for path in (*EXCLUDED, *INCLUDED):
            self._put(path, f"<p>This is {path} of {self._host.name}.</p>")
        self._host.never = dict.fromkeys(EXCLUDED, "robots.txt excludes it")
        self._feed += [*EXCLUDED, *INCLUDED]

    def _large(self) -> None:
        self._host.pages[ROBOTS].body = f"User-agent: *\nDisallow: {self._newer[0]}\n{FILLER}"
        self._host.never = {self._newer[0]: "robots.txt excludes it"}

    def _missing(self) -> None:
        del self._host.pages[ROBOTS]

    def _elsewhere(self) -> None:
        first = self._hosts[0]
        first.free.add(SHARED)
        first.pages[SHARED] = Page(body="User-agent: *\nDisallow: /listing/page/\n", kind=PLAIN)
        there = f"http://{first.name}:{self._port}{SHARED}"
        self._host.pages[ROBOTS] = Page(status=302, headers={"Location": there})
        self._host.never = dict.fromkeys([*self._older, "/listing/page/2/"], "robots.txt, at another host, excludes it")

    def _tiring(self) -> None:
        self._host.tired_at = self._dice.randint(4, 8)

    def _shy(self) -> dict[str, str]:
        """By an attribute of one link, and for a whole archive page by its head or, as told, its headers."""
        self._marks[self._newer[0]] = ' rel="nofollow"'
        self._host.never = dict.fromkeys([self._newer[0], *self._older], "its link says nofollow")
        if self._dice.random() < 0.5:
            return {"X-Robots-Tag": "nofollow"}
        self._head = '<meta name="robots" content="noindex, nofollow">'
        return {}

    def _reserved(self) -> None:
        """These may be asked for; whether they are used is seen in the database."""
        reserved = '[{"location": "/feed/", "tdm-reservation": 1}]'
        self._put("/.well-known/tdmrep.json", reserved, kind="application/json")
        self._host.pages[self._newer[0]].headers["TDM-Reservation"] = "1"
        self._put(
            self._newer[1], '<head><meta name="tdm-reservation" content="1"></head><p>A post with a reservation.</p>'
        )
        self._put(self._older[0], '<head><meta name="robots" content="noindex"></head><p>A post not to be indexed.</p>')

    def _leading(self) -> None:
        """To pages of any host, to what a host of rules excludes, and the first post round and round."""
        for n, path in enumerate(self._feed):
            other = self._dice.choice(self._hosts)
            target = EXCLUDED[n % len(EXCLUDED)] if other.kind == "ruled" else GUEST.format(n)
            there = f"http://{other.name}:{self._port}{target}" if n else self._url(path)
            self._host.pages[path] = Page(status=self._dice.choice([301, 302, 307]), headers={"Location": there})

    def _archive(self, paths: Sequence[str], more: str, head: str = "") -> str:
        posts = "".join(
            f'<article><h2><a href="{path}"{self._marks.get(path, "")}>The post at {path}</a></h2></article>'
            for path in paths
        )
        return f"<html><head>{head}</head><body><main>{posts}<div class='nav-links'>{more}</div></main></body></html>"

    def _put(self, path: str, body: str, kind: str = HTML, **headers: str) -> None:
        etag = f'"{self._host.name}{path}"'
        self._host.pages[path] = Page(body=body, kind=kind, headers={"ETag": etag} | headers)

    def _url(self, path: str) -> str:
        return f"http://{self._host.name}:{self._port}{path}"
