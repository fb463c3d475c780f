"""Simple Machines Forum 1.1 (tables), 2.0 and 2.1 (boxes). The first post has no number, the answers count from 1."""

from reading.engine import Engine

ENGINES = (
    Engine(
        name="smf",
        signs=("post_wrapper",),
        comment=(".post_wrapper",),
        text=(".post .inner", ".post"),
        author=(".poster h4 a[href*='action=profile'], .poster h4 a[href*='/profile/']", ".poster h4"),
        date=(".postinfo a.smalltext", ".keyinfo .smalltext", ".keyinfo"),
        permalink=(".keyinfo h5 a::attr(href)", ".postinfo a.smalltext::attr(href)", ".keyinfo a::attr(href)"),
        forum=True,
        number=("./descendant::*[contains(@class, 'smalltext')]/strong[contains(., '#')]", ".page_number"),
        drop=(".approve_post, .noticebox, .codeheader",),
        quote=("blockquote, .quoteheader",),
        edited=("[id^=modified_] em", ".modified.mvisible"),
    ),
    Engine(
        name="smf (1.1)",
        signs=("quickModForm",),
        comment=("[name=quickModForm] td.windowbg, [name=quickModForm] td.windowbg2",),
        text=(".post",),
        author=("td[rowspan] > b",),
        date=("[id^=subject_] + .smalltext",),
        permalink=("[id^=subject_] a::attr(href)",),
        forum=True,
        number=("./descendant::*[contains(@class, 'smalltext')]/b[contains(., '#')]",),
        drop=(".codeheader",),
        quote=("div.quote, .quoteheader",),
        edited=("[id^=modified_] em, [id^=modified_] i",),
    ),
)
