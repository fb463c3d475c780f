"""What editors decide teaches the detector: little from few, nothing that makes it worse, and never for good."""

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from config import Settings
from jobs.learn import digest, forget, learn
from jobs.read_page import BEFORE, LEARNED, TABLES, detector
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from storage import documents, pages
from storage.corrections import CorrectionError, correct
from storage.database import Database, connect, identity
from storage.decisions import decide
from storage.documents import Reading
from storage.lessons import lessons
from storage.log import Verb
from stories import learning, sorting
from stories.detect import Detector, judge
from stories.examples import Example, Lesson, by_text, decided_example, groups
from stories.judging import judge_texts
from stories.labelled import TRAINING, Labelled, parse
from stories.learning import AGAINST, NOTHING, RUNGS, Level, ladder
from stories.sorting import CHOICES, MARKS, Sorter
from stories.story import Story, WhyNot
from stories.telling import telling
from stories.views import COLUMNS
from stories.weights import SHIPPED, Linear, Weights, names, weights, write
from tests.builders import tell
from tests.forked import goodturn

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
SPEAKS = {"kind service": 0.8, "kind act": 0.8, "serves": 0.5, "joy": 0.4, "trouble": 0.4, "past": 0.3}
SPEAKS_AGAINST = {"complaint": -0.6, "advice": -0.6, "promo": -0.6}
BIASES = {"inside": -2.0, "begins": -2.5, "ends": -2.5, "passage": -2.8, "fits": 0.0}
MOST = 24  # texts with a story, and others, that are learned from


def made_up(folder: Path, *, bias: float = 0.0, speaks: Mapping[str, float] = SPEAKS) -> Path:
    """A simple model of today's shape in a folder: a few signals speak, no words do. `bias` moves its passages."""
    questions = {}
    for question in COLUMNS:
        known = {**speaks, **SPEAKS_AGAINST}
        given = [
            known.get(row, 0.0) if column.split()[1] in ("own", "near", "any") else 0.0
            for row, column in names(question)
        ]
        questions[question] = Linear(np.array(given), BIASES[question] + (bias if question == "passage" else 0.0))
    write(folder, Weights(questions, {}))
    nothing = {
        c: Sorter(words, np.zeros((len(words), len(MARKS))), np.zeros(len(words))) for c, words in CHOICES.items()
    }
    sorting.write(folder, nothing)
    return folder


def real_texts(language: str) -> list[Labelled]:
    """Labelled texts of the project's own, with and without a story."""
    file = TRAINING / language / "01.txt"
    return list(parse(file.read_text("utf-8"), language, file.name))


def keep(db: Database, text: Labelled, places: Sequence[tuple[int, int]]) -> list[str]:
    """Keep a text as a page that was read, with stories at these places; the stories' clusters."""
    url = f"http://{text.language}.example/{text.id}"
    page = identity(
        pages.keep(
            db,
            Page(
                requested=url,
                url=url,
                kind=PageKind.ARTICLE,
                outcome=Outcome.STORED,
                fetched_at=NOW,
                body=text.text.encode(),
            ),
        ).requested
    )
    told = [
        Story(place=None, start=a, end=b, text=text.text[a:b], score=0.6, title=text.id, language=text.language)
        for a, b in places
    ]
    document = Document(url=url, text=text.text, language=text.language)
    documents.keep(db, page, Reading(document=document, stories=tuple((s, telling(s)) for s in told)), NOW)
    rows = db.execute("select cluster from stories where document = ? order by start", [page])
    return [row[0] for row in rows]


def best(text: Labelled, folder: Path) -> list[tuple[int, int]]:
    """The passage of a text that a model takes for a story before any other."""
    document = Document(url="http://blog.example/", text=text.text, language=text.language)
    found = judge(document, Detector(weights=folder))
    return [(v.start, v.end) for v in sorted(found, key=lambda verdict: -verdict.score)[:1]]


