"""Creative Commons licences by their addresses and their names: what each is called, and which is the strictest. Pure.

A licence is called by the address of its deed, always written the same:
`https://creativecommons.org/licenses/by-sa/4.0/`, `.../by/3.0/de/` where it was ported to a country,
`.../publicdomain/zero/1.0/`. Addresses come with http or without a scheme, with `deed.da` or `legalcode` at the end,
and as those of the badges (`i.creativecommons.org/l/by/4.0/88x31.png`). One without a version names no licence, nor
does one of another host, whatever it looks like.

Of several the strictest counts: one that forbids changes (nd), then commerce (nc), then other terms (sa), then the
rest.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

SITE = "https://creativecommons.org"
_HOSTS = frozenset(
    f"{www}{host}" for host in ("creativecommons.org", "licensebuttons.net") for www in ("", "www.", "i.")
)
_LONGEST = 300  # characters of an address
_LONGEST_TEXT = 2_000  # characters of a line of rights
_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
_UNPORTED = "4.0"  # from this one on a licence is the same in all countries
_KIND, _VERSION, _PORT = r"(?P<kind>by(?:-(?:nc|nd|sa)){0,2})", r"(?P<version>\d\.\d)", r"[a-z]{2}|igo|scotland"
_END = r"(?:/(?:deed|legalcode|rdf|\d{2,3}x\d{2,3})[\w.-]{0,20})?/?"
_LICENCE_AT = re.compile(rf"/(?:licenses|l)/{_KIND}/{_VERSION}(?:/(?P<port>{_PORT}))?{_END}")
_FREE_AT = re.compile(rf"/(?:publicdomain|p)/(?P<kind>zero|mark)/1\.0{_END}")
_SPDX = re.compile(rf"cc-{_KIND}-{_VERSION}(?:-(?P<port>{_PORT}))?|cc(?P<zero>0)-1\.0|cc-(?P<mark>pdm)-1\.0", re.I)
_NAME = re.compile(r"\bcc[ -](by(?:-(?:nc|nd|sa)){0,2})[ -](\d\.\d)(?:[ -]((?-i:[A-Z]{2})))?\b|\bcc(0)\b", re.I)
_ADDRESS = re.compile(r"https?://[^\s\"'<>()]{1,300}", re.I)
ALL_RIGHTS = re.compile(
    r"all rights reserved|alle rechten? vor(?:be)?(?:halten|behouden)|alle rechten voorbehouden"
    r"|tous (?:les )?droits réservés|todos los derechos reservados|med ensamrätt"
    r"|all[ae] r[äe]tt(?:igheder|igheter|igheterna) (?:for|för|reserv)\w+",
    re.I,
)


def deed(address: str) -> str | None:
    """The licence at an address, or that a badge at this address stands for."""
    if len(address) > _LONGEST:
        return None
    try:
        parts = urlsplit(address.strip().lower())
    except ValueError:  # `http://[`
        return None
    if parts.scheme not in ("http", "https", "") or parts.netloc not in _HOSTS:
        return None
    if found := _FREE_AT.fullmatch(parts.path):
        return _free(found["kind"])
    found = _LICENCE_AT.fullmatch(parts.path)
    return _licence(found["kind"], found["version"], found["port"]) if found else None


def spdx(name: str) -> str | None:
    """The licence with this name in the list of SPDX: `CC-BY-SA-4.0`, `CC-BY-3.0-DE`, `CC0-1.0`."""
    found = _SPDX.fullmatch(name)
    if found is None:
        return None
    if found["zero"] or found["mark"]:
        return _free("zero" if found["zero"] else "mark")
    return _licence(found["kind"], found["version"], found["port"])


def named(text: str) -> str | None:
    """The licence that a line of rights names, by its address or as `CC BY-SA 4.0`; None where it keeps all rights."""
    text = text[:_LONGEST_TEXT]
    if ALL_RIGHTS.search(text):
        return None
    addresses = [deed(found[0].rstrip(".,;")) for found in _ADDRESS.finditer(text)]
    names = [_free("zero") if found[4] else _licence(*found.group(1, 2, 3)) for found in _NAME.finditer(text)]
    return strictest(each for each in (*addresses, *names) if each)


def strictest(licences: Iterable[str]) -> str | None:
    """The one of these that allows least, the first of equals."""
    return max(licences, key=lambda each: [part in _parts(each) for part in ("nd", "nc", "sa", "by")], default=None)


def allows_changes(licence: str) -> bool:
    """Whether a licence, if it is one of Creative Commons, lets a changed work be shared."""
    return deed(licence) is None or "nd" not in _parts(licence)


def _parts(licence: str) -> list[str]:
    return licence.removeprefix(SITE).split("/")[2].split("-") if licence.startswith(f"{SITE}/licenses/") else []


def _free(kind: str) -> str:
    return f"{SITE}/publicdomain/{kind}/1.0/"


def _licence(kind: str, version: str, port: str | None) -> str | None:
    parts = kind.lower().split("-")
    if version not in _VERSIONS or len(set(parts)) < len(parts) or {"nd", "sa"} <= set(parts):
        return None
    order = ("by", "nd", "nc") if version == "1.0" and "nd" in parts else ("by", "nc", "nd", "sa")
    name = "-".join(part for part in order if part in parts)
    place = f"{port.lower()}/" if port and version != _UNPORTED else ""
    return f"{SITE}/licenses/{name}/{version}/{place}"
