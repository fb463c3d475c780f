"""How much one client may ask of the API: a bucket for each address, in memory.

A bucket holds `burst` requests, and `per_minute` are put in again. What is kept ready costs nothing to hand out and is
free, as is every 304: so a website that polls never meets the limit, only who makes the server work. Who finds the
bucket empty gets 429, and is told after how many seconds to come back (Retry-After, and the fields RateLimit and
RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers).

Of a bucket only the moment is kept at which it is full again (GCRA); full ones are forgotten, and of 20,000 clients at
once (some 4 MB) the one that has been away longest. An IPv6 client is its network of 64 bits (storage/networks.py).
"""

import math
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.networks import network

MOST_CLIENTS = 20_000
MINUTE = 60  # seconds
LEAST_COUNTED = 400  # the status from which an answer counts whatever it cost
SAME = 304
WORKED = "goodturn.worked"  # in a request's scope: whether something had to be made for it
POLICY, LEFT = "ratelimit-policy", "ratelimit"


@dataclass(slots=True)
class Buckets:
    """All clients' buckets."""

    per_minute: int
    burst: int
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, client: str, now: float) -> float:
        """Take a request out of the bucket: 0, or the seconds after which there is one."""
        self._forget(now)
        full_at = max(self._full_at.get(client, now), now) + MINUTE / self.per_minute
        if (wait := full_at - now - self._seconds) > 0:
            return wait
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        return 0

    def give_back(self, client: str) -> None:
        """Put a request back that cost nothing."""
        if client in self._full_at:
            self._full_at[client] -= MINUTE / self.per_minute

    def left(self, client: str, now: float) -> int:
        """How many requests are in the bucket."""
        lacking = max(self._full_at.get(client, now) - now, 0)
        return int((self._seconds - lacking) * self.per_minute / MINUTE)

    @property
    def _seconds(self) -> float:
        """What an empty bucket takes to be full."""
        return self.burst * MINUTE / self.per_minute

    def _forget(self, now: float) -> None:
        while self._full_at and (len(self._full_at) > MOST_CLIENTS or next(iter(self._full_at.values())) <= now):
            self._full_at.popitem(last=False)

    def __len__(self) -> int:
        return len(self._full_at)


class Limited:
    """An application that a client may ask only so often. `refuse` is the answer after so many seconds' wait."""

    def __init__(self, app: ASGIApp, buckets: Buckets, refuse: Callable[[int], ASGIApp]) -> None:
        self.app, self.buckets, self.refuse = app, buckets, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        client, buckets = network((scope.get("client") or ("",))[0]), self.buckets
        wait = math.ceil(buckets.take(client, monotonic()))

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                if not wait and is_free(scope, message["status"]):
                    buckets.give_back(client)
                MutableHeaders(scope=message).update(self._said(client))
            await send(message)

        await (self.refuse(wait) if wait else self.app)(scope, receive, told)

    def _said(self, client: str) -> dict[str, str]:
        """What the answer says of the limit; draft-ietf-httpapi-ratelimit-headers-10."""
        by, now = self.buckets, monotonic()
        policy = f'"api";q={by.burst};w={math.ceil(by.burst * MINUTE / by.per_minute)}'
        return {POLICY: policy, LEFT: f'"api";r={by.left(client, now)};t={math.ceil(MINUTE / by.per_minute)}'}


def is_free(scope: MutableMapping[str, Any], status: int) -> bool:
    """Whether an answer costs its client nothing."""
    return status == SAME or (status < LEAST_COUNTED and not scope.get(WORKED))