def decide_on(db: Database, texts: Sequence[Labelled], folder: Path) -> None:
    """Keep the texts and decide on what stands in them, as their labels say."""
    for text in texts:
        firm = [(told.start, told.end) for told in text.stories if not told.borderline]
        for cluster in keep(db, text, firm or best(text, folder)):
            verb = Verb.APPROVE if firm else Verb.REJECT
            decide(db, cluster, verb, who="Ada", at=NOW, why=None if firm else text.why_not or WhyNot.UNRELATED)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def decided(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database with decisions as an editor would make them. Copy it before writing."""
    settings = Settings(data=tmp_path_factory.mktemp("decided"))
    db = connect(settings.database)
    for language in ("en", "da"):
        texts = real_texts(language)
        told, others = [t for t in texts if t.stories], [t for t in texts if not t.stories]
        decide_on(db, told[: MOST // 2] + others[: MOST // 2], shipped)
    return settings


@pytest.fixture
def settings(decided: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(decided.data, tmp_path / "data")
    return decided.model_copy(update={"data": tmp_path / "data"})


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Other labelled texts."""
    folder = tmp_path_factory.mktemp("gold")
    shutil.copy(TRAINING / "en" / "02.txt", folder / "en.txt")
    return folder


@pytest.fixture(scope="module")
def examples(decided: Settings, shipped: Path) -> list[Example]:
    texts = by_text(lessons(connect(decided.database)))
    model = weights(shipped)
    return [decided_example(text, group, model) for text, group in zip(texts, groups(texts), strict=True)]


def test_what_was_learned_is_written_with_a_card_and_used_from_then_on(
    settings: Settings, shipped: Path, gold: Path
) -> None:
    assert detector(settings).weights == SHIPPED
    report = learn(settings, at=NOW, shipped=shipped, gold=gold)
    assert report.refused is None
    assert report.folder == detector(settings).weights == settings.data.resolve() / LEARNED
    assert all((report.folder / table).read_bytes() == (shipped / table).read_bytes() for table in TABLES[1:])
    before, after = weights(shipped).questions, weights.__wrapped__(report.folder).questions
    assert [q for q in COLUMNS if not np.array_equal(before[q].weights, after[q].weights)] == ["passage"]
    card = " ".join((report.folder / "card.md").read_text("utf-8").split())
    assert all(said in card for said in (report.made_of, digest(shipped), "2026-05-01 at 09:30 UTC"))
    assert sorted(path.name for path in settings.data.iterdir() if path.is_dir()) == [LEARNED]


def test_learning_again_from_the_same_decisions_gives_the_same(settings: Settings, shipped: Path, gold: Path) -> None:
    first = learn(settings, at=NOW, shipped=shipped, gold=gold).folder
    assert first
    tables = digest(first)
    assert learn(settings, at=NOW, shipped=shipped, gold=gold).folder == first
    assert digest(first) == tables


def test_measuring_writes_nothing_and_prints_figures_before_and_after(
    settings: Settings, shipped: Path, gold: Path
) -> None:
    report = learn(settings, at=NOW, keep=False, shipped=shipped, gold=gold)
    assert report.folder is None
    assert [line.split()[-2:] for line in report.figures if "page F1" in line]
    assert not (settings.data / LEARNED).exists()


def inverted(texts: Sequence[Labelled]) -> Iterator[str]:
    """Texts with their labels the wrong way round, as a labelled file says it."""
    for text in texts:
        label = "why_not: unrelated" if text.stories else "story: other | unknown | customer | | event-" + text.id
        yield f"=== {text.id}\nkind: blog\n{label}\n---\n" + (text.text if text.stories else f"⟦{text.text}⟧") + "\n"


def test_what_judges_the_gold_texts_worse_is_refused(settings: Settings, shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "en.txt").write_text("\n".join(inverted(real_texts("en"))), "utf-8")
    report = learn(settings, at=NOW, shipped=shipped, gold=folder)
    assert report.refused and "gold texts worse" in report.refused
    assert not (settings.data / LEARNED).exists()


def test_where_all_is_judged_right_already_nothing_is_learned(shipped: Path) -> None:
    model, by, examples = weights(shipped), Detector(weights=shipped), []
    for text in [*real_texts("en"), *real_texts("da")]:
        found = judge(Document(url="http://blog.example/", text=text.text, language=text.language), by)
        right = [(v.start, v.end) for v in found if v.score > 0.55]
        if right or all(v.score < 0.45 for v in found):
            told = [lesson(text, place, approved=bool(right)) for place in right or best(text, shipped)]
            examples.append(decided_example(told, text.id, model))
    learnt = learning.learn(examples, [], model, by.threshold)
    assert learnt.decided[0].page_f1 == learnt.decided[0].average_precision == 1.0
    assert learnt.refused and "no better" in learnt.refused


def lesson(text: Labelled, place: tuple[int, int], *, approved: bool) -> Lesson:
    return Lesson(
        where=text.id,
        language=text.language,
        text=text.text,
        headings=(),
        place=place,
        approved=approved,
        why_not=None if approved else WhyNot.UNRELATED,
        cluster=text.id,
    )


@pytest.mark.parametrize(
    ("approved", "rejected", "sentence"),
    [
        pytest.param(9, 3, "20 decisions are needed and there are 12: decide on 8 more", id="few"),
        pytest.param(21, 0, "there are no rejections among the 21 decisions", id="no rejection"),
        pytest.param(0, 20, "there are no approvals among the 20 decisions", id="no approval"),
    ],
)
def test_too_few_decisions_are_refused_in_one_sentence(
    tmp_path: Path, approved: int, rejected: int, sentence: str
) -> None:
    settings = Settings(data=tmp_path)
    db = connect(settings.database)
    for number in range(approved + rejected):
        tell(db, f"c{number}")
        why = None if number < approved else WhyNot.PRAISE_ONLY
        decide(db, f"c{number}", Verb.REJECT if why else Verb.APPROVE, why=why, who="Ada", at=NOW)
    report = learn(settings, at=NOW)
    assert report.refused and report.refused.endswith(sentence)
    assert not (tmp_path / LEARNED).exists()


def test_the_command_says_in_one_line_why_nothing_is_learned(tmp_path: Path) -> None:
    done = goodturn("learn", of=Settings(data=tmp_path))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "what is a story: from 0 decisions (0 approved, 0 rejected) in 0 texts",
        "nothing is learned: 20 decisions are needed and there are 0: decide on 20 more",
        "what tells one event: from 0 pairs of tellings (0 of one event, 0 of two)",
        "nothing is learned: 10 pairs of tellings that editors merged or parted are needed, and there are 0",
    ]


