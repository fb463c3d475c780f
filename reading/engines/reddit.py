"""Reddit in its old form: answers lie inside what they answer."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="reddit (old)",
        signs=("commentarea",),
        comment=(".commentarea .thing.comment",),
        text=(".usertext-body .md", ".usertext-body"),
        author=("a.author", ".tagline .author, .tagline em"),
        date=(".tagline time::attr(datetime)", ".tagline time"),
        permalink=("a.bylink::attr(href)", "::attr(data-permalink)"),
        ignore=(".morecomments, .morerecursion",),
        deleted=(":scope.deleted",),
        edited=("time.edited-timestamp",),
    ),
)
