"""A day of the whole program in some minutes, against a hostile web, with kills, and what is left of it in the end.

    python -m bench.endurance --hours 24 --minutes 10        # --seed plays one again, as far as processes can be

`goodturn run` goes by a clock that runs faster (the setting `clock`), with all its parts, against blogs that go on
writing (bench/endurance_web.py), an editor at the desk and a reader of the feeds (bench/endurance_people.py). A third
of the time nothing is done to it, so that its memory can be measured; then a process is killed every few seconds,
whichever it is; then all sleep for a fifth of the time, as a machine does; then, after a loss of the database, the
backup is restored. At the end everything is held against what should be (bench/endurance_verdict.py): exit status 1
where anything is not.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import present
from bench import endurance_verdict as verdict
from bench.endurance_harm import MARK, Killer, Samples, end_all, ours, sleep_all
from bench.endurance_people import Editor, Reader
from bench.endurance_verdict import Line
from bench.endurance_web import World
from config import PREFIX, Settings
from jobs.mistakes import ATTENTION, WRONG
from storage import frontier
from storage.database import connect

CALM, HARM, ASLEEP = 0.33, 0.3, 5 / 24  # shares of the time; what is left is calm again, with the restore
LEAST_SECONDS, MOST_SECONDS = 1.0, 4.0  # between two kills
END_SECONDS = 12.0  # in which `goodturn run` ends: it promises ten
START_SECONDS = 60.0
MOST_COLLECTS = 6
BY_HAND_SECONDS = 900.0  # a host that was busy is asked ever more slowly
SLOW = 1  # times as fast as real time, at the end: what falls due again and again would never be done with
LINK = re.compile(r"http://\S+/link/\S+")


@dataclass(slots=True)
class Day:
    """The program while it runs."""

    folder: Path
    world: World
    settings: Settings
    env: dict[str, str]
    mark: str
    run: subprocess.Popen[bytes] | None = None
    meant: bool = False  # to run: where it was killed it is started again, as systemd does
    over: threading.Event = field(default_factory=threading.Event)
    samples: Samples = field(default_factory=Samples)
    lines: dict[str, list[Line]] = field(default_factory=dict)

    def start(self) -> None:
        """Start `goodturn run`, or start it again."""
        with (self.folder / "log").open("ab") as log:
            self.run = subprocess.Popen(
                [sys.executable, "-m", "cli", "run"], env=self.env, stderr=log, stdout=subprocess.DEVNULL
            )
        self.meant = True

    def stop(self) -> tuple[int, float]:
        """Ask it to end; with what status it did, and after how many seconds."""
        self.meant, began = False, time.monotonic()
        assert self.run
        self.run.terminate()
        return self.run.wait(END_SECONDS * 3), time.monotonic() - began

    def goodturn(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command by hand."""
        command = [sys.executable, "-m", "cli", *words]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=BY_HAND_SECONDS, check=False
        )
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        return done

    def slow_down(self) -> None:
        """Let time run as it does, so that what falls due does not come faster than it is fetched."""
        self.env[f"{PREFIX}CLOCK"] = f"{self.world.now().isoformat()} {datetime.now(UTC).isoformat()} {SLOW}"
        self.env[f"{PREFIX}DELAY"] = "0"
        self.world.now = lambda: present.at(datetime.now(UTC), self.env[f"{PREFIX}CLOCK"])

    def watch(self) -> None:
        """Measure each second, and start `run` again where it was killed."""
        while not self.over.wait(1):
            self.samples.take(self.mark)
            if self.meant and self.run and self.run.poll() is not None:
                self.start()

    def note(self, part: str, *lines: Line) -> None:
        """Keep what was found."""
        self.lines.setdefault(part, []).extend(lines)


@contextmanager
def day(folder: Path, hours: float, minutes: float, seed: int) -> Iterator[Day]:
    """Everything made ready, and nothing left behind."""
    now, speed = datetime.now(UTC), hours * 60 / minutes
    clock = f"{now.isoformat()} {now.isoformat()} {speed}"
    mark = f"{os.getpid()}-{seed}"
    with World(now, hours, lambda: present.at(datetime.now(UTC), clock), seed) as world:
        (folder / "feeds.txt").write_text(world.feeds_txt(), "utf-8")
        backup_at = f"{now + timedelta(hours=hours * CALM):%H:%M}"
        settings = Settings(
            data=folder / "data",
            feeds=folder / "feeds.txt",
            clock=clock,
            backup_at=backup_at,
            desk_port=_free_port(),
            feed_port=_free_port(),
            metrics_port=_free_port(),
            **SETTINGS,  # type: ignore[arg-type]  # a table of settings
        )
        given = {f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
        env = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)} | given | {MARK: mark}
        made = Day(folder, world, settings, env, mark)
        threading.Thread(target=made.watch, daemon=True).start()
        try:
            yield made
        finally:
            made.meant = False
            made.over.set()
            end_all(mark)


