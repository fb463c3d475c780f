"""Ghost: the comments of Ghost 5 and later, as a browser saves them; its classes only say how things look.

A removed comment that has answers is a grey line without a name.
"""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="ghost",
        signs=('data-testid="comment-component"',),
        comment=("[data-testid=animated-comment]", "[data-testid=comment-component]"),
        text=("[data-testid=comment-content], .gh-comment-content", "p[class*='text-neutral-900/40']"),
        author=("h4",),
        date=("a[href*='#ghost-comments']::attr(title)", "h4 + div [title]::attr(title)"),
        permalink=("a[href*='#ghost-comments']:not([data-testid])::attr(href)",),
        deleted=("p[class*='text-neutral-900/40']",),
        edited=(".//h4/following-sibling::div//span[starts-with(translate(., '\xa0 ', ''), '(')]",),
    ),
)
