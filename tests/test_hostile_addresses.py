"""No page makes us ask an address that is not public, however it is spelled, led to, or changed after a first look."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.resolver import HostResolution, dnscache
from sqlite_utils import Database
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses.urls import canonical
from crawler.guard import GuardedResolver
from jobs.collect import collect
from storage import pages
from storage.database import connect
from tests.crawls import settings_in
from tests.hostile import Hostile, moved

PUBLIC, OTHER_PUBLIC = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
INSIDE = {  # what it is: a host that is not public, as an attacker would spell it
    "private": "10.0.0.1",
    "private-172": "172.16.0.1",
    "private-192": "192.168.0.1",
    "this-host": "0.0.0.0",
    "link-local": "169.254.169.254",
    "carrier-grade": "100.64.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "decimal": "167772161",
    "hex": "0x0a000001",
    "hex-parts": "0xa.0x0.0x0.0x1",
    "octal": "012.0.0.1",
    "short": "10.1",
    "zero": "0",
    "trailing-dot": "10.0.0.1.",
    "full-width": "１０.０.０.１",
    "circled": "①⓪.⓪.⓪.①",
    "other-dots": "10。0。0。1",
    "ipv6-unique-local": "[fd00::1]",
    "ipv6-link-local": "[fe80::1]",
    "ipv6-site-local": "[fec0::1]",
    "ipv6-multicast": "[ff02::1]",
    "ipv6-unspecified": "[::]",
    "ipv6-documentation": "[2001:db8::1]",
    "mapped": "[::ffff:10.0.0.1]",
    "mapped-hex": "[::ffff:a00:1]",
    "compatible": "[::10.0.0.1]",
    "translated": "[::ffff:0:10.0.0.1]",
    "nat64": "[64:ff9b::10.0.0.1]",
    "local-nat64": "[64:ff9b:1::10.0.0.1]",
    "6to4": "[2002:a00:1::1]",
    "teredo": "[2001:0:a00:1::f5ff:fffe]",
}
NO_ADDRESS = {
    "percent": "%31%30.0.0.1",
    "zone": "[fe80::1%25eth0]",
    "zone-of-loopback": "[::1%25lo]",
    "no-brackets": "::1",
}
NO_PLACE = ("broken", "it redirects to no web address")
NOT_PUBLIC = ("forbidden", "robots.txt: its host has no public address")
PORTS = (1, 22, 25, 110, 143, 6000, 6667, 10080)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hostile, Database]]:
    """A feed that leads to each address, and to pages that redirect to it."""
    hosts = INSIDE | NO_ADDRESS
    with Hostile({f"blog.localhost/to-{name}": moved(f"http://{host}/") for name, host in hosts.items()}) as web:
        web.answers |= {f"blog.localhost/to-{port}": moved(f"http://mail.localhost:{port}/") for port in PORTS}
        ports = [f"http://mail.localhost:{port}/" for port in PORTS]
        linked = [*(f"http://{host}/" for host in hosts.values()), *ports, "file:///etc/hostname", "gopher://localhost"]
        feed = web.put_feed("blog.localhost/feed", [*linked, *map(web.url, web.answers)])
        settings = settings_in(tmp_path_factory.mktemp("inside"), feed, timeout=5, concurrency=64)
        collect(settings, now=datetime.now(UTC))
        yield web, connect(settings.database)


def fetched(crawl: tuple[Hostile, Database], url: str | None) -> tuple[str, str]:
    found = pages.find(crawl[1], url or "")
    assert found
    assert not found.body
    return found.outcome, found.reason


@pytest.mark.parametrize("name", INSIDE)
def test_a_feed_cannot_lead_to_an_address_inside(crawl: tuple[Hostile, Database], name: str) -> None:
    assert fetched(crawl, canonical(f"http://{INSIDE[name]}/")) == NOT_PUBLIC


@pytest.mark.parametrize("name", INSIDE)
def test_a_redirect_cannot_lead_to_an_address_inside(crawl: tuple[Hostile, Database], name: str) -> None:
    assert fetched(crawl, crawl[0].url(f"blog.localhost/to-{name}")) == NOT_PUBLIC


@pytest.mark.parametrize("name", NO_ADDRESS)
def test_a_redirect_to_what_is_no_address_ends_there(crawl: tuple[Hostile, Database], name: str) -> None:
    assert fetched(crawl, crawl[0].url(f"blog.localhost/to-{name}")) == NO_PLACE


@pytest.mark.parametrize("port", PORTS)
def test_a_port_that_browsers_refuse_is_refused(crawl: tuple[Hostile, Database], port: int) -> None:
    refused = ("forbidden", "robots.txt: its port is not for the web")
    assert fetched(crawl, f"http://mail.localhost:{port}/") == refused
    assert fetched(crawl, crawl[0].url(f"blog.localhost/to-{port}")) == refused


def test_only_http_and_https_come_into_the_queue(crawl: tuple[Hostile, Database]) -> None:
    schemes = {row["requested"].partition(":")[0] for row in crawl[1].query("select requested from pages")}
    assert schemes == {"http"}


@implementer(IHostnameResolver)
class Changing:
    """A name server that gives other addresses each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = iter(answers)

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *_: Any) -> Any:  # noqa: N802, N803
        receiver.resolutionBegan(HostResolution(hostName))
        for address in next(self.answers):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()


CHANGES = {  # what a name gives the first time and the second, whether it is remembered, and what is connected to
    "the second answer is inside": ([PUBLIC], ["127.0.0.1"], False, [PUBLIC]),
    "the first answer is remembered": ([PUBLIC], ["127.0.0.1"], True, [PUBLIC, PUBLIC]),
    "the first answer is inside": (["127.0.0.1"], [PUBLIC], True, []),
    "one public and one private": ([PUBLIC, "10.0.0.1"], [], True, [PUBLIC, PUBLIC]),
    "one private and one public": (["::1", "10.0.0.1", PUBLIC], [], True, [PUBLIC, PUBLIC]),
    "two public ones": ([PUBLIC, OTHER_PUBLIC], [], True, 2 * [PUBLIC, OTHER_PUBLIC]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(name: str) -> None:
    first, second, remembered, expected = CHANGES[name]
    factory: Any = Factory()
    reactor: Any = MemoryReactorClock()  # type: ignore[no-untyped-call]
    reactor.nameResolver = Changing(first, second)
    reactor.nameResolver = GuardedResolver(reactor, 100)
    dnscache.clear()
    for _ in range(2):
        HostnameEndpoint(reactor, b"blog.example", 80).connect(factory).addErrback(lambda _: None)
        reactor.pump([0.1] * 20)  # the next address is tried while the first is silent
        if not remembered:
            dnscache.clear()
    dnscache.clear()
    assert [client[0] for client in reactor.tcpClients] == expected
