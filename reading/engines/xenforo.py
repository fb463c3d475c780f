"""XenForo 1 and 2: each message tells its author in an attribute."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="xenforo",
        signs=("message--post", "message-userContent"),
        comment=("article.message--post", "article.message[data-author]"),
        text=(".message-body .bbWrapper", ".message-body"),
        author=("::attr(data-author)", ".message-name", ".username"),
        date=(".message-attribution time::attr(datetime)", ".message-attribution .u-dt"),
        number=(".message-attribution-opposite li:last-child",),
        permalink=(".message-attribution a[href*='post-'], .message-attribution-gadget::attr(href)",),
        forum=True,
        quote=(".bbCodeBlock--quote",),
        drop=(".bbCodeBlock-expandLink, .message-signature, .js-selectToQuoteEnd, .bbCodeBlock-shrinkLink",),
        edited=(".message-lastEdit",),
    ),
    Engine(
        name="xenforo (1)",
        signs=("messageText", "messageList"),
        comment=("li.message[id^=post-]", "li.message[data-author]"),
        text=(".messageText",),
        author=("::attr(data-author)", ".userText .username, .username"),
        date=(
            ".messageMeta .DateTime::attr(title), .datePermalink .DateTime::attr(title)",
            ".messageMeta .DateTime, .datePermalink .DateTime",
            ".DateTime::attr(title)",
            ".DateTime",
        ),
        number=(".postNumber, .hashPermalink",),
        permalink=(".postNumber::attr(href), .hashPermalink::attr(href), .datePermalink::attr(href)",),
        forum=True,
        quote=(".bbCodeQuote",),
        drop=(".quoteExpand, .messageTextEndMarker, .signature",),
        edited=(".editDate",),
    ),
)
