"""vBulletin 3 with its tables, 4 with its lists, 5 with its streams."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="vbulletin (3)",
        signs=("post_message_",),
        comment=("table[id^=post]:has([id^=post_message_])", "div[id^=edit]:has([id^=post_message_])"),
        text=("[id^=post_message_]",),
        author=(".bigusername", "[id^=postmenu_]"),
        date=("td.thead", ".tcat, .postdate"),
        number=("[id^=postcount]",),
        permalink=("[id^=postcount]::attr(href)",),
        forum=True,
        quote=("blockquote", "div:has(> .smallfont) > table"),
        drop=(".quoteexpand, .tapatalkSignatur",),
        edited=(".smallfont em",),
    ),
    Engine(
        name="vbulletin (4)",
        signs=("postcontainer", "postbit"),
        comment=("li.postcontainer[id^=post_]", "li[class*=postbit][id^=post_]"),
        text=(".postcontent:not(.lastedited)", "[id^=post_message_]"),
        author=(".username strong, .username", ".userinfo .guest", ".usertitle"),
        date=(".postdate .date", ".postdate"),
        number=(".postcounter",),
        permalink=(".postcounter::attr(href)",),
        forum=True,
        quote=(".bbcode_quote",),
        drop=(".tapatalkSignatur, .signature, .bbcode_description",),
        edited=(".lastedited",),
    ),
    Engine(
        name="vbulletin (5)",
        signs=("b-post__", "js-post__"),
        comment=("li.b-post",),
        text=(".js-post__content-text", ".b-post__content"),
        author=(".author [itemprop=name]", ".b-userinfo__details a, .author a, .author"),
        date=("time::attr(datetime)", ".b-post__timestamp"),
        number=(".b-post__count",),
        permalink=(".b-post__count::attr(href)",),
        forum=True,
        quote=(".bbcode_quote",),
        drop=(".b-post-sm, .signature",),
        edited=(".b-post__edit-details",),
    ),
)
