"""Only public addresses are asked: nobody's router, cloud metadata or desk is fetched because a page links to it.

The check sits where a name becomes addresses, so it sees every host of every request: redirects, literal and oddly
spelled addresses, and names that point inwards. The address that was checked is the one that is connected to, so a
name that answers differently the second time gains nothing. Addresses that carry another inside (IPv4 in IPv6,
NAT64, 6to4, Teredo) are judged by that one too. The setting `allow_private` turns the check off.

`localhost` and `NAME.localhost` are answered here with 127.0.0.1, as RFC 6761 asks and not every C library does.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver, HostResolution
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from config import settings

REFUSED = "guard/refused"
"""In Scrapy's statistics: the hosts that were refused."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
LOOPBACK = "127.0.0.1"


def is_public(address: str) -> bool:
    """Whether an address, as text, may be asked. Python's `is_global` lets pass multicast and wrapped addresses."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    if ip.is_multicast or not (ip.is_global or inner):
        return False
    return inner is None or is_public(str(inner))


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in NAT64 or ip in LOCAL_NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on to `receiver` the public addresses of a name, and tells `refused` of a name that has others."""

    def __init__(self, receiver: Any, name: str, refused: set[str]) -> None:
        self._receiver, self._name, self._refused = receiver, name, refused

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 Twisted's interface
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 Twisted's interface
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused.add(self._name)

    def resolutionComplete(self) -> None:  # noqa: N802 Twisted's interface
        self._receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver for both kinds of IP addresses, behind the guard."""

    refused: set[str] | None = None  # None: everything may be asked

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "GuardedResolver":
        """Made by Scrapy, for the setting TWISTED_DNS_RESOLVER."""
        resolver = super().from_crawler(crawler, reactor)
        if not settings().allow_private and crawler.stats:
            resolver.refused = set()
            crawler.stats.set_value(REFUSED, resolver.refused)
        return resolver

    def resolveHostName(  # noqa: N802 Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803 Twisted's interface
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name; a name with no public address ends like one that does not exist."""
        receiver = resolutionReceiver
        if self.refused is not None:
            receiver = _PublicOnly(receiver, hostName, self.refused)
        if hostName == "localhost" or hostName.endswith(".localhost"):
            resolution = HostResolution(hostName)
            receiver.resolutionBegan(resolution)
            receiver.addressResolved(IPv4Address("TCP", LOOPBACK, portNumber))
            receiver.resolutionComplete()
            return resolution
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
