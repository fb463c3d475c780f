"""LiveJournal: the site's own page since 2017 and before, the journals' own styles, and Dreamwidth, which came of it.

All write the answers behind what they answer, with the depth as a number: in a class, or as an indent of 25 pixels. A
deep thread is cut: what is left of such a comment is its author, and it is not read.
"""

from reading.engine import Engine, Level

_NAME = ".ljuser b, .ljuser .i-ljuser-username", ".ljuser", "[data-ljuser]::attr(data-ljuser)"

ENGINES = (
    Engine(
        name="livejournal",
        signs=("mdspost-comment",),
        comment=(".mdspost-thread",),
        text=(".mdspost-comment__body",),
        author=(".mdspost-comment-username__name", "[data-displayname]::attr(data-displayname)"),
        date=(".mdspost-comment-time--ctime", "[data-updated-ts]::attr(data-updated-ts)", "time"),
        permalink=(".mdspost-comment-time--ctime::attr(href)",),
        nesting=Level(at="::attr(class)", pattern=r"thread--level-(\d+)", first=1),
        drop=(".edittime",),
        ignore=(".mdspost-comment--collapsed",),
        deleted=(".mdspost-comment--deleted, .mdspost-comment--suspended",),
        edited=(".edittime",),
    ),
    Engine(
        name="livejournal (until 2017)",
        signs=("b-tree-twig",),
        comment=(".b-tree-twig:has(.p-comment)",),
        text=(".b-leaf-article",),
        author=(".b-leaf-username-name", *_NAME),
        date=(".b-leaf-createdtime", "[data-updated-ts]::attr(data-updated-ts)"),
        permalink=(".b-leaf-permalink::attr(href)",),
        nesting=Level(at="::attr(class)", pattern=r"b-tree-twig-(\d+)", first=1),
        drop=(".b-leaf-subject, .edittime",),
        ignore=(".b-leaf-collapsed, .b-leaf-seemore",),
        deleted=(".b-leaf-deleted, .b-leaf-suspended",),
        edited=(".edittime",),
    ),
    Engine(
        name="livejournal (styles)",
        signs=("ljcmt",),
        comment=(".ljcmt_full",),
        text=(".commentText, .comment-text, .comment-body", "./div[2]"),
        author=_NAME,
        date=(".comment-datetimelink", "small span", ".commentHeader span", "./div[1]"),
        permalink=("a[href*='thread=']::attr(href)",),
        nesting=Level(at="::attr(style)", pattern=r"margin-left:\s*(\d+)", step=25),
        drop=(".edittime",),
        edited=(".edittime",),
    ),
    Engine(
        name="dreamwidth",
        signs=("dwexpcomment",),
        comment=(".comment-thread",),
        text=(".comment-content",),
        author=(".comment-poster .ljuser b", ".comment-poster .ljuser", ".comment-poster"),
        date=(".datetime",),
        permalink=(".comment-permalink a::attr(href)", "a[href*='#cmt']::attr(href)"),
        nesting=Level(at="::attr(class)", pattern=r"comment-depth-(\d+)", first=1),
        drop=(".edittime",),
        ignore=(".comment-wrapper.partial",),
        deleted=(".comment-wrapper.deleted",),
        edited=(".edittime",),
    ),
)
