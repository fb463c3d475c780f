"""What a form says, and work for it that costs: comparing passwords, two at once at most."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

P = ParamSpec("P")
T = TypeVar("T")

# each takes 64 MiB and four threads for some 100 ms; who waits, waits in the event loop and holds up nobody else
_AT_ONCE = CapacityLimiter(2)


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form that are text, the last of each name."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def sent(answer: Callable[[Request, dict[str, str]], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers a form, given its fields; in the thread pool, as it writes."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await fields(request))

    return endpoint


async def slowly(work: Callable[P, T], *arguments: P.args, **more: P.kwargs) -> T:
    """Do the work in a thread, as soon as fewer than two others are at theirs."""
    return await to_thread.run_sync(lambda: work(*arguments, **more), limiter=_AT_ONCE)
