"""The same event is recognised in other words and languages; another event in the same words is not."""

import re
import tomllib

import pytest

from stories.fingerprint import bands, fingerprint, similarity
from stories.mentions import names, numbers
from stories.motifs import LEXICON, motifs, weights
from stories.retelling import Telling, keys, relate, telling
from stories.story import Relation, Story
from stories.vocabulary import LANGUAGES

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
    ("other", "language", "relation"),
    [
        pytest.param(changed(VIOLIN), "en", Relation.COPY, id="other case, white space and punctuation"),
        pytest.param(VIOLIN.split(". ", 1)[1] + " Via a reader.", "en", Relation.NEAR_COPY, id="a sentence less"),
        pytest.param(VIOLIN_AGAIN, "da", Relation.RETELLING, id="another language"),
        pytest.param(VIOLIN_AGAIN, None, Relation.RETELLING, id="a language nobody knows"),
        pytest.param(SAME_PATTERN, "en", None, id="another event after the same pattern"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_a_telling_is_related_to_a_known_one(other: str, language: str | None, relation: Relation | None) -> None:
    match = relate(told(other, language), told(VIOLIN))
    assert (match.relation if match else None) == relation
    assert match is None or match.because


def test_the_reasons_of_a_retelling_name_what_both_tell() -> None:
    match = relate(told(VIOLIN_AGAIN, "da"), told(VIOLIN))
    assert match and 0.75 < match.score < 1
    named, counted, happens = match.because
    assert named == "names: benno, fredrikstad, ottilie"
    assert counted == "numbers: 2.45, 40"
    assert happens.startswith("what happens: ")


def test_another_company_speaks_against_a_retelling() -> None:
    known = told(VIOLIN, "en", ("Nordbuss",))
    alike, other = (relate(told(VIOLIN_AGAIN, "da", (name,)), known) for name in ("Nordbuss", "Fjordtaxi"))
    assert alike and other and alike.score > other.score
    assert alike.because[0] == "the company: nordbuss"


@pytest.mark.parametrize("other", [VIOLIN_AGAIN, changed(VIOLIN)], ids=["a retelling", "a copy"])
def test_tellings_of_one_event_share_keys(other: str) -> None:
    assert keys(told(other, "da")) & keys(told(VIOLIN))
    assert all(-(2**63) <= key < 2**63 for key in keys(told(other)))


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
    assert {"dog", "flowers", "wedding"} <= motifs(text, language)


def test_every_motif_has_words_in_every_language() -> None:
    files = [tomllib.loads(path.read_text("utf-8")) for path in LEXICON.glob("*.toml")]
    lists = {motif: words for file in files for table in file.values() for motif, words in table.items()}
    assert len(lists) == len(weights()) > 400
    for motif, words in lists.items():
        assert set("-".join(words).split("-")) == set(LANGUAGES), motif
        assert all(len(word.strip("*")) > 2 for listed in words.values() for word in listed.split() if "*" in word), (
            motif
        )
