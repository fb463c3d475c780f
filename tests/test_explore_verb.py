"""`goodturn explore`: Datasette answers questions, on this machine alone, and changes nothing."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from config import ConfigError, Settings
from jobs.collect import environment
from jobs.explore import explore
from storage.database import Database, connect, connect_private
from storage.decisions import decide
from storage.log import Verb
from storage.questions import FACETS, described, questions
from stories.story import WhyNot
from tests.builders import NOW, tell

pytest.importorskip("datasette", reason="datasette is not installed: `make explore` does that")

HOSTILE = "\"kind's a-b (NEAR * ^ : {} -- ; ⟦ ' OR"
ROWS = {  # asked of the database below, one question with some rows at least
    "stories": {"language": "da", "sector": "bank", "channel": "phone"},
    "search": {"words": "soren kunde"},
    "rejected": {"sector": "hotel"},
    "companies": {"sector": "bank"},
    "notes": {"letters": "LOVELY"},
    "decisions": {"editor": "Ada"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """The running command, and the database that it looks at."""

    client: httpx2.Client
    settings: Settings
    db: Database

    def rows(self, path: str, **asked: str) -> list[dict[str, object]]:
        answer = self.client.get(f"/goodturn{path}.json", params={"_shape": "array", **asked})
        assert answer.status_code == 200, answer.text
        return list(answer.json())


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    db = connect(settings.database)
    _fill(db)
    connect_private(settings.data / "private.db").close()
    command = [sys.executable, "-m", "cli", "explore", "--port", "0"]
    with subprocess.Popen(command, env=environment(settings), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().split()[1]
        with httpx2.Client(base_url=address, timeout=20, follow_redirects=True) as client:
            yield Explorer(client=client, settings=settings, db=db)
        process.terminate()
    db.close()


def _fill(db: Database) -> None:
    source = {"id": "s", "address": "http://blog1.example/feed", "kind": "feed", "label": "A blog", "every_s": 3600}
    db.table("sources").insert(source | {"pages": 5})
    danish = "Sørens kundetjeneste ringede tilbage samme aften, selv om banken var lukket."
    tell(db, "bank", danish, language="da", sector="bank", channel="phone", companies=["Fjordbanken"])
    tell(db, "bank", f"{danish} Tak!", language="da", sector="bank", channel="phone", relation="near-copy")
    tell(db, "hotel")
    tell(db, "praise", "They are all so very nice there.")
    tell(db, "open", "The baker opened again for us.", sector="restaurant")
    decide(db, "bank", Verb.APPROVE, who="Ada", at=NOW, note="A lovely one.")
    decide(db, "praise", Verb.REJECT, why=WhyNot.PRAISE_ONLY, who="Birk", at=NOW)
    decide(db, "hotel", Verb.APPROVE, who="Ada", at=NOW)


@pytest.mark.parametrize("name", questions())
def test_a_ready_question_has_an_answer_with_rows_and_a_page(explorer: Explorer, name: str) -> None:
    assert explorer.rows(f"/{name}", **ROWS.get(name, {}))
    page = explorer.client.get(f"/goodturn/{name}", params=ROWS.get(name, {}))
    assert page.status_code == 200
    assert str(questions()[name]["title"]) in page.text


def test_danish_stories_by_phone_with_banks_are_one_question(explorer: Explorer) -> None:
    found = explorer.rows("/stories", language="da", sector="bank", channel="phone")
    assert {row["companies"] for row in found} == {'["Fjordbanken"]', '["Lindgaard Hotel"]'}
    assert len(explorer.rows("/stories")) == 5, "what is left empty is no filter"


@pytest.mark.parametrize("words", ["", " ", HOSTILE, *HOSTILE.split()])
def test_whatever_is_searched_for_is_no_syntax_error(explorer: Explorer, words: str) -> None:
    explorer.rows("/search", words=words)


@pytest.mark.parametrize("words", ["søren", "SOREN", "kundetj ringede"])
def test_search_finds_beginnings_of_words_with_or_without_accents(explorer: Explorer, words: str) -> None:
    assert len(explorer.rows("/search", words=words)) == 2


@pytest.mark.parametrize("name", FACETS)
def test_a_list_opens_with_its_facets_and_says_what_it_is(explorer: Explorer, name: str) -> None:
    answer = explorer.client.get(f"/goodturn/{name}.json").json()
    assert set(answer["facet_results"]) == set(FACETS[name])
    told, columns = described()
    assert answer["rows"]
    assert told["cluster_list"]
    assert columns["cluster_list"]["found_at"] in explorer.client.get("/goodturn/cluster_list").text


def test_it_sees_what_another_process_writes_meanwhile(explorer: Explorer) -> None:
    before = len(explorer.rows("/waiting"))
    tell(explorer.db, "new", "Le boulanger a rouvert pour nous.", language="fr")
    assert len(explorer.rows("/waiting")) == before + 1


@pytest.mark.parametrize(
    "sql",
    [
        "delete from stories",
        "update stories set title = 'x'",
        "with x as (select 1) delete from stories",
        "with x as (select 1) insert into stories_fts (stories_fts) values ('rebuild')",
        "select 1; delete from stories",
        "attach database 'private.db' as p",
        "pragma writable_schema = on",
        "select * from pragma_wal_checkpoint",
        "vacuum into 'copy.db'",
        "select load_extension('x')",
        "select writefile('x', 'y')",
        "select * from users",
    ],
)
def test_nothing_can_be_written_or_reached_beside(explorer: Explorer, sql: str) -> None:
    folder, stories = explorer.settings.data, "select id, title, text from stories order by number"
    before, files = list(map(tuple, explorer.db.execute(stories))), sorted(folder.iterdir())
    answer = explorer.client.get("/goodturn.json", params={"sql": sql.replace("private.db", f"{folder}/private.db")})
    assert answer.status_code == 400
    assert explorer.client.post("/goodturn", data={"sql": sql}).status_code == 405
    assert list(map(tuple, explorer.db.execute(stories))) == before
    assert sorted(folder.iterdir()) == files


@pytest.mark.parametrize("path", ["/private", "/private.db", "/goodturn.db", "/_internal", "/-/permissions"])
def test_there_is_nothing_but_the_one_database_and_it_is_not_handed_out(explorer: Explorer, path: str) -> None:
    assert explorer.client.get(path).status_code in (403, 404)


def test_a_foreign_name_for_this_machine_is_refused(explorer: Explorer) -> None:
    assert explorer.client.get("/goodturn", headers={"host": "rebound.example"}).status_code == 400


def test_without_datasette_the_command_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasette.app", None)  # as Python has it where a module cannot be found
    with pytest.raises(ConfigError, match="`make explore` does that"):
        explore(Settings(data=tmp_path), 0)
    assert not list(tmp_path.iterdir())
