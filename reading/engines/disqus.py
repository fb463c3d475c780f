"""Disqus, where its comments are in the page: what its WordPress plugin leaves for visitors without scripts, the
threads of 2009 to 2012, and today's thread as a browser saves it.
"""

from reading.engine import Engine, Level

ENGINES = (
    Engine(
        name="disqus (WordPress plugin)",
        signs=("dsq-comment-message-",),
        comment=("#dsq-comments li.comment, #dsq-comments li.pingback",),
        text=(".dsq-comment-message",),
        author=("[id^=dsq-author-user]", "cite"),
        permalink=("a[href*='#comment-']::attr(href)",),
        pingback=("li.pingback",),
    ),
    Engine(
        name="disqus (until 2012)",
        signs=("dsq-comment-body",),
        comment=("li.dsq-comment",),
        text=(".dsq-comment-text", ".dsq-comment-message"),
        author=(".dsq-commenter-name", ".dsq-comment-cite"),
        date=(".dsq-comment-header-time a::attr(title)", ".dsq-comment-date, .dsq-comment-header-time"),
        permalink=(".dsq-comment-header-time a::attr(href)",),
        nesting=Level(at="::attr(style)", pattern=r"margin-left:\s*(\d+)", step=30),
    ),
    Engine(
        name="disqus",
        signs=("publisher-anchor-color",),
        comment=("#post-list li.post, #posts li.post",),
        text=(".post-message",),
        author=(".post-byline .author", ".post-byline"),
        date=(".post-meta .time-ago::attr(title)", ".post-meta .time-ago"),
        permalink=(".post-meta .time-ago::attr(href)",),
        drop=("[data-role='reply-form-container']",),
    ),
)
