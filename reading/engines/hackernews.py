"""Hacker News: the width of an empty image tells the depth."""

from reading.engine import Engine, Level

ENGINES = (
    Engine(
        name="hacker news",
        signs=("comtr", "comment-tree"),
        comment=("tr.comtr",),
        text=(".commtext", ".comment"),
        author=(".hnuser",),
        date=(".age::attr(title)", ".age"),
        permalink=(".age a::attr(href)",),
        nesting=Level(at=".ind img::attr(width)", step=40),
        drop=(".reply",),
    ),
)
