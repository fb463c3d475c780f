"""What editors merged and parted refits how tellings are compared, if that is better, and is shown before and after."""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path

import pytest

from config import Settings
from jobs import learn_events
from storage import ties
from storage.anew import is_due
from storage.clusters import model
from storage.database import Database, connect
from stories import likeness
from stories.labelled import read
from stories.pairs import TELLINGS, Known, known, pair_up
from stories.regrouping import NOTHING, Said, relearn, too_few, worth_learning
from tests.retold import NOW, Text, arrive, partition

EVENTS = 8


@cache
def tellings() -> dict[str, list[Known]]:
    """The labelled tellings of some events that are told several times, by event."""
    found = defaultdict(list)
    for text in read(TELLINGS):
        for each in known(text, "own"):
            found[each.event].append(each)
    return dict(sorted((event, told) for event, told in found.items() if len(told) > 2)[: 3 * EVENTS])


def said(events: list[str]) -> list[Said]:
    """What editors would say of the tellings of these events: all pairs of one, and those of one with the next."""
    told = tellings()
    one = [(a.telling, b.telling, True) for event in events for a, b in combinations(told[event], 2)]
    two = [
        (a.telling, b.telling, False)
        for event, other in pairwise(events)
        for a, b in product(told[event][:3], told[other][:3])
    ]
    return one + two


def erring() -> likeness.Model:
    """The shipped model, if it did not know that what happens counts."""
    known = likeness.model()
    return replace(known, weights={**known.weights, "things": 0.0, "all things": 0.0, "words": 0.0})


def others() -> list[Known]:
    return [each for told in list(tellings().values())[EVENTS:] for each in told]


def test_what_editors_said_corrects_weights_that_err() -> None:
    learnt = relearn(said(list(tellings())[:EVENTS]), pair_up(others()), erring())
    assert learnt.rung != NOTHING
    assert learnt.after.loss < learnt.before.loss
    assert learnt.model.weights["things"] > 0
    assert learnt.after.own.precision >= learnt.before.own.precision


def test_pairs_of_which_nothing_can_be_learned_change_nothing() -> None:
    pairs = said(list(tellings())[:3])
    odd = [(one, other, bool(at % 2)) for at, (one, other, _) in enumerate(pairs)]
    learnt = relearn(odd, pair_up(others()), likeness.model())
    assert learnt.refused
    if learnt.rung == NOTHING:
        assert learnt.model.weights == pytest.approx(likeness.model().weights)


@pytest.mark.parametrize(
    ("count", "because"),
    [
        pytest.param(3, "10 pairs of tellings that editors merged or parted are needed, and there are 3", id="few"),
        pytest.param(12, "pairs of both kinds are needed, and all 12 are of one event", id="of one kind"),
    ],
)
def test_too_few_pairs_teach_nothing(count: int, because: str) -> None:
    one = [pair for pair in said(list(tellings())[:3]) if pair[2]]
    assert too_few(one[:count]) == because


def test_copies_teach_nothing() -> None:
    told = next(iter(tellings().values()))[0].telling
    assert worth_learning([(told, replace(told, digest="other"), True)]) == []


@pytest.fixture
def taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, Database]:
    """A collection that was compared badly, and put right by an editor."""
    monkeypatch.setattr(learn_events, "shipped", erring)
    settings = Settings(data=tmp_path, editor="Ada")
    db = connect(settings.database)
    texts = {text.id: text for text in read(TELLINGS)}
    wanted = list(tellings())[:EVENTS]
    own = [text for text in texts.values() if f"own {text.stories[0].event}" in wanted]
    clusters: defaultdict[str, set[str]] = defaultdict(set)
    for text in own:
        story = arrive(db, Text(name=text.id, text=text.text, language=text.language))
        clusters[text.stories[0].event].add(story)
    for event, stories in clusters.items():
        for cluster, there in partition(db).items():
            if there & stories and there - stories:
                ties.split(db, cluster, sorted(there & stories), who="Ada", at=NOW)
        first, *rest = sorted(cluster for cluster, there in partition(db).items() if there & stories)
        for other in rest:
            ties.merge(db, first, other, who="Ada", at=NOW)
        assert frozenset(stories) in partition(db).values(), event
    first, *rest = sorted(partition(db))
    for other in rest:
        ties.apart(db, first, other, who="Ada", at=NOW)
    return settings, db


def broken(db: Database) -> list[tuple[str, str]]:
    """The ties that do not hold."""
    of = {story: cluster for cluster, stories in partition(db).items() for story in stories}
    rows = db.conn.execute("select one, other, same from last_ties")
    return [(one, other) for one, other, same in rows if (of[one] == of[other]) != bool(same)]


def test_what_is_learned_is_used_until_it_is_forgotten(taught: tuple[Settings, Database]) -> None:
    settings, db = taught
    before = partition(db)
    measured = learn_events.learn(settings, keep=False, known=others())
    assert (measured.refused, measured.outcome) == (None, "only measured")
    assert model(db) == likeness.model()
    report = learn_events.learn(settings, known=others())
    assert not report.refused
    assert report.figures[0].split() == ["before", "after"] and len(report.figures) == 7
    assert report.outcome.startswith("all stories are compared anew: ")
    assert model(db) != likeness.model() and not is_due(db)
    assert not broken(db)
    assert learn_events.forget(settings)
    assert not is_due(db) and not broken(db)
    assert set(partition(db).values()) == set(before.values())
