"""TypePad: the words, then a footer with name and date."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="typepad",
        signs=("typepad", "TypePad"),
        comment=(".comments-content .comment, #comments .comment[id^=comment-]", ".comment[id^=comment-6a]"),
        text=(".comment-content", ".comment-body"),
        author=(
            ".comment-footer .commenter-name, .comment-author-name, .comment-author .fn",
            ".comment-footer, .comment-meta, .comment-header",
        ),
        date=(".comment-footer, .comment-meta, .comment-timestamp", ".comment-header"),
        permalink=("a[href*='#comment-']::attr(href)",),
        drop=(".comment-footer, .comment-meta, .comment-header, .comment-avatar, .comment-reply",),
    ),
)
