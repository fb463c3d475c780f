"""phpBB 3 with its boxes, phpBB 2 with its tables."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="phpbb",
        signs=("postbody", "viewtopic.php"),
        comment=("div.post[id^=p]",),
        text=(".postbody .content",),
        author=(".author .username, .author .username-coloured", ".author strong", ".postprofile .username"),
        date=(".author time::attr(datetime)", ".author"),
        permalink=(".author a[href*='#p']::attr(href)", "h3 a[href^='#p']::attr(href)"),
        forum=True,
        drop=(".signature, .notice, .attachbox, dl.file, .codebox > p, .post-buttons",),
        edited=(".notice",),
    ),
    Engine(
        name="phpbb (2)",
        signs=("postdetails", "viewtopic.php"),
        comment=("tr:has(> td > span.name)",),
        text=("span.postbody, td.quote, td.code", ".postbody"),
        author=("span.name b",),
        date=("td:not(:first-child) .postdetails", ".postdetails"),
        permalink=("a[href*='viewtopic.php'][href*='#']::attr(href)",),
        forum=True,
        quote=("td.quote",),
        drop=(".gensmall",),
    ),
)