def test_a_lesson_is_a_telling_in_its_whole_text_with_what_was_decided() -> None:
    db = connect()
    tell(db, "a", before="Before. ", after=" After.")
    tell(db, "a", "Told again under another post, in a comment.", place=3, before="Mine: ")
    tell(db, "b", "A promise of a prize for every tenth customer.")
    tell(db, "c", "Decided on and reopened: nothing to learn from.")
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "b", Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    for verb in (Verb.APPROVE, Verb.REOPEN):
        decide(db, "c", verb, who="Ada", at=NOW)
    told = [(x.cluster, x.approved, x.why_not, x.text[slice(*x.place)], x.text[: x.place[0]]) for x in lessons(db)]
    assert told == [
        ("b", False, WhyNot.PROMO, "A promise of a prize for every tenth customer.", ""),
        ("a", True, None, db.execute("select text from stories where number = 1").fetchone()[0], "Before. "),
        ("a", True, None, "Told again under another post, in a comment.", "Mine: "),
    ]


def test_texts_that_tell_of_a_common_cluster_are_learned_from_together() -> None:
    db = connect()
    for cluster, url in (("a", "1"), ("b", "2"), ("b", "3"), ("c", "4"), ("a", "5")):
        tell(db, cluster, f"Told in {cluster} on page {url}.", url=url)
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    own = by_text(lessons(db))
    joined = [*own, [replace(own[0][0], cluster="a"), replace(own[0][0], cluster="b")]]
    known = {text[0].text: group for text, group in zip(joined, groups(joined), strict=True)}
    assert len(set(groups(own))) == 3
    assert len(set(known.values())) == 2  # a and b have a text in common


def test_an_example_is_judged_as_a_reading_judges_it(examples: Sequence[Example], shipped: Path) -> None:
    model = weights(shipped).questions["passage"]
    for example in examples[:10]:
        text = example.material.made.text
        judged = judge_texts([text], example.material.language, folder=shipped)
        assert judged.spans == example.material.candidates
        assert judged.scores == pytest.approx(1 / (1 + np.exp(-example.odds(model))))


def test_the_harder_the_penalty_the_less_moves_and_what_speaks_against_stays_so(
    examples: Sequence[Example], shipped: Path
) -> None:
    model = weights(shipped).questions["passage"]
    rungs = dict(ladder(examples, model, Level(examples, model, 0.5)))
    moved = [float(np.linalg.norm(linear.weights - model.weights)) for linear in rungs.values()]
    assert moved == sorted(moved)
    assert moved[0] == moved[1] == 0.0, "no change, and the bias alone"
    assert rungs[NOTHING].bias == model.bias
    against = np.array([row in AGAINST for row, _ in names("passage")])
    assert all(linear.weights[against].max() <= 1e-9 for linear in rungs.values())


def test_as_many_texts_are_found_by_what_was_learned_as_before(examples: Sequence[Example], shipped: Path) -> None:
    model = weights(shipped).questions["passage"]
    for threshold in (0.3, 0.5, 0.999, 1.0):
        rungs = dict(ladder(examples, model, Level(examples, model, threshold)))
        found = {rung: sum(_found(text, rungs[rung], threshold) for text in examples) for rung in (NOTHING, *RUNGS)}
        assert len(set(found.values())) == 1, found


