"""XML in pieces, so that an entry is written once and joined into many feeds.

Everything is escaped here and nowhere else. The texts come without characters that XML cannot hold (publish/feed.py
drops them); a carriage return is written as a reference, as a parser would make a line feed of it.
"""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_RETURN = {"\r": "&#13;"}


def element(name: str, text: str | None = None, **attributes: str | None) -> str:
    """An element that holds a text; `xml_lang` and the like stand for names with a colon. What is None is left out."""
    said = _said({each.replace("_", ":"): value for each, value in attributes.items()})
    return f"<{name}{said}/>" if text is None else f"<{name}{said}>{escape(text, _RETURN)}</{name}>"


def around(name: str, parts: Iterable[str], attributes: Mapping[str, str | None] | None = None) -> str:
    """An element that holds others."""
    return f"<{name}{_said(attributes or {})}>{''.join(parts)}</{name}>"


def _said(attributes: Mapping[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value is not None)
