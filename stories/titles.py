"""A line that an editor knows a story by. Pure.

The nearest heading above the passage, else the page's title, else the passage's first words: always in the story's own
language.
"""

from reading.document import Document

MOST = 80  # characters; what fits a line of the desk
MOST_WORDS = 10


def title(document: Document, place: int | None, start: int, end: int) -> str:
    """The working title of the passage from `start` to `end` in the post (None) or a comment."""
    text = document.text if place is None else document.comments[place].text
    above = [h for h in document.headings if h[1] <= start] if place is None else []
    if above:
        return _short(text[slice(*above[-1])])
    if place is None and document.title:
        return _short(document.title)
    return _short(" ".join(text[start:end].split()[:MOST_WORDS]) + " …")


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= MOST else line[: MOST - 1].rsplit(" ", 1)[0] + "…"
