"""Weebly: one flat list, in which a class gives each comment's depth."""

from reading.engine import Engine, Level

ENGINES = (
    Engine(
        name="weebly",
        signs=("blogCommentWrap",),
        comment=(".blogCommentWrap",),
        text=(".blogCommentText",),
        author=(".blogCommentAuthor .name", ".blogCommentAuthor"),
        date=(".blogCommentDate",),
        nesting=Level(at="::attr(class)", pattern=r"blogCommentLevel(\d+)"),
        drop=(".blogCommentOptions",),
    ),
)