def _found(text: Example, passage: Linear, threshold: float) -> bool:
    return bool((1 / (1 + np.exp(-text.odds(passage))) >= threshold).any())


def corrected(db: Database) -> str:
    tell(
        db,
        "a",
        "The porter drove her home.",
        before="We came late.\nIt snowed. ",
        after=" He took\nnothing for it. Late.",
    )
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    return str(db.execute("select id from stories").fetchone()[0])


def test_corrected_words_are_learned_instead_of_those_found_and_the_story_stays() -> None:
    db = connect()
    story = corrected(db)
    before = [tuple(row) for row in db.execute("select * from stories")]
    correct(db, story, "we CAME", "late", who="Bo", at=NOW)
    made = correct(db, story, "it  snowed", "took nothing for it.", who="Bo", at=NOW)
    assert made.text == "It snowed. The porter drove her home. He took\nnothing for it."
    (lesson,) = lessons(db)
    assert lesson.text[slice(*lesson.place)] == made.text
    assert [tuple(row) for row in db.execute("select * from stories")] == before


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        pytest.param("It rained", "home.", "the post has no words 'It rained' (the first words)", id="not there"),
        pytest.param(
            "nothing for it",
            "We came",
            "last words 'We came' stand before the first words 'nothing for it'",
            id="order",
        ),
        pytest.param("It snowed", " ", "say what the last words are: words of the post", id="no words"),
    ],
)
def test_words_that_cannot_be_found_are_a_clear_mistake(first: str, last: str, sentence: str) -> None:
    db = connect()
    story = corrected(db)
    with pytest.raises(CorrectionError) as caught:
        correct(db, story, first, last, who="Bo", at=NOW)
    assert sentence in str(caught.value)
    assert not list(db.query("select * from spans"))


def test_a_correction_of_no_story_is_a_clear_mistake() -> None:
    with pytest.raises(CorrectionError, match="no story has the id 'nowhere'"):
        correct(connect(), "nowhere", "a", "b", who="Bo", at=NOW)


def test_words_that_stand_twice_are_those_next_to_the_story() -> None:
    db = connect()
    tell(db, "a", "The man helped me.", before="It rained. It rained. ", after=" Then home. Much later, home.")
    (story,) = (row[0] for row in db.execute("select id from stories"))
    assert (
        correct(db, story, "It rained.", "home.", who="Bo", at=NOW).text == "It rained. The man helped me. Then home."
    )


def test_corrections_are_appended_and_never_changed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, editor="Cleo")
    db = connect(settings.database)
    story = corrected(db)
    done = goodturn("correct", story, "--from", "It snowed.", "--to", "nothing for it.", of=settings)
    assert (done.returncode, done.stdout[:15]) == (0, "noted, 12 words")
    assert [row["who"] for row in db.query("select who from spans")] == ["Cleo"]
    for change in ("update decisions set who = 'Eve'", "delete from decisions"):
        with pytest.raises(Exception, match="appended, never"):
            db.conn.execute(change)


def test_a_correction_of_a_comment_that_is_gone_is_a_clear_mistake() -> None:
    db = connect()
    tell(db, "a", place=0)
    (story,) = (row[0] for row in db.execute("select id from stories"))
    db.conn.execute("update comments set position = null")
    with pytest.raises(CorrectionError, match="no longer on its page"):
        correct(db, story, "The night porter", "ended.", who="Bo", at=NOW)


def test_weights_of_another_shape_are_passed_over_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data=tmp_path)
    table = made_up(tmp_path / LEARNED) / "signals.csv"
    with caplog.at_level(logging.WARNING):
        assert detector(settings).weights == tmp_path.resolve() / LEARNED
        table.write_text(table.read_text("utf-8").replace("passage around", "passage about", 1), "utf-8")
        assert detector(settings).weights == SHIPPED
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{tmp_path.resolve() / LEARNED} was learned for another shape of model")


def test_a_kill_while_weights_take_their_place_leaves_those_before(
    settings: Settings, shipped: Path, gold: Path
) -> None:
    made_up(settings.data / LEARNED).rename(settings.data / BEFORE)  # killed here
    assert detector(settings).weights == settings.data.resolve() / BEFORE
    learn(settings, at=NOW, shipped=shipped, gold=gold)
    assert detector(settings).weights == settings.data.resolve() / LEARNED
    assert not (settings.data / BEFORE).exists()


def test_what_was_learned_can_be_forgotten(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    for name in (LEARNED, BEFORE):
        made_up(tmp_path / name)
    assert forget(settings)
    assert detector(settings).weights == SHIPPED
    assert list(tmp_path.iterdir()) == []
    assert not forget(settings)
