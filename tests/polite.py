"""What a polite crawl never does, checked against the record of what a web was asked.

The web (tests/polite_web.py) knows of each host what its owner asks for (`Manners`): how long to wait between two
requests, which addresses nobody may ask for and why, whether it is closed because its robots.txt failed. The auditor
looks at every request and knows nothing of how we crawl. Each rule is a small function that yields what broke it.

Times are seconds of one clock. Arrival is compared with arrival; TOLERANCE is for the way through two event loops.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

TOLERANCE = 0.010  # seconds
ROBOTS = "/robots.txt"
OK = 200
REDIRECTS = {301, 302, 303, 307, 308}  # the way to a page, not a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that came in. `ended` is when its answer was sent; `wait` what that asked for with Retry-After."""

    run: int
    host: str
    path: str
    headers: Mapping[str, str]
    at: float
    ended: float
    status: int = OK
    etag: str = ""
    wait: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the owner of a host asks for.

    `pace` is the least number of seconds between two requests. `never` names the reason for each address that is not
    to be asked for; `free` are those that need no robots.txt first, being that of another host. `budgets` is how many
    pages of each source, which has a folder of its own, one run may ask for.
    """

    pace: float
    never: Mapping[str, str] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    closed: bool = False
    budgets: Mapping[str, int] = field(default_factory=dict)


Rule = Callable[[Sequence[Request], Manners], Iterator[str]]
"""Looks at the requests that one host got, in order of arrival."""


def violations(requests: Iterable[Request], hosts: Mapping[str, Manners], contact: str) -> list[str]:
    """All that was not polite, each as `rule: host path: what happened`; `contact` is to be in the user agent."""
    of_host = defaultdict(list)
    for request in sorted(requests, key=lambda request: request.at):
        of_host[request.host].append(request)
    return [
        f"{name}: {host}{said}"
        for host, asked in sorted(of_host.items())
        for name, rule in (RULES | {"user agent": _named(contact)}).items()
        for said in rule(asked, hosts[host])
    ]


def _one_at_a_time(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    ended, last = 0.0, ""
    for request in asked:
        if request.at < ended - TOLERANCE:
            yield f"{request.path}: asked {ended - request.at:.3f} s before the answer for {last} had ended"
        if request.ended > ended:
            ended, last = request.ended, request.path


def _pace(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    for before, request in pairwise(asked):
        waited = request.at - before.at
        if waited < manners.pace - TOLERANCE:
            yield f"{request.path}: {waited:.3f} s after {before.path}, not {manners.pace:.3f}"


def _robots_first(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    known = min((request.ended for request in asked if request.path == ROBOTS), default=float("inf"))
    for request in asked:
        if request.path != ROBOTS and request.path not in manners.free and request.at < known - TOLERANCE:
            yield f"{request.path}: asked before robots.txt was answered"


def _robots_once(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    """A record covers less than 24 hours. A host whose robots.txt failed may be asked once a run."""
    seen = set()
    for request in asked:
        run = request.run if manners.closed else 0
        if request.path == ROBOTS and run in seen:
            yield f"{ROBOTS}: asked again in run {request.run}"
        if request.path == ROBOTS:
            seen.add(run)


def _never(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    for request in asked:
        if request.path in manners.never:
            yield f"{request.path}: {manners.never[request.path]}"


def _closed(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    for request in asked:
        if manners.closed and request.path != ROBOTS:
            yield f"{request.path}: asked though robots.txt failed"


def _retry_after(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    """Between two runs hours pass, by the clock that a crawl goes by."""
    until, run = 0.0, 0
    for request in asked:
        if request.run != run:
            until, run = 0.0, request.run
        if request.at < until - TOLERANCE:
            yield f"{request.path}: {until - request.at:.3f} s before Retry-After was over"
        until = max(until, request.ended + request.wait if request.wait else 0)


def _no_cookie(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    for request in asked:
        if "cookie" in request.headers:
            yield f"{request.path}: a cookie was sent"


def _validators(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    """Of another run: within one, a redirect may lead to a page that was asked for just now."""
    etags: dict[str, tuple[int, str]] = {}
    for request in asked:
        run, etag = etags.get(request.path, (request.run, ""))
        if run < request.run and request.path != ROBOTS and request.headers.get("if-none-match") != etag:
            yield f"{request.path}: asked again without its ETag"
        if request.status == OK and request.etag:
            etags[request.path] = (request.run, request.etag)


def _budget(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
    for folder, budget in manners.budgets.items():
        counts: dict[int, int] = defaultdict(int)
        for request in asked:
            counts[request.run] += request.path.startswith(folder) and request.status not in REDIRECTS
        for run, count in counts.items():
            if count > budget:
                yield f"{folder}: {count} pages in run {run}, not {budget}"


def _named(contact: str) -> Rule:
    def user_agent(asked: Sequence[Request], manners: Manners) -> Iterator[str]:
        for request in asked:
            agent = request.headers.get("user-agent", "")
            if not agent.startswith("Goodturn/") or contact not in agent:
                yield f"{request.path}: the user agent is {agent!r}"

    return user_agent


RULES: dict[str, Rule] = {
    "one at a time": _one_at_a_time,
    "pace": _pace,
    "robots.txt first": _robots_first,
    "robots.txt once": _robots_once,
    "never": _never,
    "closed": _closed,
    "Retry-After": _retry_after,
    "cookie": _no_cookie,
    "validators": _validators,
    "budget": _budget,
}