SETTINGS = {
    "delay": 1.0,
    "timeout": 10.0,
    "allow_private": True,
    "contact": "editor@example.org",
    "about": "https://example.org/about",
    "workers": 1,
    "collect_minutes": 20,
    "watch_minutes": 60,
    "session_hours": 336,
    "low_disk_gb": 0.1,
    "api_per_minute": 100_000,
    "api_burst": 100_000,
}


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def live(of: Day, seconds: float, seed: int) -> tuple[Editor, Reader]:
    """The whole day; who was there."""
    link = LINK.search(of.goodturn("people", "add", "Ada", "--role", "editor").stdout)
    of.start()
    desk, site = f"http://127.0.0.1:{of.settings.desk_port}", f"http://127.0.0.1:{of.settings.feed_port}"
    _until_open(of.settings.desk_port)
    _until_open(of.settings.feed_port)
    assert link, "no link for the editor"
    editor, reader = Editor(desk, link[0], seed, 0.4), Reader(site, 0.8)
    for person in (editor, reader):
        person.start()
    time.sleep(seconds * CALM)
    killer = Killer(of.mark, seed, LEAST_SECONDS, MOST_SECONDS)
    killer.start()
    time.sleep(seconds * HARM)
    killer.over.set()
    killer.join()
    kills = ", ".join(f"{n} {what}" for what, n in killer.kills.most_common())
    of.note("harm", Line(what="kills", found=f"{killer.kills.total()}: {kills}", well=True))
    sleep_all(of.mark, seconds * ASLEEP)
    time.sleep(seconds * (1 - CALM - HARM - ASLEEP) / 2)
    _drill(of)
    while of.world.now() < of.world.ends:
        time.sleep(0.2)
    return editor, reader


def _drill(of: Day) -> None:
    """Back up, lose the database, be told so, and have it back."""
    status, seconds = of.stop()
    well = status == 0 and seconds < END_SECONDS
    of.note("harm", Line(what="end of run: status, seconds", found=f"{status}, {seconds:.1f}", well=well))
    left = ours(of.mark)
    of.note("harm", Line(what="processes that outlived it", found=str(len(left)), well=not left))
    made = of.goodturn("backup")
    of.settings.database.unlink()
    begun = of.goodturn("run")
    said, well = begun.stderr.strip().splitlines()[-1:], begun.returncode == WRONG
    of.note("harm", Line(what="a run without its database", found=f"{begun.returncode}: {said}", well=well))
    back = of.goodturn("restore")
    said = (back.stderr or back.stdout).strip().splitlines()[-1:]
    well = made.returncode == 0 and back.returncode in (0, ATTENTION) and of.settings.database.exists()
    of.note("harm", Line(what="restored", found=f"{back.returncode}: {said}", well=well))
    of.start()


def settle(of: Day, editor: Editor, reader: Reader) -> None:
    """Let everything come to an end by itself, then hold it against what should be."""
    _until_open(of.settings.feed_port)
    for person in (editor, reader):
        person.over.set()
        person.join()
    reader.follow()
    of.note("people", *verdict.mirror(reader, verdict.published(of.settings.database)))
    of.stop()
    of.slow_down()
    with closing(connect(of.settings.database)) as db:
        for number in range(MOST_COLLECTS):
            db.conn.execute("update hosts set wait_s = 0, rests_until = null")  # a guest would wait for an hour
            of.goodturn("collect", *(["--all"] if number == 0 else []))
            if not frontier.waiting(db, of.world.now()):
                break
        of.goodturn("read")
        of.goodturn("tidy")
        waits = frontier.waiting(db, of.world.now())
        of.note("queue", Line(what="addresses that wait and could be asked", found=str(waits), well=waits == 0))
        of.note("web", *verdict.addresses(db, of.world, of.world.ends))
        of.note("database", *verdict.whole(db), *verdict.events(db, of.folder, of.world.ends, of.settings))
        of.note("people", *verdict.decisions(db, editor))
        of.note("alarms", *verdict.alarms(db, of.world))
    for person in (editor, reader):
        met = ", ".join(f"{n} {what}" for what, n in person.met.most_common(8))
        of.note("people", Line(what=f"what the {type(person).__name__.lower()} met", found=met, well=True))


def _doctor(of: Day) -> None:
    done = of.goodturn("doctor", "--thorough")
    wrong = [line for line in done.stdout.splitlines() if not line.startswith("advice")]
    shown = f"{done.returncode}: {'; '.join(wrong) or done.stderr.strip()}"
    of.note("database", Line(what="goodturn doctor --thorough", found=shown, well=done.returncode == 0))


def _until_open(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + START_SECONDS
    while not _listens(port):
        assert time.monotonic() < deadline, f"nobody listens on {port}"
        time.sleep(0.2)


def _listens(port: int) -> bool:
    try:
        with create_server(("127.0.0.1", port)):
            return False
    except OSError:
        return True


def main() -> None:
    """Run it, print the table, and say by the exit status whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m bench.endurance", description=__doc__)
    parser.add_argument("--hours", type=float, default=24, help="simulated")
    parser.add_argument("--minutes", type=float, default=10, help="that they take")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="the folder with the database and the log")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="goodturn-endurance-"))
    print(f"hours={asked.hours:g} minutes={asked.minutes:g} seed={asked.seed} folder={folder}", flush=True)
    with day(folder, asked.hours, asked.minutes, asked.seed) as of:
        editor, reader = live(of, asked.minutes * 60, asked.seed)
        settle(of, editor, reader)
        _doctor(of)
        of.note("memory", *verdict.memory(of.samples, asked.hours * 60 / asked.minutes))
        of.note("harm", *verdict.backups(of.settings))
    print("\n".join(verdict.table(of.lines)))
    well = all(line.well for lines in of.lines.values() for line in lines)
    if well and not asked.keep:
        shutil.rmtree(folder)
    sys.exit(not well)


if __name__ == "__main__":
    main()
