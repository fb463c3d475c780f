"""Vanilla 2 and 3: the discussion, and a list of comments under it; no nesting."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="vanilla",
        signs=("ItemComment", "ItemDiscussion"),
        comment=(".ItemDiscussion[id^=Discussion_], .ItemComment[id^=Comment_]",),
        text=(".Message",),
        author=(".Author .Username", ".Author a:not(.PhotoWrap)", ".Author"),
        date=(".DateCreated time::attr(datetime)", ".DateCreated"),
        permalink=(".DateCreated a::attr(href)", "a.Permalink::attr(href)"),
        forum=True,
        drop=(".Signature, .UserSignature, .Reactions, .Attachments, .QuoteAuthor",),
        quote=("blockquote, .Quote, .embedQuote",),
        edited=(".DateUpdated",),
    ),
)
