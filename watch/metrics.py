"""The figures as Prometheus asks for them: `goodturn_...`, after its conventions, made anew for each scrape.

Labels have few values: outcomes, verbs, jobs, parts, conditions, kinds of alarm. Only sources that fail are named, the
worst fifty; no page ever is. Counters count what each day brought (storage/days.py), which the clock counts anew at
each look, every few minutes; they never fall, and survive restarts.

A scrape neither hangs nor fails: where the database cannot be asked within seconds, `goodturn_up` is 0, and what does
not stand in it is there all the same.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Lock

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import present
import serving
from config import ConfigError, Settings
from storage.alarms import Kind
from storage.days import What
from storage.figures import Condition
from storage.schedule import Ended
from watch.figures import Figures, Stored, look
from watch.parts import Part, State

log = logging.getLogger("goodturn.metrics")
TEXT = "text/plain; version=0.0.4; charset=utf-8"  # which every Prometheus reads
MOST_SOURCES = 50
JOB = "job_name"  # `job` is the label by which Prometheus calls what it scrapes
COUNTED = {
    What.FETCHES: ("fetches", "Fetches, by how they ended.", "outcome"),
    What.PAGES: ("pages", "Articles that came.", ""),
    What.READINGS: ("readings", "Readings of a page, by how they ended.", "outcome"),
    What.TALKED: ("talked_pages", "Readings that found comments on the page.", ""),
    What.COMMENTS: ("comments", "Comments that were found.", ""),
    What.STORIES: ("stories", "Stories that were found.", ""),
    What.DECISIONS: ("decisions", "What editors did, by verb.", "verb"),
}
ENDINGS = [outcome for outcome in Ended if outcome is not Ended.RUNNING]
Samples = Iterable[tuple[str, float]]


class Look(Collector):
    """One look, as a collector."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """All families; called by the registry."""
        found = self._figures
        yield _gauge("up", "Whether the database can be asked.", found.stored is not None)
        built = {"version": found.version, "schema": found.schema, "model": found.model}
        yield InfoMetricFamily("goodturn_build", "The program, its schema, and the model it judges by.", value=built)
        yield from _machine(found)
        yield from _parts(found)
        if found.stored:
            yield from _sources(found.stored)
            yield from _queues(found.stored)
            yield from _counters(found.stored)
            yield from _jobs(found.stored)


def exposition(settings: Settings, now: datetime) -> bytes:
    """Everything at this moment, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Look(look(settings, now)))
    return generate_latest(registry)


def application(settings: Settings, now: Callable[[], datetime] = present.now) -> Starlette:
    """Answers /metrics. One look at a time: who asks meanwhile waits for it."""
    looking = Lock()

    def metrics(request: Request) -> Response:  # not async: it runs in a thread, as it asks the database
        with looking:
            return Response(exposition(settings, now()), headers={"Content-Type": TEXT})

    return Starlette(routes=[Route("/metrics", metrics)])


def serve(settings: Settings) -> serving.Running | None:
    """Serve beside other work, in a thread. None where the setting says so, or the port cannot be had: that is told,
    and no reason to end the other work."""
    if not settings.metrics_port:
        return None
    try:
        return serving.start(application(settings), serving.listen(settings.metrics_port, "metrics_port"))
    except ConfigError as error:
        log.error("not served because=%s", error)
        return None


def _machine(found: Figures) -> Iterator[Metric]:
    rooms = [(_text(room.folder), room) for room in found.rooms]
    yield _gauges("disk_free_bytes", "Free on the disk of a folder.", "folder", [(n, r.free) for n, r in rooms])
    yield _gauges("disk_size_bytes", "Size of the disk of a folder.", "folder", [(n, r.size) for n, r in rooms])
    yield _gauges("file_size_bytes", "Size of databases, and of all backups.", "file", found.bytes.items())
    yield _gauge("backups", "Whole backups that are kept.", found.backups)
    yield _moment("backup_last", "The newest whole backup", found.backup.at if found.backup else None)


def _parts(found: Figures) -> Iterator[Metric]:
    runs = [(part.name, part.state is State.RUNS) for part in found.parts]
    yield _gauges("part_up", "Whether a part of goodturn run runs.", "part", runs)
    again = [(part.name, part.restarts) for part in found.parts]
    yield _counter("part_restarts", "How often a part was started again.", "part", again)
    for of_process, help in (
        ("resident_memory_bytes", "Memory that a part holds, without its children."),
        ("start_time_seconds", "When a part's process began, since 1970."),
    ):
        yield _gauges(f"part_{of_process}", help, "part", _of_processes(found.parts, of_process))
    worked = _of_processes(found.parts, "cpu_seconds")
    yield _counter("part_cpu_seconds", "Time of processors that a part's process took.", "part", worked)


