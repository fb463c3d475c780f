"""Plain texts of the made-up web as the HTML that an engine makes of them, and its dates in words.

A text is paragraphs with an empty line between them. A block may be a heading (`## `), a quotation (`> `), a list
(`- ` before each line) or a picture (`![what it shows](name)`). In a line, `*so*` is stressed and `[text](address)` is
a link. Old Blogger posts have no paragraphs, only line breaks: that is the style "br".
"""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
STRESS = re.compile(r"\*([^*\n]+)\*")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)$")
BLOCK = re.compile(r"\n\s*\n")


def to_html(text: str, *, style: str = "p", heading: str = "<h2>") -> str:
    """The text as HTML. `heading` is the opening tag of a heading."""
    blocks = [_block(block.strip(), heading) for block in BLOCK.split(text.strip())]
    if style == "br":
        return "<br />\n<br />\n".join(block.removeprefix("<p>").removesuffix("</p>") for block in blocks)
    return "\n".join(blocks)


def plain(text: str) -> str:
    """The text without its markup, on one line: for excerpts and for comparing."""
    text = LINK.sub(r"\1", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text))
    return " ".join(re.sub(r"(?m)^(## |> |- )|\*", "", text).split())


def excerpt(text: str, words: int) -> str:
    """The first words of a text, with an ellipsis where it goes on."""
    said = plain(text).split()
    return " ".join(said[:words]) + (" […]" if len(said) > words else "")


def in_words(when: datetime, pattern: str, names: Mapping[str, list[str]]) -> str:
    """A time after a pattern such as "{weekday} {d}. {month} {y}", with the names of a language."""
    return pattern.format(
        y=when.year,
        m=f"{when.month:02}",
        d=when.day,
        dd=f"{when.day:02}",
        H=f"{when.hour:02}",
        h=when.hour % 12 or 12,
        M=f"{when.minute:02}",
        ampm=f"{when:%p}".lower(),
        month=names["months"][when.month - 1],
        mon=names["months"][when.month - 1][:3],
        weekday=names["weekdays"][when.weekday()],
        wd=names["weekdays"][when.weekday()][:2],
    )


def _block(block: str, heading: str) -> str:
    if picture := PICTURE.match(block):
        name, alt = picture[2], escape(picture[1])
        return f'<figure><img src="/media/{name}.png" alt="{alt}" width="640" height="427" /></figure>'
    if block.startswith("## "):
        tag = heading.split(maxsplit=1)[0].strip("<>")
        return f"{heading}{_inline(block[3:])}</{tag}>"
    if block.startswith("> "):
        return f"<blockquote><p>{_inline(re.sub(r'(?m)^> ?', '', block))}</p></blockquote>"
    if block.startswith("- "):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in block.splitlines()) + "</ul>"
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    text = escape(text, quote=False)
    text = LINK.sub(lambda link: f'<a href="{link[2]}">{link[1]}</a>', text)
    return STRESS.sub(r"<em>\1</em>", text)
