"""What is handed out, and how it is answered: one place for every address of the publisher.

A `Copy` is a body made once, plain and packed with gzip, with all headers of its answers. The ETag is a hash of the
body, so that it is the same across restarts and servers, and changes exactly when the body does; the packed form has an
ETag of its own, as it has other bytes (RFC 9110, 8.8.3). A client that says what it has (If-None-Match, or else
If-Modified-Since) is answered 304 while that is still good. A date has to be the same one: what leaves a feed may leave
it with an older date than it had. Bodies under 1,000 bytes are not packed: one packet either way. Level 5 of gzip costs
half the time of the usual 6 to 9, for 2 % more bytes.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

MAX_AGE_SECONDS = 60  # a story that is taken back is out of every cache a minute later
STALE_SECONDS = 300  # for which a cache may hand out its old copy once more while it fetches the new one
POLLED = f"public, max-age={MAX_AGE_SECONDS}, stale-while-revalidate={STALE_SECONDS}"
FOR_EVER = "public, max-age=31536000, immutable, s-maxage=3600"  # caches for many let go of what was taken back
ETAG_CHARACTERS = 32  # 128 bits of the hash: two bodies will not meet
LEAST_PACKED = 1000  # bytes
HEADERS_BYTES = 3_000  # that the headers of a coding take in memory, measured
GZIP_LEVEL = 5
PREFLIGHT_SECONDS = 86_400
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
EXPOSED = "ETag, Last-Modified, Link, Content-Length, Retry-After, RateLimit, RateLimit-Policy"
COMMON = {
    "access-control-allow-origin": "*",  # a website's own script may read what anybody may
    "access-control-expose-headers": EXPOSED,
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
PREFLIGHT = COMMON | {
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "If-None-Match, If-Modified-Since, Accept",
    "access-control-max-age": str(PREFLIGHT_SECONDS),
    "allow": "GET, HEAD, OPTIONS",
}
NOT_IN_304 = frozenset({"content-type", "content-length", "content-encoding"})
_TAGS = re.compile(r'(?:W/)?("[^"]*")')
# possessive: thousands of spaces would else be tried in all ways, for seconds in which nobody is answered
_GZIP = re.compile(r"(?:^|,)\s*+(?:x-)?gzip\s*+(?:;\s*+q=(?P<q>[0-9.]++))?\s*+(?:,|$)", re.I)

Raw = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """A body as it goes over the wire, its ETag, and the headers of a whole answer and of a 304."""

    body: bytes
    etag: str
    whole: Raw
    same: Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What an address answers: plain, and packed where that is worth it. `changed_at` is None where nobody knows."""

    plain: Coding
    packed: Coding | None
    changed_at: datetime | None

    @property
    def body(self) -> bytes:
        """The body as it was made."""
        return self.plain.body

    @property
    def size(self) -> int:
        """How many bytes it keeps."""
        return sum(len(coding.body) + HEADERS_BYTES for coding in (self.plain, self.packed) if coding)


def copy(
    body: bytes,
    type: str,
    changed_at: datetime | None = None,
    *,
    cache: str = POLLED,
    more: Mapping[str, str] | None = None,
) -> Copy:
    """A body ready to be handed out. `more` headers go before those that every answer has."""
    mark = hashlib.sha256(body).hexdigest()[:ETAG_CHARACTERS]
    headers = COMMON | {"content-type": type, "cache-control": cache, "vary": "accept-encoding"} | dict(more or {})
    if changed_at:
        headers["last-modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    packed = None
    if len(body) >= LEAST_PACKED:
        squeezed = gzip.compress(body, GZIP_LEVEL, mtime=0)  # without the time, so that the ETag stays
        packed = _coding(squeezed, f'"{mark}-gzip"', headers | {"content-encoding": "gzip"})
    return Copy(plain=_coding(body, f'"{mark}"', headers), packed=packed, changed_at=changed_at)


def _coding(body: bytes, etag: str, headers: dict[str, str]) -> Coding:
    whole = headers | {"etag": etag, "content-length": str(len(body))}
    same = {name: value for name, value in whole.items() if name not in NOT_IN_304}
    return Coding(body=body, etag=etag, whole=raw(whole), same=raw(same))


def raw(headers: Mapping[str, str]) -> Raw:
    """Headers as a server takes them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


class Answer:
    """An answer of a copy to whatever the client says that it has; as ASGI, and as a response of Starlette."""

    __slots__ = ("copy",)

    def __init__(self, copy: Copy) -> None:
        self.copy = copy

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer GET and HEAD."""
        said = asked(scope["headers"])
        coding = self.copy.packed if self.copy.packed and takes_gzip(said.get("accept-encoding", "")) else None
        coding = coding or self.copy.plain
        same = still_good(said, coding.etag, self.copy.changed_at)
        headers = coding.same if same else coding.whole
        await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
        body = b"" if same or scope["method"] == "HEAD" else coding.body
        await send({"type": "http.response.body", "body": body})


_ASKED = {name.encode(): name for name in ("accept-encoding", "if-none-match", "if-modified-since")}


def asked(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Which form is asked for, and what the client has; a header that comes twice is one list (RFC 9110, 5.3)."""
    said: dict[str, str] = {}
    for name, value in headers:
        if known := _ASKED.get(name):
            said[known] = f"{said[known]}, {value.decode('latin-1')}" if known in said else value.decode("latin-1")
    return said


def takes_gzip(accepted: str) -> bool:
    """Whether the client takes gzip."""
    found = _GZIP.search(accepted)
    return bool(found) and (found["q"] or "1").strip("0.") != ""  # type: ignore[index]  # bool(found) is before it


def still_good(said: Mapping[str, str], etag: str, changed_at: datetime | None) -> bool:
    """Whether what the client has is what it would get. An ETag goes before a date (RFC 9110, 13.2.2), and is compared
    weakly: a cache on the way may have marked it so."""
    if (tags := said.get("if-none-match")) is not None:
        return tags.strip() == "*" or etag in _TAGS.findall(tags)
    if (since := said.get("if-modified-since")) is None or changed_at is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):  # no date, or a year with twenty digits
        return False
    return changed_at == moment.replace(tzinfo=moment.tzinfo or UTC)
