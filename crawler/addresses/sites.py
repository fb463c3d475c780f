"""Which site an address belongs to: its registrable domain, so that a site's own hosts are told from strangers'.

By the Public Suffix List as it comes with tldextract, its private part included: `anna.blogspot.com` and
`bert.blogspot.com` are two sites, `www.shop.co.uk` and `blog.shop.co.uk` are one. Where the list knows no suffix its
default counts, that the last label is one: `blog.shop.example` is of `shop.example`, `shop.localhost` is its own site.
An IP address, a bare name like `localhost` and a suffix itself (`blogspot.com`) are sites of their own too. A port is
no part of a site. Asks no network and keeps no files.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

REMEMBERED = 10_000  # hosts: those of a big crawl, some 2 MB
_split = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def site_of(url: str) -> str:
    """The site of an address; empty where the address names no host."""
    return site_of_host(urlsplit(url).hostname or "")


def is_on_site(url: str, home: str) -> bool:
    """Whether two addresses are of one site."""
    return site_of(url) == site_of(home)


@lru_cache(REMEMBERED)
def site_of_host(host: str) -> str:
    """The site of a host as `urlsplit` gives it: in lower case, an IPv6 address without its brackets."""
    host = host.rstrip(".")
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():  # an IPv6 address, an IPv4 address
        return host
    found = _split.extract_str(host)
    return found.top_domain_under_public_suffix or (host if found.suffix else ".".join(labels[-2:]))
