"""NodeBB: what is what is said by `component`, which all its themes keep (Persona, Harmony and what came of them).

A post that answers another one still stands in one flat list.
"""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="nodebb",
        signs=('component="post"',),
        comment=("li[component=post]", "[component=post]"),
        text=("[component='post/content']",),
        author=("a[itemprop=author], .post-header a[data-username]", "::attr(data-username)"),
        date=("meta[itemprop=datePublished]::attr(content)", "::attr(data-timestamp)", ".timeago::attr(title)"),
        permalink=("a.permalink::attr(href)", "a.post-index::attr(href)"),
        forum=True,
        number=(".post-index",),
        deleted=("[component=post].deleted",),
        edited=("meta[itemprop=dateModified]:not([content=''])",),
    ),
)
