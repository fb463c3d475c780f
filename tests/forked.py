"""Commands and crawls of tests: processes of their own as ever, but forked from one that has loaded what they need.

Loading is nine tenths of a small crawl's or command's time, and there are hundreds. It is the server that reading
processes are forked from (jobs/pool.py) that has it loaded. Tests of processes themselves, what is killed, ended or
supervised, start them as users do: `python -m cli`, which begins its crawls as `python -m scrapy`.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.reduction import DupFd
from pkgutil import iter_modules
from tempfile import TemporaryFile
from typing import Any

import spiders
from config import Settings
from crawler.frontier import PARENT
from jobs import pool
from jobs.collect import environment

SCRAPYS = ["commands.crawl", "core.downloader.handlers.http11", "core.engine", "downloadermiddlewares.redirect"]
OURS = ["frontier", "guard", "heads", "logs", "middlewares", "offsite", "pace", "pipelines", "robots"]
LOADED = [
    *(f"scrapy.{name}" for name in SCRAPYS),
    *(f"crawler.{name}" for name in OURS),  # never crawler.settings, which is made from the settings of each crawl
    *(f"spiders.{room.name}" for room in iter_modules(spiders.__path__)),
    *("cli", "jobs.checkup", "jobs.explain", "jobs.lines"),
]


class Forked:
    """A process that calls `run`, with as much of `subprocess.Popen` as jobs/collect.py asks for."""

    def __init__(
        self,
        run: Callable[[Sequence[str]], None],
        words: Sequence[str],
        environment: Mapping[str, str],
        files: Sequence[int] = (0, 1, 2),
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(pool.PRELOADED)
        self._process = context.Process(target=_run, args=(run, words, environment, [DupFd(file) for file in files]))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """How it ended; a signal's number is below zero."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int | None:
        """Until it ends."""
        self._process.join(seconds)
        if self._process.is_alive():
            raise subprocess.TimeoutExpired(self._process.name, seconds or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it."""
        self._process.kill()


def crawl(arguments: Sequence[str], settings: Settings) -> Forked:
    """A crawl; stands in for jobs/collect.py's own `begin`."""
    return Forked(_crawl, arguments, environment(settings))


def goodturn(*words: str, of: Settings | None = None, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these settings and standard input, to its end."""
    with TemporaryFile("w+") as asked, TemporaryFile("w+") as answer, TemporaryFile("w+") as complaint:
        asked.write(given)
        asked.seek(0)
        files = asked, answer, complaint
        process = Forked(_goodturn, words, environment(of or Settings()) | more, [file.fileno() for file in files])
        status = process.wait(60)
        for file in files:
            file.seek(0)
        return subprocess.CompletedProcess(words, status or 0, answer.read(), complaint.read())


def _run(
    run: Callable[[Sequence[str]], None], words: Sequence[str], environment: Mapping[str, str], files: Sequence[Any]
) -> None:
    for number, file in enumerate(files):
        os.dup2(file.detach(), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 -- what it was given; multiprocessing gives nothing
    os.environ.clear()
    os.environ.update(environment)
    run(words)


# what they call is loaded where they are forked, not by each run of the tests


def _crawl(arguments: Sequence[str]) -> None:
    from scrapy.cmdline import execute  # noqa: PLC0415

    execute(["scrapy", "crawl", *arguments, "-s", f"{PARENT}={os.getppid()}"])


def _goodturn(words: Sequence[str]) -> None:
    from cli import main  # noqa: PLC0415

    main(args=words, prog_name="goodturn")
