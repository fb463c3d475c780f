"""Drupal 6 to 11: answers stand after what they answer, in one more box that indents."""

from reading.engine import Engine, Indented

ENGINES = (
    Engine(
        name="drupal",
        signs=("drupal", "Drupal", "/comment/reply/"),
        comment=(
            "article.comment, div.comment:has([class*=comment-body], .submitted, .content)",
            "[about*='/comment/']",
        ),
        text=(
            "[class*='-name-comment-body']:not(:has(> p > a.permalink))",
            ".comment__content .text-formatted, .comment__text-content, .comment-text .content",
            ".content",
        ),
        author=(
            ".comment__author .username, .submitted .username, .author .username, .comment__author, .username",
            ".submitted, .comment__meta, .author, footer",
        ),
        date=(
            "[property~='schema:dateCreated']::attr(content), [property~='dc:created']::attr(content)",
            "time::attr(datetime)",
            ".comment__time, .submitted, .comment__submitted, .date, footer",
        ),
        permalink=(
            "a.permalink::attr(href)",
            ".comment__permalink a::attr(href), .links a[href*='#comment-']::attr(href)",
        ),
        nesting=Indented(wrapper=".indented"),
        drop=(
            ".links, .comment__links, .permalink:empty, .expanding-formatter-ellipsis, .expanding-formatter-trigger",
        ),
        deleted=(".comment-unpublished .comment-deleted",),
    ),
)
