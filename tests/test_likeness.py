"""The same event is recognised in other words and languages; another event in the same words is not."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from stories.fingerprint import bands, fingerprint, similarity
from stories.keys import keys
from stories.likeness import evidence, model, relation, signs
from stories.mentions import names, numbers
from stories.motifs import LEXICON, motifs
from stories.story import Relation, Story
from stories.telling import Telling, pack, telling, unpack
from stories.vocabulary import LANGUAGES

WORD_OF_ENTRY = re.compile(r"[^*]+|\*?[^*]{2,}\*?")  # `*` only at an end, beside two letters at least
IN_ORDER = {"dog", "flowers", "wedding"}
VIOLIN = (
    "Last winter my grandmother Ottilie left her violin on the night bus to Fredrikstad. She was to play it at a "
    "wedding the next morning. The driver, a man called Benno, found it under a seat after midnight. He drove forty "
    "minutes in the snow on his own motorcycle and knocked on our door at 2:45 with the violin on his back. He would "
    "take no money, only a cup of coffee. My grandmother cried and played him a song in the kitchen."
)
VIOLIN_AGAIN = (
    "Benno kører natbus til Fredrikstad. En aften efter midnat fandt han en violin under et sæde. Den tilhørte "
    "Ottilie, en bedstemor, der skulle spille til et bryllup næste morgen. Han satte sig på sin motorcykel, kørte 40 "
    "minutter gennem sneen og bankede på døren klokken 2.45. Penge ville han ikke have, men en kop kaffe sagde han ja "
    "til, og hun græd og spillede en sang for ham i køkkenet."
)
SAME_PATTERN = (
    "Last summer my uncle Anselm left his hearing aid on the morning ferry to Wangerooge. He was to speak at a funeral "
    "the next day. The sailor, a man called Tjark, found it under a deckchair after lunch. He rowed twenty minutes in "
    "the rain in his own boat and called at our tent at 6:10 with the box in his pocket. He would take no beer, "
    "only a piece of bread. My uncle laughed and told him a joke on the beach."
)


def told(text: str, language: str | None = "en", companies: tuple[str, ...] = ()) -> Telling:
    return telling(
        Story(
            place=None,
            start=0,
            end=len(text),
            text=text,
            score=0.9,
            title="",
            language=language,
            companies=companies,
        )
    )


def changed(text: str) -> str:
    return re.sub(r"\s+", " \n ", text).replace("'", "’").upper().replace(",", " –")


@pytest.mark.parametrize(
    ("other", "language", "is_a"),
    [
        pytest.param(changed(VIOLIN), "en", Relation.COPY, id="other case, white space and punctuation"),
        pytest.param(VIOLIN.split(". ", 1)[1] + " Via a reader.", "en", Relation.NEAR_COPY, id="a sentence less"),
        pytest.param(VIOLIN_AGAIN, "da", Relation.RETELLING, id="another language"),
        pytest.param(VIOLIN_AGAIN, None, Relation.RETELLING, id="a language nobody knows"),
    ],
)
def test_a_telling_of_the_same_event_is_surely_alike(other: str, language: str | None, is_a: Relation) -> None:
    one, its = told(other, language), told(VIOLIN)
    assert model().odds(one, its) >= model().sure
    assert relation(one, its) is is_a
    assert evidence(one, its).shared and not evidence(one, its).differs


@pytest.mark.parametrize(
    ("other", "language"),
    [
        pytest.param(SAME_PATTERN, "en", id="another event after the same pattern"),
        pytest.param("", None, id="nothing"),
        pytest.param("Thank you!", "en", id="next to nothing"),
    ],
)
def test_what_is_no_telling_of_the_event_is_not_even_perhaps_alike(other: str, language: str | None) -> None:
    assert model().odds(told(other, language), told(VIOLIN)) < min(model().sure, model().perhaps)


@pytest.mark.parametrize("language", ["da", "en", None])
def test_likeness_is_the_same_both_ways(language: str | None) -> None:
    for text in (VIOLIN_AGAIN, SAME_PATTERN, changed(VIOLIN), ""):
        one, other = told(text, language, ("Nordbuss",)), told(VIOLIN)
        assert model().odds(one, other) == pytest.approx(model().odds(other, one))
        assert signs(one, other) == pytest.approx(signs(other, one))


def test_every_sign_has_a_weight() -> None:
    assert signs(told(VIOLIN), told(SAME_PATTERN)).keys() == model().weights.keys()


def test_the_evidence_names_what_both_tell() -> None:
    said = evidence(told(VIOLIN_AGAIN, "da"), told(VIOLIN))
    named, counted, happens = said.shared
    assert named == "names: benno, fredrikstad, ottilie"
    assert counted == "numbers: 2.45, 40"
    assert happens.startswith("what happens: ") and "violin" in happens
    assert said.differs == ()


def test_the_evidence_names_where_two_tellings_differ() -> None:
    said = evidence(told(SAME_PATTERN, "en", ("Frisia",)), told(VIOLIN, "en", ("Nordbuss",)))
    assert said.differs == (
        "companies: frisia | nordbuss",
        "names: anselm, tjark, wangerooge | benno, fredrikstad, ottilie",
        "numbers: 20, 6.1 | 2.45, 40",
    )


def test_another_company_speaks_against_one_event() -> None:
    known = told(VIOLIN, "en", ("Nordbuss",))
    same, other = (told(VIOLIN_AGAIN, "da", (name,)) for name in ("Nordbuss", "Fjordtaxi"))
    stricter = replace(model(), bias=-30.0)  # so that the most that counts is not reached
    assert stricter.odds(same, known) > stricter.odds(other, known)
    assert evidence(same, known).shared[0] == "the company: nordbuss"
    assert evidence(other, known).differs == ("companies: fjordtaxi | nordbuss",)


@pytest.mark.parametrize("other", [VIOLIN_AGAIN, changed(VIOLIN)], ids=["a retelling", "a copy"])
def test_tellings_of_one_event_share_keys(other: str) -> None:
    ours, theirs = ({key.number for key in keys(each)} for each in (told(other, "da"), told(VIOLIN)))
    assert ours & theirs
    assert all(-(2**63) <= number < 2**63 for number in ours)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(VIOLIN, id="the same"),
        pytest.param(VIOLIN.replace(" Ottilie", "\nOttilie"), id="a name at a line's beginning"),
        pytest.param(VIOLIN.replace("2:45", "2, 45"), id="a number in other punctuation"),
        pytest.param(VIOLIN.replace("night bus", "night-bus"), id="a word in two"),
        pytest.param(changed(VIOLIN), id="in capitals"),
    ],
)
def test_texts_with_one_digest_are_compared_alike(copy: str) -> None:
    one, its = told(copy), told(VIOLIN)
    assert one.wording == its.wording
    assert one.digest != its.digest or one == its


def test_the_language_and_the_company_are_compared_too() -> None:
    known = told(VIOLIN, "en", ("Nordbuss",))
    assert told(VIOLIN, "en", ("The Nordbuss Company",)).wording == known.wording
    others = (told(VIOLIN, "en"), told(VIOLIN, "no", ("Nordbuss",)), told(VIOLIN_AGAIN, "en", ("Nordbuss",)))
    assert known.digest not in {each.digest for each in others}


def test_a_telling_is_the_same_after_it_was_stored() -> None:
    for known in (told(VIOLIN, "en", ("Nordbuss",)), told(VIOLIN_AGAIN, "da"), told("", None)):
        assert unpack(pack(known)) == known


def test_a_fingerprint_forgets_everything_but_the_words() -> None:
    assert fingerprint(changed(VIOLIN)) == fingerprint(VIOLIN)
    assert similarity(fingerprint(VIOLIN), fingerprint(SAME_PATTERN)) < 0.3
    assert len(bands(fingerprint(VIOLIN))) == 32
    assert bands(fingerprint(" – ")) == () and similarity(fingerprint(""), fingerprint("")) == 0


def test_a_fingerprint_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 00"):
        similarity(b"\x00" * 513, fingerprint(VIOLIN))


@pytest.mark.parametrize(
    ("text", "language", "certain", "possible"),
    [
        pytest.param("Then Ada's brother met Ole.", "en", {"ada", "ole"}, {"then"}, id="inside a sentence"),
        pytest.param("Der Bote von Nordbuss lachte.", "de", set(), {"der", "bote", "nordbuss"}, id="German nouns"),
        pytest.param("We saw Rosa. The rosa dress", "en", set(), {"the"}, id="a word that is also written small"),
    ],
)
def test_names_are_told_from_nouns(text: str, language: str, certain: set[str], possible: set[str]) -> None:
    found = names(text, language)
    assert (set(found.certain), set(found.possible)) == (certain, possible)


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        pytest.param("1,250 dollars, 1.250 Euro", "en", {1250}, id="thousands"),
        pytest.param("kl. 2.45 og 9,99", "da", {2.45, 9.99}, id="hundredths"),
        pytest.param("zwölf Stück für vierzig", "de", {12, 40}, id="in words"),
        pytest.param("elf twaalf", "en", set(), id="words of another language"),
    ],
)
def test_numbers_are_read_as_values(text: str, language: str, values: set[float]) -> None:
    assert numbers(text, language) == values


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My dog ate the wedding flowers."),
        ("da", "Min hund spiste blomsterne til brylluppet."),
        ("no", "Hunden min spiste blomstene til bryllupet."),
        ("sv", "Min hund åt upp blommorna till bröllopet."),
        ("de", "Mein Hund fraß die Blumen für die Hochzeit."),
        ("nl", "Mijn hond at de bloemen voor de bruiloft op."),
        ("fr", "Mon chien a mangé les fleurs du mariage."),
        ("es", "Mi perro se comió las flores de la boda."),
    ],
)
def test_motifs_are_the_same_in_every_language(language: str, text: str) -> None:
    assert {"dog", "flowers", "wedding"} <= set(motifs(text, language))


def test_motifs_come_in_the_order_in_which_they_are_first_told() -> None:
    found = [motif for motif in motifs("Flowers, a dog, a wedding, and flowers.", "en") if motif in IN_ORDER]
    assert found == ["flowers", "dog", "wedding"]


@pytest.mark.parametrize("path", sorted(LEXICON.glob("*.toml")), ids=lambda path: path.stem)
def test_every_motif_has_words_in_every_language(path: Path) -> None:
    for motif, lists in tomllib.loads(path.read_text("utf-8")).items():
        assert sorted("-".join(lists).split("-")) == sorted(LANGUAGES), motif
        assert all(words.split() for words in lists.values()), motif


@pytest.mark.parametrize("path", sorted(LEXICON.glob("*.toml")), ids=lambda path: path.stem)
def test_every_word_of_a_motif_can_be_met(path: Path) -> None:
    lists = tomllib.loads(path.read_text("utf-8"))
    listed = {entry for words in lists.values() for each in words.values() for entry in each.split()}
    assert [entry for entry in sorted(listed) if entry != entry.lower()] == [], "texts are compared in lower case"
    assert [entry for entry in sorted(listed) if not all(map(WORD_OF_ENTRY.fullmatch, entry.split("_")))] == []


def test_no_motif_is_in_the_lexicon_twice() -> None:
    listed = [motif for path in LEXICON.glob("*.toml") for motif in tomllib.loads(path.read_text("utf-8"))]
    assert len(listed) == len(set(listed)) > 2000
