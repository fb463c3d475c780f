"""How far from its source a crawl may be led.

The line of a source says `sites=own` or `sites=any`. Own: the articles it leads to, and where these redirect to, are
on its site, that is under its registrable domain (crawler/addresses/sites.py). If it says nothing, a feed may lead
anywhere, as many are collections of other people's posts, and every other source only to its own site.
"""

from scrapy import Request

from crawler.addresses.sites import is_on_site, site_of
from crawler.answers import Refused
from crawler.frontier import ADDRESS
from reading.page import Outcome
from storage.frontier import Address

ANY, OWN = "any", "own"


def may_lead(address: Address, url: str) -> bool:
    """Whether an address may lead to `url`."""
    sites = address.options.get("sites") or (ANY if address.spider == "feed" else OWN)
    return sites == ANY or address.home is None or is_on_site(url, address.home)


class OnSite:
    """A downloader middleware: redirects are followed as far as links are."""

    def process_request(self, request: Request) -> None:
        """Called by Scrapy. Raises Refused where a redirect leads too far."""
        address = request.meta.get(ADDRESS)
        if address and request.meta.get("redirect_times") and not may_lead(address, request.url):
            raise Refused(Outcome.FORBIDDEN, f"it led off its source's site, to {site_of(request.url)}")
