"""Blogger: threaded comments, the definition lists of earlier templates, and the newest (Soho, Contempo ...)."""

from reading.engine import Engine

_DELETED = (".deleted-comment", ".comment-deleted")

ENGINES = (
    Engine(
        name="blogger",
        signs=("comment-thread", "comment-block"),
        comment=("li.comment[id^=c]",),
        text=(".comment-content",),
        author=(".comment-header .user", ".user"),
        date=(".comment-header .datetime", ".datetime"),
        permalink=(".datetime a::attr(href)",),
        drop=(".comment-actions",),
        deleted=_DELETED,
    ),
    Engine(
        name="blogger (definition list)",
        signs=("comments-block", "comment-author", "comment-data"),
        comment=("#comments-block > dt, [id$=comments-block-wrapper] dt",),
        text=(".comment-body",),
        author=(
            "dt > a[href*='blogger.com/profile'], dt > a[rel=nofollow]",
            "dt .comment-author, dt a",
            "dt",
        ),
        date=(".comment-timestamp, .comment-date", ".comment-footer"),
        permalink=(".comment-timestamp a[href*='#c']::attr(href)", ".comment-footer a[href*='#c']::attr(href)"),
        drop=(".comment-timestamp", ".comment-footer", ".item-control"),
        flat=True,
        deleted=_DELETED,
    ),
)
