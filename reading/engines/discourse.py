"""Discourse as it shows itself to crawlers and to browsers without scripts."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="discourse",
        signs=("crawler-post",),
        comment=("div.crawler-post:not([role=navigation])", "#main-outlet [itemprop=comment]"),
        text=(".post[itemprop=text], .post[itemprop=articleBody]", ".post"),
        author=(".creator [itemprop=name]", ".creator"),
        date=("[itemprop=datePublished]::attr(datetime), time.post-time::attr(datetime)", "time::attr(datetime)"),
        number=("[itemprop=position]", "::attr(id)"),
        permalink=("a.post-permalink::attr(href)",),
        forum=True,
        quote=("aside.quote, blockquote",),
        drop=(".crawler-linkback-list, [itemprop=interactionStatistic], .meta, .lightbox-wrapper .meta",),
    ),
)