def _of_processes(parts: Iterable[Part], what: str) -> Samples:
    """What the operating system says of the parts' processes; nothing where it does not say it."""
    for part in parts:
        for family in ProcessCollector(pid=_pid(part), registry=None).collect() if part.pid else ():
            if family.name == f"process_{what}":
                yield part.name, family.samples[0].value


def _pid(part: Part) -> Callable[[], str]:
    return lambda: str(part.pid)


def _sources(stored: Stored) -> Iterator[Metric]:
    yield _gauges("sources", "Sources in feeds.txt, by how they are.", "condition", _words(stored.conditions.items()))
    fail = [source for source in stored.sources if source.condition is Condition.FAILING]
    worst = sorted(fail, key=lambda source: -source.failures)[:MOST_SOURCES]
    named = [(source.address, source.failures) for source in worst]
    yield _gauges("source_failures", "Failures in a row of the sources that fail, 50 at most.", "source", named)
    kinds = {kind: sum(alarm.kind is kind for alarm in stored.alarms) for kind in Kind}
    yield _gauges("alarms", "Alarms that are on, by kind.", "kind", kinds.items())


def _queues(stored: Stored) -> Iterator[Metric]:
    queues = stored.queues
    addresses = (("waiting", queues.waiting), ("leased", queues.leased))
    yield _gauges("frontier_addresses", "Addresses to be fetched, and under way.", "state", addresses)
    yield _moment("frontier_oldest", "Since then the first address might have been fetched", queues.oldest_due)
    yield _gauge("unread_pages", "Pages that wait to be read.", queues.unread)
    yield _moment("unread_oldest", "The first page that waits to be read was fetched then", queues.unread_since)
    inbox = (("open", queues.open), ("held", queues.held))
    yield _gauges("inbox_clusters", "Stories that wait for an editor, and that are held.", "state", inbox)
    yield _moment("inbox_oldest", "The first story that waits for an editor was found then", queues.open_since)


def _counters(stored: Stored) -> Iterator[Metric]:
    for what, (name, help, label) in COUNTED.items():
        yield _counter(
            name, help, label, stored.totals[what].items() if label else [("", sum(stored.totals[what].values()))]
        )


def _jobs(stored: Stored) -> Iterator[Metric]:
    yield _gauge("clock_running", "Whether a clock runs.", stored.ticks)
    yield _moment("clock_last_tick", "A clock was last seen to run, within some minutes", stored.ticked)
    last = stored.last
    began = [(job, run.began.timestamp()) for job, run in last.items()]
    yield _gauges("job_last_run_timestamp_seconds", "When a job's last run that ended began.", JOB, began)
    took = [(job, (run.ended - run.began).total_seconds()) for job, run in last.items() if run.ended]
    yield _gauges("job_last_duration_seconds", "How long a job's last run took.", JOB, took)
    outcomes = GaugeMetricFamily(
        "goodturn_job_last_outcome", "1 for the outcome of a job's last run.", labels=[JOB, "outcome"]
    )
    for job, run in last.items():
        for outcome in ENDINGS:
            outcomes.add_metric([job, outcome], run.outcome is outcome)
    yield outcomes
    failures = [(row.job, row.failures) for row in stored.schedule]
    yield _gauges("job_failures", "Runs of a job that failed in a row.", JOB, failures)
    due = [(row.job, row.due.timestamp()) for row in stored.schedule if row.due]
    yield _gauges("job_due_timestamp_seconds", "When a job runs next.", JOB, due)


def _gauge(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(f"goodturn_{name}", help, value=value)


def _gauges(name: str, help: str, label: str, samples: Samples) -> Metric:
    family = GaugeMetricFamily(f"goodturn_{name}", help, labels=[label])
    for value, number in samples:
        family.add_metric([value], number)
    return family


def _counter(name: str, help: str, label: str, samples: Samples) -> Metric:
    family = CounterMetricFamily(f"goodturn_{name}", help, labels=[label] if label else [])
    for value, number in samples:
        family.add_metric([value] if label else [], number)
    return family


def _moment(name: str, help: str, at: datetime | None) -> Metric:
    """A moment, since 1970; without a sample where there is none."""
    family = GaugeMetricFamily(f"goodturn_{name}_timestamp_seconds", f"{help}, in seconds since 1970.", labels=[])
    if at:
        family.add_metric([], at.timestamp())
    return family


def _words(samples: Iterable[tuple[Condition, int]]) -> Samples:
    return [(condition.replace(" ", "_"), number) for condition, number in samples]


def _text(path: str) -> str:
    """A path that can be written as UTF-8, whatever bytes it has."""
    return path.encode("utf-8", "replace").decode()
