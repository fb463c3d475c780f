"""A year of the clock in seconds: every job and a hundred sources, with sleeps, a clock that goes back, and the nights
in which clocks change. Nothing is forgotten, nothing runs twice at once, and what operators said of times is kept."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sqlite_utils import Database

from config import Settings
from jobs.timetable import beats
from reading.page import Outcome, Page, PageKind
from storage import schedule, sources
from storage.database import connect, writing
from storage.schedule import Ended
from storage.sources import Source
from storage.times import next_turn, quiet_until

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEAT = 12 * HOUR  # of collecting
QUIET = "22:00-06:00"
CRONS = ("0 6 * * 1-5", "30 2 * * 0", "0 0 1 * *", "0 12 * * tue")
SLEEPS = {40: 1 * DAY, 87: 3 * HOUR, 200: 9 * DAY}  # from which day on the machine sleeps so long; 87: 29 March
BACK = {120: 2 * HOUR, 297: HOUR, 330: 3 * DAY}  # on which day the clock goes back; 297: 25 October


def listed() -> list[Source]:
    """A hundred sources and more, of every rule."""
    days = [{"every": n * DAY, "longest": None} for n in (4, 8, 15)] + [{"every": DAY, "longest": 30 * DAY}]
    rules = [*days, *({"every": HOUR, "cron": cron} for cron in CRONS)]
    return [
        Source(address=f"https://s{n}.example/feed", kind="feed", pages=1, **rule, quiet=quiet)  # type: ignore[arg-type]
        for n, (rule, quiet) in enumerate((rule, quiet) for rule in rules for quiet in (None, QUIET) for _ in range(7))
    ]


class Year:
    """A made-up clock that jumps to whatever is due next."""

    def __init__(self) -> None:
        self.db: Database = connect()
        self.now, self.day, self.random = NEW_YEAR, 0, random.Random(9)
        self.turns: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)  # and whether each went well
        self.ran: dict[str, list[datetime]] = defaultdict(list)
        self.disturbed: list[datetime] = []  # when the machine woke up, and where its clock went back
        self.had_run: list[dict[str, int]] = []  # how often each job had run by then
        hours = {"collect_minutes": 720, "watch_minutes": 1440, "read_minutes": 1440, "tidy_hours": 48}
        self.beats = {beat.job: beat for beat in beats(Settings(**hours))}  # type: ignore[arg-type]
        sources.sync(self.db, listed())
        schedule.plan(self.db, {beat.job: beat.first(self.now) for beat in self.beats.values()})

    def live(self) -> None:
        while self.now < NEW_YEAR + 365 * DAY:
            self.now = max(self.now, min(schedule.next_due(self.db).values()))
            self.disturb()
            for row in schedule.scheduled(self.db):
                if row.due and self.beats[row.job].is_wrong(row.due, self.now):
                    schedule.set_due(self.db, row.job, self.beats[row.job].following(row.due, self.now))
            for job in schedule.due(self.db, self.now):
                self.run(job)

    def disturb(self) -> None:
        """Let the machine sleep, or its clock go back, once on each of those days."""
        today = (self.now - NEW_YEAR).days
        for day in range(self.day + 1, today + 1):
            if day in SLEEPS or day in BACK:
                self.now += SLEEPS.get(day, timedelta()) - BACK.get(day, timedelta())
                self.disturbed.append(self.now)
                self.had_run.append({job: len(self.ran[job]) for job in self.beats})
        self.day = max(self.day, today)

    def run(self, job: str) -> None:
        row = next(row for row in schedule.scheduled(self.db) if row.job == job)
        run, began = f"{job}-{len(self.ran[job])}-{self.random.random()}", self.now
        assert schedule.claim(self.db, job, began, run)
        assert not schedule.claim(self.db, job, began, f"{run} of another clock")
        if job == "collect":
            self.collect()
        outcome = self.random.choices([Ended.DONE, Ended.FAILED], [30, 1])[0]
        ended = began + self.random.random() * 10 * MINUTE
        assert row.due
        due, failures = self.beats[job].after(outcome, row.failures, row.due, ended)
        schedule.finish(self.db, run, ended, outcome, "", due=due, failures=failures)
        self.ran[job].append(began)

    def collect(self) -> None:
        for source in sources.claim(self.db, self.now):
            failed = self.random.random() < 0.03
            self.turns[source.address].append((self.now, not failed))
            page = Page(
                requested=source.address,
                url=source.address,
                kind=PageKind.FEED,
                outcome=Outcome.LATER if failed else Outcome.STORED,
                fetched_at=self.now + MINUTE,
                status=503 if failed else 200,
            )
            with writing(self.db):
                sources.finish(self.db, source.id, page, failed=failed)

    def was_disturbed(self, since: datetime, until: datetime) -> bool:
        return until <= since or any(since - 4 * DAY <= moment <= until for moment in self.disturbed)


def test_a_year_goes_by_as_was_promised() -> None:
    year = Year()
    year.live()
    for job, beat in year.beats.items():
        gaps = [later - earlier for earlier, later in pairwise(year.ran[job])]
        late = [g for g, (a, b) in zip(gaps, pairwise(year.ran[job]), strict=True) if not year.was_disturbed(a, b)]
        assert len(year.ran[job]) >= 340 * DAY / beat.every, f"{job} was forgotten"
        assert max(late) <= beat.every + 16 * MINUTE, f"{job} came late"
        for moment, had_run in zip(year.disturbed, year.had_run, strict=True):
            assert year.ran[job][had_run[job]] <= moment + beat.every + 16 * MINUTE, f"{job} stalled on {moment}"
        assert sum(gap <= timedelta() for gap in gaps) <= len(BACK), "only a clock that goes back has it run again"
    for source in listed():
        turns = year.turns[source.address]
        assert not [turn for turn, _ in turns if quiet_until(source.quiet, turn)], "quiet hours are kept"
        for (earlier, went_well), (later, _) in pairwise(turns):
            if not year.was_disturbed(earlier, later):
                held(source, earlier, later, went_well=went_well)
    assert not any(row.run for row in schedule.scheduled(year.db))


def held(source: Source, earlier: datetime, later: datetime, *, went_well: bool) -> None:
    """Whether the second turn is neither early after the first, if that went well, nor late. A turn comes with the next
    collecting, and one that falls into quiet hours with the next after them."""
    patience = BEAT + (8 * HOUR + BEAT if source.quiet else timedelta()) + 20 * MINUTE
    if source.cron:
        soonest = latest = next_turn(source.cron, earlier)
    else:
        soonest, latest = earlier + source.every, earlier + (source.longest or source.every) * 1.1
    assert not went_well or soonest <= later, f"{source.address} came early after {earlier}"
    assert later <= latest + patience, f"{source.address} came late after {earlier}"
