"""The doctor's look at what an operator has said: the settings, feeds.txt, and where things stand in the web."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from watch import notices
from watch.examined import Case, Said, advice, fine, wrong
from watch.notices import PlaceError

YEAR = 4  # characters


def contact(case: Case) -> Iterator[Said]:
    """Who a site's owner can turn to."""
    said = {"contact": "a mail or web address", "about": "a web page that says who collects and why"}
    public = [address for address in case.addresses if not _is_here(address)]
    for name, what in said.items():
        value = getattr(case.settings, name)
        if not value:
            say = wrong if public else advice
            yield say(name, f"the setting '{name}' is empty: set it to {what} before real sites are asked, who see it")
        elif name == "about" and not value.startswith(("http://", "https://")):
            yield wrong(name, f"the setting 'about' is no web address: '{value}'; set it to {what}")
        elif name == "contact" and "@" not in value and not value.startswith(("http://", "https://")):
            yield wrong(name, f"the setting 'contact' is neither a mail nor a web address: '{value}'")
        else:
            yield fine(name, f"each request names {name}: {value}")


def feeds(case: Case) -> Iterator[Said]:
    """The list of sources."""
    for mistake in case.mistakes:
        yield wrong("feeds.txt", f"{mistake}; until that is mended the sources are those of before")
    if not case.mistakes and not case.addresses:
        yield advice("feeds.txt", f"{case.settings.feeds} names no source: goodturn sources add URL finds one")
    elif not case.mistakes:
        plural = "s" if len(case.addresses) > 1 else ""
        yield fine("feeds.txt", f"{case.settings.feeds} names {len(case.addresses)} source{plural}")


def site(case: Case) -> Iterator[Said]:
    """Where feeds and their ids stand, and what hangs on it."""
    settings = case.settings
    owner, _, day = settings.feed_authority.rpartition(",")
    if int(day[:YEAR]) > case.now.year:
        yield wrong(
            "feed_authority",
            f"feed_authority names {day[:YEAR]}, which has not come: set it to a year in which you own {owner}",
        )
    if _is_here(settings.site):
        yield fine("site", f"the feeds stand at {settings.site}, for this machine alone")
        if settings.hub:
            yield wrong("hub", f"{settings.hub} is told of feeds at {settings.site}, which it cannot reach: set 'site'")
    elif settings.site.startswith("http://"):
        yield advice("site", f"{settings.site} is public without https: many readers refuse it; set 'site' to https")
    else:
        yield fine("site", f"the feeds stand at {settings.site}, their ids are {owner}'s of {day}")
    if settings.submissions and _is_here(settings.submit_site):
        yield advice("submissions", f"the public form is on, but stands at {settings.submit_site}: set 'submit_site'")


def desk(case: Case) -> Iterator[Said]:
    """Who may reach the desk, and how safely."""
    for said in case.desk:
        yield wrong("desk", said)
    if not case.desk:
        yield fine("desk", f"the desk stands at {case.settings.desk_site or 'an address of this machine alone'}")


def notify(case: Case) -> Iterator[Said]:
    """Who is told when something is wrong."""
    if not case.settings.notify:
        yield advice("notify", "the setting 'notify' is empty: alarms stand on the desk, and nobody is told of them")
        return
    try:
        notices.check(case.settings.notify)
    except PlaceError as error:
        yield wrong("notify", f"{error}; goodturn watch --test sends a message to each")
    else:
        yield fine("notify", f"alarms go to {', '.join(place.name for place in notices.places(case.settings.notify))}")


def simulated(case: Case) -> Iterator[Said]:
    """What is for demos and simulations only."""
    if case.settings.allow_private:
        yield advice("allow_private", "allow_private is on, for the demo and tests: take it out for real sites")
    if case.settings.clock:
        yield advice("clock", "the setting 'clock' makes time run as in a simulation: take it out for real work")
    if not case.settings.backup_at:
        yield advice("backup_at", "backup_at is empty, so no backup is made: set a time of the day, UTC, as 02:30")


def ports_differ(case: Case) -> Iterator[Said]:
    """Whether two things would have the same port."""
    settings = case.settings
    named = {name: getattr(settings, name) for name in ("desk_port", "feed_port", "metrics_port")}
    if settings.submissions:
        named["submit_port"] = settings.submit_port
    for port, times in Counter(named.values()).items():
        if port and times > 1:
            same = " and ".join(name for name, value in named.items() if value == port)
            yield wrong("ports", f"{same} are both {port}: set one of them to another")


def _is_here(address: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "")
