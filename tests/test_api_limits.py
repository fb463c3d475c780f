"""The limit of the JSON API: who asks too often waits, and only a named proxy says who asks."""

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from config import Settings
from publish import limits
from publish.limits import Buckets
from publish.serve import start
from tests.published import Published

STORIES = "/api/v1/stories"


def test_who_makes_the_server_work_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    published = Published(tmp_path, api_burst=2, api_per_minute=60)
    published.tell("a", "b", "c")
    asked = [published.get(f"{STORIES}?limit={limit}") for limit in (1, 2, 3)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert [answer.headers["ratelimit"] for answer in asked[:2]] == ['"api";r=1;t=1', '"api";r=0;t=1']
    refused = asked[2]
    assert (refused.headers["retry-after"], refused.headers["cache-control"]) == ("1", "no-store")
    assert refused.headers["ratelimit-policy"] == '"api";q=2;w=2' and "come back" in refused.json()["detail"]
    assert published.get(f"{STORIES}?limit=1").status_code == 200, "what is kept is free"
    assert published.get("/feed.json").status_code == 200, "feeds are not limited"
    assert "ratelimit" not in published.get(f"{STORIES}?limit=1").headers, "what one is told is kept for nobody else"
    published.close()


def test_a_bucket_fills_again_and_all_of_them_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = Buckets(per_minute=60, burst=2)
    assert [buckets.take("a", 100.0) for _ in range(4)] == [0, 0, 1, 1]
    assert buckets.take("b", 100.0) == 0, "each has its own"
    assert (buckets.take("a", 101.0), buckets.take("a", 101.5)) == (0, 0.5)
    buckets.give_back("a")
    assert (buckets.left("a", 101.0), buckets.left("a", 1_000.0)) == (1, 2)
    buckets.take("c", 1_000.0)
    assert len(buckets) == 1, "full ones are forgotten"
    monkeypatch.setattr(limits, "MOST_CLIENTS", 10)
    for number in range(50):
        buckets.take(str(number), 1_000.0)
    assert len(buckets) <= 11


def test_only_a_proxy_that_is_named_says_who_asks(tmp_path: Path) -> None:
    def status(address: str, client: str) -> int:
        try:
            asked = Request(address, headers={"x-forwarded-for": client})
            with urlopen(asked, timeout=10) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    Published(tmp_path).close()
    clients = ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")
    for believed, expected in {"": [404, 429, 429, 429], "127.0.0.1": [404, 404, 404, 429]}.items():
        running = start(Settings(data=tmp_path, feed_port=0, feed_proxies=believed, api_burst=1, api_per_minute=1))
        assert [status(f"{running.address}{STORIES}/x", client) for client in clients] == expected
        running.stop()
