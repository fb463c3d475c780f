"""The page on which a video can be watched, for the addresses under which sites embed or share it. Pure.

Each place that keeps videos has the hosts that speak for it, the forms of its addresses and the page they mean: a
player's address opens bare or not at all, and one video has many. What no place knows is no video.
"""

import re
from urllib.parse import parse_qs, urlsplit

_YOUTUBE = "youtube.com www.youtube.com m.youtube.com music.youtube.com youtube-nocookie.com www.youtube-nocookie.com"
_FACEBOOK = "facebook.com www.facebook.com m.facebook.com web.facebook.com"
# Hosts; the address after its host, with `?` and its query; the page. The first form that fits counts.
_PLACES = (
    (_YOUTUBE, r"/embed/videoseries\?(?:.*&)?list=([\w-]{10,60})", "https://www.youtube.com/playlist?list={}"),
    (_YOUTUBE, r"/(?:embed|v|shorts|live|e)/([\w-]{11})(?![\w-])", "https://www.youtube.com/watch?v={}"),
    (_YOUTUBE, r"/watch/?\?(?:.*&)?v=([\w-]{11})(?![\w-])", "https://www.youtube.com/watch?v={}"),
    ("youtu.be www.youtu.be", r"/([\w-]{11})(?![\w-])", "https://www.youtube.com/watch?v={}"),
    ("player.vimeo.com", r"/video/(\d+)\?(?:.*&)?h=(\w+)", "https://vimeo.com/{}/{}"),
    ("player.vimeo.com", r"/video/(\d+)", "https://vimeo.com/{}"),
    ("vimeo.com www.vimeo.com", r"/(\d+)/([0-9a-f]{8,12})\b", "https://vimeo.com/{}/{}"),
    ("vimeo.com www.vimeo.com", r"/(?:channels/\w+/|groups/\w+/videos/)?(\d+)\b", "https://vimeo.com/{}"),
    ("dailymotion.com www.dailymotion.com", r"/(?:embed/)?video/(\w{5,12})", "https://www.dailymotion.com/video/{}"),
    ("geo.dailymotion.com", r"/player(?:/\w+)?\.html\?(?:.*&)?video=(\w{5,12})", "https://www.dailymotion.com/video/{}"),
    ("dai.ly", r"/(\w{5,12})", "https://www.dailymotion.com/video/{}"),
    (_FACEBOOK, r"/watch/?\?(?:.*&)?v=(\d+)", "https://www.facebook.com/watch/?v={}"),
    (_FACEBOOK, r"/([\w.]+)/videos/(?:[\w.-]+/)?(\d+)", "https://www.facebook.com/{}/videos/{}"),
    (_FACEBOOK, r"/reel/(\d+)", "https://www.facebook.com/reel/{}"),
    ("fb.watch", r"/([\w-]{6,20})", "https://fb.watch/{}/"),
    ("tiktok.com www.tiktok.com", r"/(?:embed(?:/v\d)?|player/v\d)/(\d{10,25})", "https://www.tiktok.com/@/video/{}"),
    ("tiktok.com www.tiktok.com m.tiktok.com", r"/@([\w.]*)/video/(\d{10,25})", "https://www.tiktok.com/@{}/video/{}"),
    ("vm.tiktok.com", r"/(\w{6,12})", "https://vm.tiktok.com/{}/"),
    ("instagram.com www.instagram.com", r"/(?:[\w.]+/)?(?:reels?|tv)/([\w-]{8,16})", "https://www.instagram.com/reel/{}/"),
    ("streamable.com www.streamable.com", r"/(?:[eosq]/)?(\w{4,8})(?!\w)", "https://streamable.com/{}"),
    ("ted.com www.ted.com embed.ted.com embed-ssl.ted.com", r"/talks/(?:lang/[\w-]+/)?([\w-]+)", "https://www.ted.com/talks/{}"),
    ("videopress.com video.wordpress.com", r"/(?:embed|v)/(\w{6,12})", "https://videopress.com/v/{}"),
    ("player.twitch.tv", r"/\?(?:.*&)?video=v?(\d+)", "https://www.twitch.tv/videos/{}"),
    ("clips.twitch.tv", r"/embed\?(?:.*&)?clip=([\w-]+)", "https://clips.twitch.tv/{}"),
    ("loom.com www.loom.com", r"/(?:embed|share)/([0-9a-f]{20,40})", "https://www.loom.com/share/{}"),
)  # fmt: skip
_FILE = re.compile(r"\.(?:mp4|m4v|webm|ogv|mov)$", re.I)
_INNER = ("href", "url", "u")  # fields in which a player's or a sharer's address brings the video's own


def watched(url: str) -> str | None:
    """The address at which the video of an absolute address can be watched; None where it is no known video."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if host.endswith("facebook.com") and parts.path.startswith("/plugins/"):
        said = parse_qs(parts.query, max_num_fields=50)
        return next((page for key in _INNER for inner in said.get(key, ()) if (page := _page(inner))), None)
    return _page(url)


def is_file(url: str) -> bool:
    """Whether an address is a video's own file."""
    return bool(_FILE.search(urlsplit(url).path))


def _page(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    address = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    known = _FORMS.get(host, ()) if parts.scheme in ("http", "https") else ()
    fits = ((form.match(address), page) for form, page in known)
    return next((page.format(*found.groups()) for found, page in fits if found), None)


_FORMS = {
    host: [(re.compile(form), page) for names, form, page in _PLACES if host in names.split()]
    for host in {host for names, *_ in _PLACES for host in names.split()}
}
