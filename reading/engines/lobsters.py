"""Lobsters: a tree of list items, each with one comment and the list of its answers.

The date of an edited comment is that of its edit; Lobsters shows no other.
"""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="lobsters",
        signs=("comments_subtree",),
        comment=("ol.comments li:has(> div.comment[id^=c_])",),
        text=(".comment_text",),
        author=(".byline a[href^='/~'], .byline a[href^='/u/']",),  # the first is the avatar, without a word
        date=(".byline time::attr(datetime)", ".byline span[title]:not([class])::attr(title)"),
        permalink=(".byline a[href^='/c/']::attr(href)", ".byline a[href*='#c_']::attr(href)"),
        deleted=(".comment_text .na",),
        edited=("./div//div[starts-with(@class, 'byline')]//text()[normalize-space() = 'edited']",),
    ),
)
