"""What an editor sees and does at the desk about tellings of one event: merging, splitting off, keeping apart."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database
from starlette.testclient import TestClient

from config import Settings
from storage.database import connect
from storage.decisions import decide, last_decision
from storage.inbox import tellings
from storage.log import GROUPINGS, Verb, history
from storage.merged import whereabouts
from storage.suggestions import suggestions
from storage.ties import apart, merge, split
from stories.story import WhyNot
from tests.builders import NOW, tell
from tests.retold import Text, arrive, cluster_of, compare_by
from tests.signed_in import client

FERRY = (
    "My uncle Anselm left his hearing aid on the morning ferry to Wangerooge. He was to speak at a funeral the next "
    "day. A sailor called Tjark found it under a deckchair. He rowed twenty-five minutes in the rain in his own boat "
    "and called at our tent with the little box in his pocket. He would take no beer, only a piece of bread."
)
FERRY_AGAIN = (
    "Ein Matrose der Fähre fand unter einem Liegestuhl das Hörgerät eines alten Mannes, der am nächsten Tag auf einer "
    "Beerdigung reden sollte. Im Regen ruderte er mit dem eigenen Boot hinüber und brachte es ihm ans Zelt. Bier "
    "wollte er keins, nur ein Stück Brot."
)
PIANO = (
    "The piano tuner Rosalind came to our school on a Sunday, because the concert was on Monday and two keys were "
    "mute. She mended both, played a waltz for the caretaker, and sent no bill."
)

CAREFUL = {"sure": 19.0, "perhaps": 0.0}  # nothing but copies is put together, what is a little alike is suggested


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    compare_by(db, **CAREFUL)
    yield db
    db.close()


@pytest.fixture
def desk(settings: Settings, db: Database) -> TestClient:
    return client(settings, now=lambda: NOW)


def publish(db: Database, title: str, text: str, language: str = "en", day: int = 1) -> str:
    """Store a story as a reading does; the id of its cluster."""
    return cluster_of(db, arrive(db, Text(name=title, text=text, language=language, published=date(2026, 3, day))))


@pytest.fixture
def two(db: Database) -> tuple[str, str]:
    """Two clusters that are perhaps one event; the first was told first."""
    return publish(db, "Ferry", FERRY), publish(db, "Fähre", FERRY_AGAIN, "de", day=2)


def of(db: Database, cluster: str) -> set[str]:
    return {told.title for told in tellings(db, cluster)}


def undo(desk: TestClient, page: str) -> str:
    """Press the button of the notice; the page that follows."""
    form = re.search(r'role="status">.*?<form method="post" action="([^"]*)">(.*?)</form>', page, re.S)
    assert form
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form[2])
    return desk.post(form[1], data={name: [v for n, v in fields if n == name] for name, _ in fields}).text


def notice(page: str) -> str:
    """What the line above the page says, without its markup."""
    found = re.search(r'<div class="notice" role="status">(.*?)</div>', page, re.S)
    return said(found[1]) if found else ""


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_a_cluster_names_what_is_perhaps_the_same_event_with_the_evidence(
    desk: TestClient, db: Database, two: tuple[str, str]
) -> None:
    one, other = two
    publish(db, "Piano", PIANO)
    page = desk.get(f"/cluster/{one}").text
    (found,) = suggestions(db, one)
    shown = page[page.index("Perhaps the same event") :]
    assert f"{min(99, round(found.likely * 100))} % likely" in shown and "<span>German</span>" in shown
    assert f'<a href="/cluster/{other}" lang="de">Fähre</a>' in shown and "Piano" not in shown
    assert "what happens: " in shown
    assert re.search(r'<td lang="en">He rowed twenty-five [^<]*</td><td lang="de">Im Regen ruderte [^<]*</td>', shown)
    assert shown.index('data-key="m"') < shown.index('data-key="x"')


def test_what_a_retelling_differs_in_is_said(desk: TestClient, db: Database) -> None:
    first = publish(db, "Ferry", f"{FERRY} That was in 1994.")
    merge(db, first, publish(db, "Fähre", f"{FERRY_AGAIN} Das war 1997.", "de", day=2), who="Ada", at=NOW)
    page = desk.get(f"/cluster/{first}").text
    assert page.count("Differs from the first telling") == 1
    assert re.search(r"numbers: 1997 here, 1994[\d, ]* there", page)


def test_a_story_that_is_perhaps_told_before_is_marked_in_the_inbox(
    desk: TestClient, db: Database, two: tuple[str, str]
) -> None:
    assert desk.get("/").text.count("Perhaps told before") == 2
    apart(db, *two, who="Ada", at=NOW)
    assert "Perhaps told before" not in desk.get("/").text


def test_merging_makes_one_cluster_and_can_be_undone(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    one, other = two
    page = desk.post(f"/cluster/{one}/merge?sector=other", data={"other": other, "seen": "0"})
    assert page.url.path == f"/cluster/{one}" and page.url.params["sector"] == "other"
    assert of(db, one) == {"Ferry", "Fähre"}
    assert notice(page.text) == "Merged with “Fähre”, “Ferry”. Undo u"
    page_after = undo(desk, page.text)
    assert of(db, one) == {"Ferry"} and of(db, other) == {"Fähre"}
    assert notice(page_after).startswith("Took back: merged with “Fähre”, “Ferry”. Do it again")
    undo(desk, page_after)
    assert of(db, one) == {"Ferry", "Fähre"}
    assert [made.verb for made in history(db, one)] == [Verb.MERGE, Verb.UNDO, Verb.REDO]


def test_undoing_a_merge_leaves_the_decision_where_it_was(desk: TestClient, db: Database) -> None:
    late, early = publish(db, "Fähre", FERRY_AGAIN, "de", day=20), publish(db, "Ferry", FERRY, day=1)
    decide(db, late, Verb.APPROVE, who="Bo", at=NOW)
    page = desk.post(f"/cluster/{early}/merge", data={"other": late, "seen": "1"})
    assert page.url.path == f"/cluster/{late}" and of(db, late) == {"Ferry", "Fähre"}
    assert "the decision" not in page.text
    undo(desk, page.text)
    last = last_decision(db, late)
    assert of(db, late) == {"Fähre"} and of(db, early) == {"Ferry"}
    assert last and last.verb is Verb.APPROVE and last_decision(db, early) is None


def test_what_is_kept_apart_is_not_suggested_again(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    one, other = two
    page = desk.post(f"/cluster/{one}/apart", data={"other": other})
    assert notice(page.text) == "Kept apart from “Fähre”, “Ferry”. Undo u"
    assert "Perhaps the same event" not in page.text and of(db, one) == {"Ferry"}
    assert "Perhaps the same event" in undo(desk, page.text), "it is asked again"


def test_a_telling_is_split_off_and_the_way_to_it_is_shown(
    desk: TestClient, db: Database, two: tuple[str, str]
) -> None:
    one, other = two
    merge(db, one, other, who="Ada", at=NOW)
    page = desk.get(f"/cluster/{one}").text
    assert page.count("Not this event: split off") == 2
    (story,) = (told.id for told in tellings(db, one) if told.title == "Fähre")
    page = desk.post(f"/cluster/{one}/split", data={"story": story, "seen": "1"}).text
    new = history(db, one)[-1].other or ""
    assert f'Split off</span> “<a href="/cluster/{new}">Fähre</a>”' in page and of(db, new) == {"Fähre"}
    assert "Not this event" not in page
    assert "Split off from “" in said(desk.get(f"/cluster/{new}").text)
    undo(desk, page)
    assert of(db, one) == {"Ferry", "Fähre"}


def test_the_address_of_what_became_another_leads_there(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    one, other = two
    third = publish(db, "Piano", PIANO)
    merge(db, one, other, who="Ada", at=NOW)
    merge(db, third, one, who="Ada", at=NOW)
    assert whereabouts(db, other) == third
    answer = desk.get(f"/cluster/{other}?sector=bank&words=a+b", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cluster/{third}?sector=bank&words=a+b")


def test_history_and_log_tell_decisions_and_groupings_newest_first(
    desk: TestClient, db: Database, two: tuple[str, str]
) -> None:
    one, other = two
    third = publish(db, "Piano", PIANO)
    decide(db, other, Verb.REJECT, why=WhyNot.PROMO, who="Bo", at=NOW)
    decide(db, one, Verb.APPROVE, who="Bo", at=NOW.replace(hour=10))
    merge(db, one, other, who="Cy", at=NOW.replace(hour=11), note="the same boat")
    apart(db, one, third, who="Cy", at=NOW.replace(hour=12))
    for page in (desk.get(f"/cluster/{one}").text, desk.get("/log").text):
        text = said(page)
        places = [
            text.index(words) for words in ("Kept apart from “Piano”", "Merged with “Fähre”", "1 May 2026, 10:30")
        ]
        assert places == sorted(places) and "“the same boat”" in text
    assert "as promotion" in desk.get("/log").text  # what was decided on a cluster that is gone is still told


def test_the_log_is_paged_over_both_kinds(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    for number in range(40):
        if number % 2:
            apart(db, *two, who=f"Editor{number}", at=NOW)
        else:
            decide(db, two[0], Verb.REOPEN, who=f"Editor{number}", at=NOW)
    pages_of_log = [desk.get(f"/log?offset={offset}").text for offset in (0, 30)]
    found = [re.findall(r"<td>(Editor\d+)</td>", page) for page in pages_of_log]
    assert [len(each) for each in found] == [30, 10] and len(set(found[0] + found[1])) == 40


def test_two_editors_the_second_is_told_that_the_other_story_has_gone(
    desk: TestClient, db: Database, two: tuple[str, str]
) -> None:
    one, other = two
    third = publish(db, "Piano", PIANO)
    merge(db, third, other, who="Bo", at=NOW)
    for path, form in (
        (f"/cluster/{one}/merge", {"other": other}),
        (f"/cluster/{one}/apart", {"other": other}),
        (f"/cluster/{other}/split", {"story": "x"}),
        (f"/cluster/{other}/approve", {"seen": "0"}),
    ):
        answer = desk.post(path, data=form)
        assert answer.status_code == 409
        assert "<b>Bo</b> merged" in answer.text and "Nothing of what you did was written" in answer.text
        assert f'href="/cluster/{third}"' in answer.text
    assert of(db, one) == {"Ferry"} and history(db, one) == [] and len(history(db, other)) == 1


@pytest.mark.parametrize("verb", ["merge", "apart"])
def test_a_grouping_button_pressed_twice_acts_once(
    desk: TestClient, db: Database, two: tuple[str, str], verb: str
) -> None:
    for _ in range(2):
        answer = desk.post(f"/cluster/{two[0]}/{verb}", data={"other": two[1]}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, f"/cluster/{two[0]}")
    assert len(history(db, two[0])) == 1


def test_splitting_pressed_twice_acts_once(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    merge(db, *two, who="Ada", at=NOW)
    story = tellings(db, two[0])[1].id
    for _ in range(2):
        assert desk.post(f"/cluster/{two[0]}/split", data={"story": story, "seen": "1"}).status_code == 200
    assert [made.verb for made in history(db, two[0])] == [Verb.MERGE, Verb.SPLIT]


@pytest.mark.parametrize(
    ("path", "form", "answer"),
    [
        pytest.param("a/merge", {"other": "a"}, (400, "is one cluster"), id="a cluster with itself"),
        pytest.param("a/merge", {}, (400, "names none"), id="with nothing"),
        pytest.param("a/merge", {"other": "nix"}, (404, "no story at this address"), id="with what is not there"),
        pytest.param("nix/merge", {"other": "a"}, (404, "no story at this address"), id="what is not there"),
        pytest.param("a/apart", {"other": "nix"}, (404, "no story at this address"), id="apart from what is not there"),
        pytest.param("a/split", {"story": "nix"}, (400, "Story nix is not in cluster a"), id="no such telling"),
        pytest.param("a/split", {}, (400, "name some of them"), id="nothing to split off"),
        pytest.param("nix/split", {"story": "x"}, (404, "no story"), id="a split of nothing"),
    ],
)
def test_what_cannot_be_done_to_a_group_is_said(
    desk: TestClient, db: Database, path: str, form: dict[str, str], answer: tuple[int, str]
) -> None:
    tell(db, "a")
    answered = desk.post(f"/cluster/{path}", data=form)
    assert answered.status_code == answer[0] and answer[1] in answered.text
    assert history(db, "a") == []


def test_groups_change_only_by_a_form_of_our_own(desk: TestClient, db: Database, two: tuple[str, str]) -> None:
    for verb in GROUPINGS:
        assert desk.get(f"/cluster/{two[0]}/{verb}").url.path == f"/cluster/{two[0]}"
        foreign = {"sec-fetch-site": "cross-site"}
        assert desk.post(f"/cluster/{two[0]}/{verb}", data={"other": two[1]}, headers=foreign).status_code == 403
    assert history(db, two[0]) == []


@pytest.mark.parametrize("query", ["done=99", "done=0", "done="])
def test_an_address_that_tells_of_no_act_is_no_error(
    desk: TestClient, db: Database, two: tuple[str, str], query: str
) -> None:
    third = publish(db, "Piano", PIANO)
    merge(db, *two, who="Ada", at=NOW)
    assert 'class="notice" role="status"' not in desk.get(f"/cluster/{third}?{query}").text


@pytest.mark.parametrize("sizes", [(1, 1), (1, 3), (3, 1)], ids=str)
def test_it_is_known_which_stories_a_merge_or_a_split_has_moved(db: Database, sizes: tuple[int, int]) -> None:
    for cluster, size in zip("ab", sizes, strict=True):
        for at in range(size):
            tell(db, cluster, f"{cluster} {at} {PIANO}")
    theirs = tuple(sorted(told.id for told in tellings(db, "b")))
    assert apart(db, "a", "b", who="Ada", at=NOW).moved == theirs
    assert merge(db, "a", "b", who="Ada", at=NOW).moved == theirs
    assert split(db, "a", theirs, who="Ada", at=NOW).moved == theirs
