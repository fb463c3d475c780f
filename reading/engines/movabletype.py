"""Movable Type: release 3 with the byline under the words, release 4 and later with microformats above them."""

from reading.engine import Answers, Engine

ENGINES = (
    Engine(
        name="movable type",
        signs=("asset-meta", "commenter-profile", "Movable Type"),
        comment=(".comments-content .comment[id^=comment-], .comment[id^=comment-]:has(.comment-content)",),
        text=(".comment-content",),
        author=(".vcard.author, .author .fn", ".commenter-name, .commenter-profile", ".byline, .comment-header"),
        date=("abbr.published::attr(title)", ".byline, .comment-header, .comment-footer"),
        permalink=("a[href*='#comment-']::attr(href)",),
        nesting=Answers(key="::attr(id)", parent="a[href*='#comment-'][title^='Jump']::attr(href)"),
        drop=(".comment-header, .comment-footer, .user-pic",),
    ),
    Engine(
        name="movable type (3)",
        signs=("comments-body", "comments-post", 'class="posted"', "comments-head"),
        comment=(".comments-body:has(.comments-post, .posted)", ".comment[id^=c]:has(.posted, .comment-footer)"),
        author=(".comments-post, .posted, .comment-footer",),
        date=(".comments-post, .posted, .comment-footer",),
        permalink=("a[href*='#c']::attr(href)",),
        drop=(".comments-post, .posted, .comment-footer",),
    ),
)
