"""Vanilla: the discussion, and a list of comments under it; in version 1 the discussion is the first of the list."""

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
    Engine(
        name="vanilla (1)",
        signs=('id="CommentBody_',),
        comment=("#Comments > li[id^=Comment_]",),
        text=(".CommentBody",),
        author=(".CommentHeader li:first-child a",),
        date=(".CommentHeader li:nth-child(2)",),
        forum=True,
    ),
)
