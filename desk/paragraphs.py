"""A story's passage inside its page: which paragraphs are shown whole, dimmed, or folded away.

The two paragraphs on either side of a passage are shown, dimmed; what is further away is folded. A passage that starts
or ends inside a paragraph shares it with dimmed words.
"""

from dataclasses import dataclass

from storage.surroundings import Surroundings

NEAR = 2  # paragraphs: enough to see whether the story starts earlier or goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the passage, with the words of the same paragraph that do not belong to it."""

    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A passage in its place, from the top of its page to the end."""

    earlier: list[str]
    before: list[str]
    passage: list[Paragraph]
    after: list[str]
    later: list[str]


def alone(text: str) -> Context:
    """The passage without anything around it."""
    passage = [Paragraph(text=line) for line in _lines(text)]
    return Context(earlier=[], before=[], passage=passage, after=[], later=[])


def context(around: Surroundings) -> Context:
    """The passage in its place."""
    *lines_before, same_before = around.before.split("\n")
    same_after, *lines_after = around.after.split("\n")
    lines = around.passage.split("\n")
    last = len(lines) - 1
    passage = [
        Paragraph(text=line, before=same_before if i == 0 else "", after=same_after if i == last else "")
        for i, line in enumerate(lines)
        if line.strip()
    ]
    before, after = _filled(lines_before), _filled(lines_after)
    return Context(
        earlier=before[:-NEAR], before=before[-NEAR:], passage=passage, after=after[:NEAR], later=after[NEAR:]
    )


def _lines(text: str) -> list[str]:
    return _filled(text.split("\n"))


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]
