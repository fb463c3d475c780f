"""One spelling for each address, so that a page is fetched once however it is linked.

The canonical form has: scheme and host in lower case, the host as it goes over the wire (IDNA), no default port, no
user and password, a path that is at least `/` and without dot segments, unsafe characters percent-encoded, no
fragment, and none of the parameters that only tell a site where its reader came from or that open the same page with
a form filled in. The order of the other parameters is kept: some sites care. What is not http(s) has no canonical form.
"""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|igshid|igsh|twclid|ttclid|mc_[ce]id|_hs\w+|mkt_tok|"
    r"wt_mc|ito|cmpid|ncid|_ga|_gl|spm|replytocom|share|nb|sfnsn",
    re.IGNORECASE,
)
HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]+\]")
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST = 2_000  # characters: longer addresses are session state or a trap; browsers and proxies cut there too


def canonical(url: str, base: str = "") -> str | None:
    """The canonical form of an address, given relative to `base`; None where it has none."""
    try:
        parts = urlsplit(safe_url_string(urljoin(base, url.strip())))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or len(url) > LONGEST:
        return None
    if port and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme, host, _without_dots(parts.path), _without_tracking(parts.query), ""))


def host_of(url: str) -> str:
    """The host of an address, without `www.`: two addresses of one site have the same."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    folder = path.endswith(("/.", "/.."))
    return "/" + "/".join([*kept, ""] if folder else kept)


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    kept = [part for part in query.split("&") if part and not TRACKING.fullmatch(part.partition("=")[0])]
    return "&".join(kept)
