"""What is taken from JSON of elsewhere: each field where it is of the expected type, else it counts as missing.

So no answer, however wrong its types, raises anything further on. Texts lose what no database or feed can hold: lone
surrogates and control characters. An address that an answer names is only ever one of the host that answered.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # all but tab and line feed
MOST = 10**15  # of seconds since 1970, comments, ids: nothing real is larger, and a database can hold it
_LONGEST_LINE = 500  # characters of a name or a title: the places at hand allow 300 at most


def said(body: bytes) -> Any:
    """The JSON that a body is; None where it is none, or one nested too deep to be read."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def fields(value: object) -> dict[str, Any]:
    """An object of JSON."""
    return value if isinstance(value, dict) else {}


def several(value: object) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text of any length."""
    return _CONTROLS.sub("", value.encode("utf-8", "replace").decode()) if isinstance(value, str) else ""


def line(value: object) -> str:
    """A name, a title, a date or an address: a short text in one line; nothing where it is too long to be one."""
    found = " ".join(text(value).split())
    return found if len(found) <= _LONGEST_LINE else ""


def number(value: object) -> int | None:
    """A whole number, not below zero nor beyond all that is counted; what follows its point falls away."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return int(value) if 0 <= value <= MOST else None
    except (ValueError, OverflowError):  # NaN and Infinity, which Python takes for JSON
        return None


def at_home(base: str, address: object) -> str:
    """The path and query of an address, on the host of `base`; nothing where it is no address."""
    try:
        parts = urlsplit(line(address))
    except ValueError:  # no address, such as http://[
        return ""
    home = urlsplit(base)
    path = "/" + parts.path.lstrip("/")
    return urlunsplit((home.scheme, home.netloc, path, parts.query, "")) if parts.path else ""
