"""What a form says, and work for it that costs: comparing passwords, two at once at most."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.address import number

P = ParamSpec("P")
T = TypeVar("T")

MOST_NOTE = 2_000  # characters

# each takes 64 MiB and four threads for some 100 ms; who waits, waits in the event loop and holds up nobody else
_AT_ONCE = CapacityLimiter(2)
MOST_WAITING = 20  # some three seconds: a proxy, or who waits, gives up on hundreds before their turn comes
BUSY = 503


class Form(dict[str, str]):
    """A form that was sent: the last text of each name, and all of them in order."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def one(self, name: str) -> str:
        """The text of a name, stripped; "" where there is none."""
        return self.get(name, "").strip()

    def all(self, name: str) -> list[str]:
        """All texts of a name."""
        return [text for key, text in self.pairs if key == name]

    @property
    def note(self) -> str:
        """Words for the log."""
        return self.one("note")[:MOST_NOTE]

    @property
    def seen(self) -> int:
        """The number of the last act that the editor saw. Raises HTTPException (400)."""
        return number(self.one("seen"), "seen")


async def fields(request: Request) -> Form:
    """The fields of a form that are text; kept with the request, for who answers that somebody else was faster."""
    async with request.form() as form:
        found = Form([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
    request.state.form = found
    return found


def sent(answer: Callable[[Request, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers a form; in the thread pool, as it writes."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await fields(request))

    return endpoint


async def slowly(work: Callable[P, T], *arguments: P.args, **more: P.kwargs) -> T:
    """Do the work in a thread, as soon as fewer than two others are at theirs. Raises HTTPException (503)."""
    if _AT_ONCE.statistics().tasks_waiting >= MOST_WAITING:
        raise HTTPException(BUSY, "Very many people are signing in just now. Try again in a minute.")
    async with _AT_ONCE:
        return await run_in_threadpool(work, *arguments, **more)
