"""Where the desk stands: the address people know it by, and what follows from it.

Alone it is http://127.0.0.1:8070. Behind a reverse proxy the setting `desk_site` says how it is reached, e.g.
https://desk.example.org/goodturn: then that host is answered too, cookies are for https alone, and every address on a
page begins with /goodturn. The proxy may strip that prefix or keep it. Who binds it to more than this machine must say
by which address it is reached: a desk that anybody may ask under any name could be asked by a foreign page under its
own name (DNS rebinding), and links sent to people would lead nowhere.

Cookies are shared by all ports of a host, so their names carry ours: a demo beside the desk signs nobody out.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import ConfigError, Settings

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80
HTTPS = "https"
DEFAULT_PORTS = {"http": HTTP_PORT, HTTPS: 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the desk stands. `root` is "" or "/goodturn"; `origin` has no path; `hosts` may be asked for."""

    root: str
    origin: str
    hosts: frozenset[str]
    https: bool
    mark: str

    @property
    def address(self) -> str:
        """Its address, as one types it."""
        return self.origin + self.root

    @property
    def path(self) -> str:
        """Where its cookies are for."""
        return self.root or "/"

    def link(self, token: str) -> str:
        """The address of a one-time link."""
        return f"{self.address}/link/{token}"

    def origins(self, host: str) -> tuple[str, ...]:
        """Where a form of ours comes from, if the host of the request is this one."""
        return (self.origin, f"http://{host}") if host.rpartition(":")[0] in LOOPBACK_NAMES else (self.origin,)


def place_of(settings: Settings) -> Place:
    """Where the desk of the settings stands."""
    port = settings.desk_port
    loopback = {f"{name}:{port}" for name in LOOPBACK_NAMES}
    if port == HTTP_PORT:
        loopback |= set(LOOPBACK_NAMES)
    site = urlsplit(settings.desk_site or f"http://127.0.0.1:{port}")
    host, ours = (site.hostname or "").lower(), site.port or DEFAULT_PORTS[site.scheme]
    host = f"[{host}]" if ":" in host else host
    plain = ours == DEFAULT_PORTS[site.scheme]
    return Place(
        root=site.path.rstrip("/"),
        origin=f"{site.scheme}://{host}" + ("" if plain else f":{ours}"),
        hosts=frozenset(loopback | {f"{host}:{ours}"} | ({host} if plain else set())),
        https=site.scheme == HTTPS,
        mark=str(port),
    )


def proxies(settings: Settings) -> list[str]:
    """The addresses of those whose X-Forwarded-For says who asks."""
    return [address.strip() for address in settings.desk_proxies.split(",") if address.strip()]


def refuse_openness(settings: Settings) -> None:
    """Raise ConfigError where the desk is open to others without an address of its own."""
    if not (settings.desk_site or ipaddress.ip_address(settings.desk_bind).is_loopback):
        raise ConfigError(
            f"desk_bind is {settings.desk_bind}, so others may reach the desk, but not said is by which address: set "
            "desk_site to it, e.g. https://desk.example.org (docs/people.md)"
        )


def warnings(settings: Settings) -> list[str]:
    """What an operator should know before others use the desk."""
    site = urlsplit(settings.desk_site)
    host, own = site.hostname or "", ipaddress.ip_address(settings.desk_bind).is_loopback
    if not host or host in ("127.0.0.1", "localhost", "::1"):
        return []
    found = []
    if site.scheme != HTTPS:
        found.append(f"passwords for {settings.desk_site} travel in the clear: put it behind a proxy that speaks https")
    if not settings.desk_proxies and (own or site.scheme == HTTPS):
        found.append(
            "desk_proxies is empty, so everybody behind the proxy counts as one address: twenty wrong passwords of "
            "anybody lock all out for a quarter of an hour; set it to the proxy's address"
        )
    return found
