"""Which addresses are nearly surely the same article, spelled for another device or by another hand. Pure.

Twins differ only in: http or https; `www.`, `m.`, `mobile.`, `amp.` or `touch.` before the host; a slash at the end;
`index.html` and its like; `/amp`, `.amp` or a parameter that asks for the AMP, mobile or print form; the order of the
parameters; or one of them is the copy in an AMP cache. Such a prefix belongs to a site's name where nothing else is
left of it: `m.blogspot.com` is somebody's blog. An `/amp` that stands alone is a page of that name.

Everything else keeps two addresses apart: another parameter or value (`?page=2`), the case of the path, a port,
`comment-page-2/`. The key is for comparing; it is no address to fetch.
"""

import re
from urllib.parse import urlsplit

from crawler.addresses.sites import site_of_host
from crawler.addresses.urls import canonical

CACHED = re.compile(  # the address that a copy in a cache holds: `/c/s/blog.example/a`, `s` for https
    r"https?://(?:[^/]+\.cdn\.ampproject\.org/[a-z]+|(?:www\.)?bing-amp\.com/[a-z]+|(?:www\.)?google\.[a-z.]{2,6}/amp)/"
    r"(s/)?(?=[^/.]+\.)"
)
DEVICE = re.compile(r"(?:www|m|mobile|amp|touch)\.")
INDEX = re.compile(r"/(?:index\.(?:html?|php|aspx?|jsp|cfm)|default\.(?:aspx?|html?))$", re.IGNORECASE)
AMP = re.compile(r"(?<=[^/])(?:/amp$|\.amp(?=\.html?$|$))")
FORM = re.compile(
    r"(?:amp(?:=(?:1|true)?)?|outputtype=amp|m=[01]|mobile=(?:1|true)|view=mobile|print(?:=(?:1|true|print)?)?|"
    r"amp_js_v=.*|amp_gsa=.*|usqp=.*)",  # the last three are the cache's own
    re.IGNORECASE,
)


def twin_key(url: str) -> str:
    """One text for all spellings of an address; itself where it has no canonical form."""
    cached = CACHED.match(url)
    held = canonical(f"http{'s' if cached[1] else ''}://{url[cached.end() :]}") if cached else None
    address = held or canonical(url)
    if address is None:
        return url
    parts = urlsplit(address)
    host = bare_host(parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    kept = sorted(part for part in parts.query.split("&") if part and not FORM.fullmatch(part))
    return f"{host}{port}{bare_path(parts.path)}" + ("?" + "&".join(kept) if kept else "")


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are twins, or one address."""
    return twin_key(one) == twin_key(other)


def bare_host(host: str) -> str:
    """A host without what names a device, as far as its site reaches."""
    while (found := DEVICE.match(host)) and host != site_of_host(host):
        host = host[found.end() :]
    return host


def bare_path(path: str) -> str:
    """A path without a slash at its end, an index or what asks for its AMP form."""
    return AMP.sub("", INDEX.sub("", path).rstrip("/"))
