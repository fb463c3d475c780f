"""One spelling for each address, so that a page is fetched once however it is linked.

The canonical form has: scheme and host in lower case, the host as it goes over the wire (IDNA), no default port, no
user and password, a path that is at least `/` and without dot segments, unsafe characters percent-encoded in capitals
and no others (`~`, not `%7E`), no fragment, no empty query, and none of what never changes which page is meant: session
ids, in the query or the path, and the parameters that only tell a site where its reader came from or that open the same
page with a form filled in. A short name like `sid` or `s` is a session's only with a value like one: 26 letters and
digits or more. The order of the other parameters is kept: some sites care. What is not http(s) has no canonical form.
"""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

# From the lists that browsers drop, less every name that some site tells its pages apart by.
TRACKING = (
    r"utm_\w+|(?:mtm|matomo)_\w+|(?:pk|piwik)_(?:campaign|kwd|keyword|source|medium|content|cid)|at_(?:medium|campaign"
    r"(?:_type)?|custom\d|link_\w+|ptr_name|bbc_team)|ns_(?:mchannel|source|campaign|linkname)|xtor|wt[_.]z?mc|_g[al]|"
    r"hsa_\w+|_hs\w+|hsctatracking|oly_(?:anon|enc)_id|vero_(?:id|conv)|wicked(?:id|source)|mc_[ce]id|mkt_tok|_k[ex]|"
    r"ml_subscriber(?:_hash)?|trk_(?:contact|msg|module|sid)|elqtrack(?:id)?|dm_i|bbeml|__s|_branch_(?:match_id|referrer)|"
    r"fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|ys?clid|igsh(?:id)?|twclid|ttclid|mibextid|li_fat_id|sfnsn|srsltid|"
    r"gad_(?:source|campaignid)|s_kwcid|ef_id|rb_clickid|_openstat|epik|fb_(?:action_ids|action_types|ref|source)|"
    r"soc_(?:src|trk)|ref_(?:src|url)|guce_referrer(?:_sig)?|guccounter|ito|cmpid|ncid|spm|replytocom|share|nb"
)
SESSION = r"phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|oscsid|zenid|session_?id"
NOISE = re.compile(
    rf"(?:amp;)?(?:(?:{TRACKING}|{SESSION})(?:=|$)|(?:sid|s)=(?=[a-z]*\d)[0-9a-z]{{26,}}$)",  # `&amp;`: escaped twice
    re.IGNORECASE,
)
SESSION_IN_PATH = re.compile(  # Java's; ASP.NET's `/(X(1)S(24 letters and digits))/`
    r";(?:jsessionid|phpsessid)=[^/;]*|/\((?:[AFX]\([^()/]*\))*S\([0-9a-z]{24}\)\)(?=[/;]|$)", re.IGNORECASE
)
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
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
    path = _without_dots(_without_session(_unescaped(parts.path)))
    found = urlunsplit((parts.scheme, host, path, _without_noise(_unescaped(parts.query)), ""))
    return found if len(found) <= LONGEST else None


def host_of(url: str) -> str:
    """The host of an address, without `www.`: two addresses of one site have the same."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _without_session(path: str) -> str:
    return SESSION_IN_PATH.sub("", path) if ";" in path or "(" in path else path


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


def _unescaped(text: str) -> str:
    """RFC 3986, 6.2.2: one spelling for each character that may be percent-encoded; a `%` alone is one too."""
    return ESCAPE.sub(_escape, text) if "%" in text else text


def _escape(found: re.Match[str]) -> str:
    code = found[1] or "25"
    meant = chr(int(code, 16))
    return meant if meant in UNRESERVED else f"%{code.upper()}"


def _without_noise(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not NOISE.match(part)) if query else ""
