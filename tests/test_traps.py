"""What leads nowhere is told by its address alone, and no article is taken for it."""

from datetime import date

import pytest

from crawler.addresses.traps import trap
from crawler.addresses.urls import canonical

TODAY = date(2026, 5, 4)
HEX = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/calendar/2041/05/", "a calendar in the year 2041"),
        ("/calendar/month/2041/", "a calendar in the year 2041"),
        ("/events/2028-06-01/", "a calendar in the year 2028"),
        ("/kalender/1901/1", "a calendar in the year 1901"),
        ("/events/?tribe-bar-date=2031-02-01", "a calendar in the year 2031"),
        ("/cal.php?view=month&year=2041", "a calendar in the year 2041"),
        ("/cal.php?year=2019&month=5", "a calendar's month"),
        ("/?cal_month=5&cal_year=2026&day=3", "a calendar's month"),
        ("/2041/05/", "an archive of the year 2041"),
        ("/blog/2028/1/12/", "an archive of the year 2028"),
        ("/en/x/en/y/en/", "“en” 3 times in the path"),
        ("/a/b/a/b", "a path that repeats itself"),
        ("/img/css/img/css/page.html", "a path that repeats itself"),
        ("/" + "/".join("abcdefghijklm"), "a path of 13 parts"),
        ("/s?a=1&b=2&c=3&d=4&e=5&f=6&g=7", "7 parameters"),
        ("/s?tag=a&tag=b&tag=c&tag=d", "“tag” with 4 values"),
        (f"/shop?session={HEX}", "a session in “session”"),
        (f"/a?osCsid2=1&user_token={HEX}", "a session in “user_token”"),
        ("/shop?sort=price&dir=asc", "a list in another order"),
        ("/shop?filter[size]=4&filter[colour]=red", "a list in another order"),
        ("/shop?orderby=price&order=desc", "a list in another order"),
        ("/viewforum.php?f=2&sk=t&sd=d", "a list in another order"),
        ("/wiki/Page?action=edit", "a button: “action=edit”"),
        ("/?add-to-cart=12", "a button: “add-to-cart=12”"),
        ("/showthread.php?do=newreply&t=3", "a button: “do=newreply”"),
        ("/login?next=/a/b", "a button: “next=/a/b”"),
        ("/user/login?x=1", "a button: “login”"),
        ("/wp-login.php", "a button: “wp-login.php”"),
        ("/a/b?redirect_to=https%3A%2F%2Fblog.example", "a button: “redirect_to=https%3A%2F%2Fblog.example”"),
        ("/2019/05/slug/print/", "a button: “print”"),
        ("/printthread.php?t=3", "a button: “printthread.php”"),
        ("/slug?format=print", "a button: “format=print”"),
        ("/component?option=com_mailto&tmpl=component", "a button: “option=com_mailto”"),
        ("/slug?replytocom=7", "a button: “replytocom=7”"),
        ("/share?u=x", "a button: “share”"),
        ("/x?u=https%3A%2F%2Fa.example%2F" + "x" * 500, "a long address that holds another"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_trap(path: str, why: str) -> None:
    assert trap(f"https://blog.example{path}", TODAY) == why


REAL = """\
https://blog.example/
https://blog.example/2019/05/the-driver-who-waited/
https://blog.example/2012/12/12/12-12-12/
https://blog.example/2027/01/next-year-already/
https://blog.example/2019/05/12/05/
https://blog.example/?p=12
https://blog.example/index.php/2009/03/04/a-kind-word/comment-page-2/
https://blog.example/archives/2041
https://blog.example/node/2041
https://blog.example/1984/why-i-still-love-that-book
https://blog.example/events/a-thank-you-to-the-staff
https://blog.example/event/1950/the-evening-at-the-hotel
https://blog.example/events/2019/05/open-day/
https://blog.example/calendar
https://blog.example/blog/2019/blog/
https://blog.example/login-problems-solved-by-a-kind-agent
https://blog.example/share/a-kind-word
https://blog.example/print-shop-saved-our-wedding/
https://blog.example/print
https://anna.blogspot.com/2011/07/thank-you-train-staff.html?showComment=1310000000000#c123
https://anna.blogspot.com/2011/07/thank-you.html?commentPage=2&m=1
https://forum.example/viewtopic.php?f=2&t=33&start=40
https://forum.example/viewtopic.php?p=4711#p4711
https://forum.example/phpBB3/viewtopic.php?f=2&t=33&sid=0123456789abcdef0123456789abcdef
https://forum.example/showthread.php?t=4711&page=3
https://forum.example/showthread.php?123-Great-service-at-the-garage&p=99&viewfull=1
https://forum.example/index.php?topic=4711.15
https://forum.example/index.php?act=ST&f=1&t=2&st=20
https://forum.example/index.php?action=view&id=12
https://forum.example/index.php?/topic/4711-slug/page-2
https://forum.example/threads/great-service.4711/page-2
https://forum.example/t/great-service/123
https://forum.example/t/great-service/123/45
https://forum.example/c/support/7
https://forum.example/showthread.php?t=4711&sort=oldest
https://anna.livejournal.example/12345.html?thread=67890&nojs=1
https://video.example/watch?v=dQw4w9WgXcQ&list=PL0123456789ABCDEF&index=3
https://spip.example/spip.php?article1234&lang=fr
https://spip.example/spip.php?page=article&id_article=1234
https://drupal.example/?q=node/12&page=1
https://drupal.example/node/12?page=0,1
https://www.shop.example/news/article.asp?id=12&cat=3
https://www.shop.example/News/Default.aspx?tabid=55&articleType=ArticleView&articleId=12
https://www.shop.example/article.asp?year=2008&month=5&id=12
https://www.shop.example/dir/sort/order
https://threads.example/r/kind/comments/abc123/a_story_of_a_waiter/
https://threads.example/r/kind/comments/abc123/a_story_of_a_waiter/def456/?context=3&sort=top
https://news.example/2019/may/04/the-bus-driver-who-came-back
https://news.example/news/uk-england-12345678
https://news.example/artikel/2019-05-04/ein-freundlicher-fahrer-a-1234567.html
https://news.example/a/b/c/d/e/f/g/2019/05/04/slug
https://news.example/story.php?story_id=4711&token=
https://avis.example/indland/2019/05/rød-grød-med-fløde-på-bussen?page=2
https://avis.example/l%C3%A6serbreve/tak-til-chauff%C3%B8ren
https://avis.example/?s=god+service
https://wiki.example/index.php?title=A_kind_word&action=view
https://wiki.example/doku.php?id=stories:bus&do=show
https://blog.example/wp-json/wp/v2/comments?post=41&per_page=100&order=asc
https://anna.blogspot.com/feeds/4711/comments/default?alt=atom&orderby=published&max-results=500&start-index=501
https://shop.example/stores/5401/5401-12
https://shop.example/product/4711?variant=39411234567890
https://story.example/redirected?return=none&next=2
https://story.example/mode?mode=story&date=2019-05-04
https://archive.example/web/2011/http://blog.example/2011/05/a-kind-word/
""".splitlines()


@pytest.mark.parametrize("url", REAL)
def test_an_article_is_no_trap(url: str) -> None:
    assert trap(canonical(url) or url, TODAY) is None


def test_a_year_is_far_by_the_day_it_is_looked_at() -> None:
    url = "https://blog.example/2028/05/"
    assert trap(url, TODAY)
    assert trap(url, date(2027, 1, 1)) is None
