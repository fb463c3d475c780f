"""WordPress: the walkers of its releases since 2.0, block themes, common theme families, wpDiscuz and Jetpack.

The core marks each comment with the class `comment` and an id `comment-N`; themes differ in what they put inside.
"""

from reading.engine import Engine, Level

_DROP = (
    ".comment-author, .comment-meta, .comment-metadata, .commentmetadata, .comment-header",
    ".reply, .comment-reply, .comment-reply-link, .comment-reply-login, .comment-edit-link, .edit-link",
    ".comment-awaiting-moderation, .comment-likes, .sharedaddy, .likebtn_container, .says, .avatar",
)

_DATE = (
    "time::attr(datetime)",
    ".comment-date, .comment-time, .comment_time, .comment_date",
    ".comment-metadata a, .comment-meta a[href*='#comment'], .commentmetadata a",
    "a[href*='#comment-']:not([rel~=nofollow])",
    ".comment-metadata, .comment-meta, .commentmetadata, .meta",
    "cite",
)

ENGINES = (
    Engine(
        name="wordpress",
        signs=("wp-content", "wp-includes", "wp-json", "commentlist", "comment-list", "wp-block-comment"),
        comment=(
            "li.comment, li.pingback, li.trackback",
            "div.comment[id*=comment-], div.pingback[id*=comment-]",
            ".commentlist > li, .comment-list > li, #commentlist > li",
            "article.comment, article.pingback",
            "li[id^='comment-']",
        ),
        text=(
            ".comment-content, .comment-text, .comment_content, .comment-entry, .comment_text, [itemprop=text]",
            ".wp-block-comment-content",
            ".comment-body",
        ),
        author=(
            ".comment-author .fn, .comment-author-name, .wp-block-comment-author-name, .authorname",
            ".fn",
            "[itemprop=author] [itemprop=name], .comment_author, .comment-author cite, span.author, cite",
            ".comment-author, .author",
        ),
        date=_DATE,
        permalink=(
            ".comment-metadata a::attr(href), .comment-meta a[href*='#comment-']::attr(href)",
            "a[href*='#comment-']:not([rel~=nofollow])::attr(href)",
        ),
        drop=_DROP,
        pingback=(".pingback:not(.comment), .trackback:not(.comment)",),
        ignore=("#commentform",),
    ),
    Engine(
        name="wordpress (definition list)",
        signs=("comment_list", "<dl"),
        comment=("dl > dt.comment, dl > dt[id^=comment-]",),
        text=("dd .format_text", "dd"),
        author=(".comment_author", ".fn, cite, a"),
        date=("time::attr(datetime)", ".comment_time", "a[href*='#comment-']"),
        permalink=("a[href*='#comment-']::attr(href)",),
        drop=_DROP,
        flat=True,
        pingback=("dt.pingback, dt.trackback",),
    ),
    Engine(
        name="wordpress (wpDiscuz)",
        signs=("wpd-comment", "wc-comment"),
        comment=(".wpd-comment", ".wc-comment"),
        text=(".wpd-comment-text", ".wc-comment-text"),
        author=(".wpd-comment-author", ".wc-comment-author"),
        date=(".wpd-comment-date::attr(title)", ".wpd-comment-date", ".wc-comment-date"),
        permalink=(
            "[data-wpd-clipboard]::attr(data-wpd-clipboard)",
            ".wc-comment-link a::attr(href)",
        ),
        nesting=Level(at="::attr(class)", pattern=r"level-(\d+)", first=1),
        drop=(".wpd-comment-footer, .wc-comment-footer, .wpd-form, .wc-form, .wpd-comment-last-edited",),
        edited=(".wpd-comment-last-edited",),
    ),
)
