"""Squarespace: the journals of version 5, and the comments that versions 6 and 7 leave in a page once it is drawn."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="squarespace",
        signs=("squarespace-comments",),
        comment=(".squarespace-comments .comment[id^=comment-]",),
        text=(".comment-body",),
        author=(".comment-header .author", ".author, .comment-author"),
        date=(".comment-date::attr(title)", "time::attr(datetime)", ".comment-date, .date"),
        permalink=("a[href*='#comment-']::attr(href)",),
        drop=(".comment-header, .comment-footer, .comment-controls",),
    ),
    Engine(
        name="squarespace (5)",
        signs=("journal-comment-area",),
        comment=(".journal-comment-area .comment[id^=comment]",),
        text=(".body",),
        author=(
            ".signature a:not([href*='#comment'])",
            "./descendant::*[contains(@class, 'signature')]/descendant::text()[normalize-space()][last()]",
        ),
        date=(".signature",),
        permalink=("a[href*='#comment']::attr(href)",),
    ),
)
