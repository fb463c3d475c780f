"""Only public addresses are asked: nobody's router, cloud metadata or desk is fetched because a page links to it.

The check sits where a name becomes addresses, so it sees every host of every request: redirects, literal and oddly
spelled addresses, and names that point inwards. The address that was checked is the one that is connected to, so a
name that answers differently the second time gains nothing. Addresses that carry another inside (IPv4 in IPv6,
NAT64, 6to4, Teredo) are judged by that one too; of all other IPv6, only what is given out to the Internet is public.
The setting `allow_private` lets this machine's own loopback pass, and nothing else.

`localhost` and `NAME.localhost` are answered here with 127.0.0.1, as RFC 6761 asks and not every C library does.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.resolver import CachingHostnameResolver, HostResolution
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from config import settings

refused: set[str] = set()
"""The hosts that were refused in this process: a crawl has a process of its own."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
COMPATIBLE = ipaddress.ip_network("::/96")  # IPv4-compatible, long deprecated, and public to Python
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out (RFC 4291); Python knows the rest in part
RESERVED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))  # unknown to Python 3.11
LOOPBACK = "127.0.0.1"


def may_be_asked(address: str, *, loopback: bool = False) -> bool:
    """Whether an address, as text, is public, or loopback where that is allowed.

    Python's `is_global` alone lets pass multicast, the old site-local addresses (fec0::/10), and addresses that
    carry a private one inside.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    if inner:
        return may_be_asked(str(inner), loopback=loopback)
    if loopback and ip.is_loopback:
        return True
    known = ip.is_global and not ip.is_multicast and not any(ip in network for network in RESERVED)
    return known and (ip.version == 4 or ip in GLOBAL_UNICAST)  # noqa: PLR2004


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in NAT64 or ip in LOCAL_NAT64 or (ip in COMPATIBLE and int(ip) > 1):  # ::1 is no IPv4 address
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


@implementer(IResolutionReceiver)
class _Filter:
    """Passes on to `receiver` the addresses of a name that may be asked."""

    def __init__(self, receiver: Any, name: str) -> None:
        self._receiver, self._name = receiver, name

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 Twisted's interface
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 Twisted's interface
        if may_be_asked(address.host, loopback=settings().allow_private):
            self._receiver.addressResolved(address)
        else:
            refused.add(self._name)

    def resolutionComplete(self) -> None:  # noqa: N802 Twisted's interface
        self._receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver for both kinds of IP addresses, behind the guard; for the setting TWISTED_DNS_RESOLVER."""

    def resolveHostName(  # noqa: N802 Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803 Twisted's interface
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name; a name with no public address ends like one that does not exist."""
        receiver: Any = _Filter(resolutionReceiver, hostName)
        name = hostName.rstrip(".")
        if name == "localhost" or name.endswith(".localhost"):
            resolution: Any = HostResolution(name)
            receiver.resolutionBegan(resolution)
            receiver.addressResolved(IPv4Address("TCP", LOOPBACK, portNumber))
            receiver.resolutionComplete()
            return resolution
        return super().resolveHostName(receiver, name, portNumber, addressTypes, transportSemantics)
