"""Stack Exchange: the question is the post; answers and comments are comments, those under an answer answer it."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="stack exchange",
        signs=("comment-copy", "js-post-body", 'class="answer'),
        comment=(".answer, li.comment",),
        text=(".comment-copy", ".js-post-body, .post-text"),
        author=(
            ".comment-user",
            ".post-signature.owner .user-details > a",
            "[itemprop=author] .user-details a, [itemprop=author] [itemprop=name]",
            ".user-details a",
        ),
        date=(
            ".comment-date .relativetime-clean::attr(title), .comment-date span::attr(title)",
            "time[itemprop=dateCreated]::attr(datetime)",
            ".user-info:has([itemprop=author]) .relativetime::attr(title)",
            ".relativetime::attr(title)",
        ),
        permalink=(".comment-link::attr(href)", ".js-share-link::attr(href), .short-link::attr(href)"),
        drop=(".s-notice, .post-notice",),
    ),
)
