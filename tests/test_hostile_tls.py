"""A certificate is accepted from those whom the system trusts, in time, and for the host that was asked; else nothing
is stored. All four certificates here are made for the test, and the first shows that a good one passes."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlite_utils import Database

from jobs.collect import collect
from storage import pages
from storage.database import connect
from tests.crawls import settings_in
from tests.hostile import Hostile, page

KEY = ec.generate_private_key(ec.SECP256R1())  # one for all: what differs is what the certificates say
DAY = timedelta(days=1)
REFUSED = ("later", "robots.txt: its certificate is not accepted", False)
HOSTS = {  # host: its certificate's name, issuer and age in days; outcome, reason, whether it has a body
    "trusted.localhost": (("trusted.localhost", "A trusted authority", 1), ("stored", "", True)),
    "unknown.localhost": (("unknown.localhost", "An unknown authority", 1), REFUSED),
    "expired.localhost": (("expired.localhost", "A trusted authority", 99), REFUSED),
    "other.localhost": (("another.localhost", "A trusted authority", 1), REFUSED),
}


def certificate(name: str, issuer: str, age: int) -> bytes:
    """A certificate that lasts thirty days, signed with the one key; its own issuer is an authority."""

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    begin = datetime.now(UTC) - age * DAY
    built = x509.CertificateBuilder(named(issuer), named(name), KEY.public_key(), x509.random_serial_number())
    built = built.not_valid_before(begin).not_valid_after(begin + 30 * DAY)
    built = built.add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
    return built.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)


def context(folder: Path, host: str) -> ssl.SSLContext:
    """What a server of this host shows."""
    file = folder / f"{host}.pem"
    file.write_bytes(
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate(*HOSTS[host][0])
    )
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


def by_host(folder: Path) -> ssl.SSLContext:
    """A server that shows each host's own certificate."""
    contexts = {host: context(folder, host) for host in HOSTS}
    first = contexts["trusted.localhost"]

    def choose(connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        connection.context = contexts[host or ""]

    first.sni_callback = choose
    return first


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hostile, Database]]:
    folder = tmp_path_factory.mktemp("tls")
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate("A trusted authority", "A trusted authority", 1))
    answers = {f"{host}/page": page() for host in HOSTS}
    with Hostile(answers, by_host(folder)) as web, Hostile({}) as plain, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(trusted))
        addresses = [
            *(web.url(place) for place in answers),
            plain.url("plain.localhost/words").replace("http", "https"),
        ]
        feed = plain.put_feed("plain.localhost/feed", addresses)
        settings = settings_in(folder, feed, timeout=5)
        collect(settings, now=datetime.now(UTC))
        yield web, connect(settings.database)


@pytest.mark.parametrize("host", HOSTS)
def test_a_certificate_that_is_not_right_is_not_accepted(crawl: tuple[Hostile, Database], host: str) -> None:
    page = pages.find(crawl[1], crawl[0].url(f"{host}/page"))
    assert page
    assert (page.outcome, page.reason, bool(page.body)) == HOSTS[host][1]


def test_a_host_without_the_right_certificate_is_told_nothing(crawl: tuple[Hostile, Database]) -> None:
    assert {asked.host for asked in crawl[0].asked} == {"trusted.localhost"}


def test_a_server_that_answers_without_tls_gives_nothing(crawl: tuple[Hostile, Database]) -> None:
    (row,) = crawl[1].query("select outcome, reason, body from pages where requested like '%/words'")
    assert (row["outcome"], row["reason"], row["body"]) == ("later", "robots.txt: it makes no secure connection", None)
