"""SPIP: the forum under an article, as its skeletons have written it since 1.8.

A message is the first element of a list item, the answers to it are the list after it. Its title, mostly that of the
article again, is not read as text.
"""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="spip",
        signs=("forum-chapo", "forum-message"),
        comment=(
            "li:has(> .comment-message), li:has(> .forum-message), li:has(> .forum > .forum-chapo)",
            ".forum-message",
        ),
        text=(".comment-texte", ".forum-texte", ".forum-item"),
        author=(
            ".comment-author .fn",
            ".comment-author, .forum-chapo .par",
            ".forum-chapo small span, .forum-chapo strong:not(.forum-titre)",
        ),
        date=("abbr[title]::attr(title)", ".forum-chapo .date", ".forum-chapo small", ".forum-chapo"),
        permalink=("a.permalink::attr(href)", ".forum-titre a[href*='#forum']::attr(href)"),
        drop=(".forum-lien, .comment-lien, .forum-repondre-message, .repondre, .comment-reply",),
        quote=("blockquote, .spip_quote",),
    ),
)
