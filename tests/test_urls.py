"""One spelling for each address, whichever way it is written, and never another page's; and which site it is of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses.sites import is_on_site, site_of
from crawler.addresses.urls import canonical


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Blog.Example:80/A/../b", "http://blog.example/b"),
        ("https://blog.example:443", "https://blog.example/"),
        ("https://blog.example:8443/", "https://blog.example:8443/"),
        ("https://blog.example./a#comment-3", "https://blog.example/a"),
        ("https://user:pw@blog.example/a", "https://blog.example/a"),
        ("https://blog.example/a?utm_source=x&b=2&fbclid=y&a=1", "https://blog.example/a?b=2&a=1"),
        ("https://blog.example/a?replytocom=7#respond", "https://blog.example/a"),
        ("https://blåbær.example/rød grød", "https://xn--blbr-roah.example/r%C3%B8d%20gr%C3%B8d"),
        ("https://blog.example/%C3%B8?q=%20x", "https://blog.example/%C3%B8?q=%20x"),
        ("/a/./b/../c/..", "https://blog.example/a/"),
        ("https://blog.example//x/../..//y", "https://blog.example//y"),
        ("https://blog..example/", None),
        ("https://a b.example/", None),
        ("../c?d", "https://blog.example/c?d"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("file:///etc/hostname", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://a.example:99999/", None),
        ("https://a.example/" + "x" * 3000, None),
        # session ids
        ("/a?PHPSESSID=0a1b2c&b=2", "https://blog.example/a?b=2"),
        ("/a;jsessionid=0A1B2C.node1?b=2", "https://blog.example/a?b=2"),
        ("/a/b;jsessionid=1/c?jsessionid=1", "https://blog.example/a/b/c"),
        ("/shop/(S(0a1b2c3d4e5f6g7h8i9j0k1l))/a.aspx", "https://blog.example/shop/a.aspx"),
        ("/(X(1)S(0a1b2c3d4e5f6g7h8i9j0k1l));jsessionid=4", "https://blog.example/"),
        ("/rødgrød_(S(ild))/(S(kum))", "https://blog.example/r%C3%B8dgr%C3%B8d_(S(ild))/(S(kum))"),
        ("/a.asp?ASPSESSIONIDQQRTDAAC=X&CFID=1&CFTOKEN=2", "https://blog.example/a.asp"),
        ("/viewtopic.php?t=3&sid=0123456789abcdef0123456789abcdef", "https://blog.example/viewtopic.php?t=3"),
        ("/showthread.php?s=0123456789abcdef0123456789abcdef&t=3", "https://blog.example/showthread.php?t=3"),
        ("/?s=good+service", "https://blog.example/?s=good+service"),
        ("/?s=Kundenzufriedenheitsbefragung", "https://blog.example/?s=Kundenzufriedenheitsbefragung"),
        ("/a?sid=12", "https://blog.example/a?sid=12"),
        # where the reader came from
        (
            "/a?mtm_campaign=x&pk_kwd=y&hsa_acc=1&oly_enc_id=z&vero_id=q&ref_src=twsrc&wickedid=1",
            "https://blog.example/a",
        ),
        ("/a?at_medium=rss&at_custom1=x&xtor=RSS-1&_branch_match_id=3", "https://blog.example/a"),
        ("/a?p=1&amp;utm_source=rss", "https://blog.example/a?p=1"),
        ("/a?utm%5Fsource=rss", "https://blog.example/a"),
        ("/a?", "https://blog.example/a"),
        ("/a?&", "https://blog.example/a"),
        (
            "/a?ref=7&pk_id=3&at_home=1&source=x&from=y",
            "https://blog.example/a?ref=7&pk_id=3&at_home=1&source=x&from=y",
        ),
        ("/a?share_id=1&nbr=2&spmx", "https://blog.example/a?share_id=1&nbr=2&spmx"),
        ("/a?z=1&a=2&z=0", "https://blog.example/a?z=1&a=2&z=0"),
        # percent-encoding
        ("/%7Eanna/%62log?q=%7e%c3%b8", "https://blog.example/~anna/blog?q=~%C3%B8"),
        ("/a%2fb%3Fc", "https://blog.example/a%2Fb%3Fc"),
        ("/a/%2e%2E/b", "https://blog.example/b"),
        ("/gl%e6de", "https://blog.example/gl%E6de"),
        ("/100%/50%-off?q=5%", "https://blog.example/100%25/50%25-off?q=5%25"),
        ("/%%37E", "https://blog.example/%257E"),
        ("https://XN--BLBR-ROAH.example/", "https://xn--blbr-roah.example/"),
        ("https://a.example/" + "ø" * 1000, None),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str | None) -> None:
    assert canonical(url, "https://blog.example/a/b") == expected
    assert expected is None or canonical(expected) == expected


PIECES = [
    "/",
    ".",
    "..",
    "%",
    "%2",
    "%2e",
    "%7E",
    "%%37E",
    ";jsessionid=",
    "(S(0a1b2c3d4e5f6g7h8i9j0k1l))",
    "?",
    "&",
    "=",
]
PIECES += ["amp;", "utm_a", "sid=", "0123456789abcdef0123456789abcdef", "p=12", "æ", " ", "\\", ":", "#", "@", "+", "a"]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12).map("".join))
def test_what_is_canonical_stays_as_it_is(rest: str) -> None:
    for url in (f"https://blog.example/{rest}", f"http://{rest}"):
        found = canonical(url)
        assert found is None or canonical(found) == found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.blog.example/a", "blog.example"),
        ("https://a.b.shop.co.uk/", "shop.co.uk"),
        ("https://anna.blogspot.com/2019/", "anna.blogspot.com"),
        ("https://blogspot.com/", "blogspot.com"),
        ("https://www.xn--blbr-roah.dk/", "xn--blbr-roah.dk"),
        ("http://localhost:8080/", "localhost"),
        ("http://www.shop.localhost:8080/", "shop.localhost"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
        ("mailto:anna@blog.example", ""),
    ],
)
def test_an_address_is_of_one_site(url: str, expected: str) -> None:
    assert site_of(url) == expected


def test_a_blog_beside_another_on_one_platform_is_a_stranger() -> None:
    assert is_on_site("https://m.shop.example:8443/x", "http://www.shop.example/")
    assert not is_on_site("https://anna.blogspot.com/", "https://bert.blogspot.com/")
