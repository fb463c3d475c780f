"""What a story is about: companies, sector, channel, teller, title."""

import pytest

from reading.document import Comment, Document
from stories.brands import brands_in
from stories.companies import companies
from stories.sorting import CHOICES, MARKS, marks, sorters
from stories.story import Channel, Sector, Teller
from stories.titles import title
from stories.vocabulary import vocabulary
from stories.weights import SHIPPED


def sorted_as(choice: str, language: str, text: str) -> str:
    """The answer of the shipped sorter for a text that is all of a passage."""
    return sorters(SHIPPED)[choice].best(marks(text, (0, len(text)), None, vocabulary(language)))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The waiter brought our dessert to the table, on the house, said the chef.", Sector.RESTAURANT),
        ("de", "Die Krankenschwester auf Station saß die ganze Nacht am Bett.", Sector.HEALTH),
        ("da", "Buschaufføren ventede ved stationen, til hun var med bussen.", Sector.TRANSPORT),
        ("no", "Resepsjonisten på hotellet vasket kjolen.", Sector.HOTEL),
        ("sv", "Bankens personal öppnade kontot samma dag på banken.", Sector.BANK),
        ("nl", "De webwinkel stuurde de bestelling dezelfde dag online nog een keer.", Sector.ONLINE_SHOP),
        ("fr", "Le facteur a rapporté le colis que le livreur avait perdu.", Sector.DELIVERY),
        ("es", "La azafata del avión me cambió el vuelo en el aeropuerto.", Sector.AIRLINE),
        ("en", "The pharmacist brought the prescription round that night.", Sector.HEALTH),
        ("de", "Der Optiker hat die Brille im Laden umsonst gerichtet.", Sector.RETAIL),
        ("nl", "De bibliothecaris van de gemeente hield de bibliotheek open.", Sector.PUBLIC),
        ("en", "The mechanic at the garage fixed our brakes.", Sector.OTHER),
    ],
)
def test_the_words_of_a_trade_tell_the_sector(language: str, text: str, expected: Sector) -> None:
    assert sorted_as("sector", language, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I called the hotline, and the voice on the line stayed on the phone with me.", Channel.PHONE),
        ("da", "Jeg skrev i chatten, og chatten svarede straks.", Channel.CHAT),
        ("de", "Ich schrieb eine Mail, und die Antwort per E-Mail kam sofort.", Channel.EMAIL),
        ("fr", "Ma fille a écrit une lettre, et une enveloppe est arrivée par la poste.", Channel.LETTER),
        ("es", "Lo conté en Twitter y me contestaron con un tuit.", Channel.SOCIAL),
        ("sv", "Han log bakom disken i butiken och räckte mig påsen.", Channel.IN_PERSON),
    ],
)
def test_the_means_of_speaking_tell_the_channel(language: str, text: str, expected: Channel) -> None:
    assert sorted_as("channel", language, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I went to the counter. She gave me a new one. I was so glad.", Teller.CUSTOMER),
        ("en", 'A man lost his hat. "I will find it," said the guard. He found it.', Teller.THIRD_PARTY),
        ("en", "I work at the till. It was the end of my shift. A customer came in with a jar.", Teller.EMPLOYEE),
        ("no", "Hun ringte sjåføren. Han snudde bussen og kjørte tilbake.", Teller.THIRD_PARTY),
    ],
)
def test_who_says_i_outside_quotation_marks_tells_it(language: str, text: str, expected: Teller) -> None:
    assert sorted_as("teller", language, text) == expected


def test_a_well_known_company_outvotes_the_words_around_it() -> None:
    text = "I asked Zappos about my shoes in the store."
    seen = dict(zip(MARKS, marks(text, (0, len(text)), None, vocabulary("en")).tolist(), strict=True))
    assert seen["vote online-shop"] > seen["vote retail"] > 0


def test_mixed_and_unknown_are_no_answers() -> None:
    assert {Channel.MIXED, Channel.UNKNOWN}.isdisjoint(CHOICES["channel"])


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Yesterday IKEA sent me a second screw. Thank you, IKEA!", "IKEA"),
        ("en", "We spent the night at Hotel Bellwether by the sea.", "Hotel Bellwether"),
        ("de", "Wir waren bei Bäckerei Krumbiegel in der Gasse.", "Bäckerei Krumbiegel"),
        ("da", "Hun købte den hos Fjeldgaard Boghandel i byen.", "Fjeldgaard Boghandel"),
        ("no", "Jeg våknet på Hotel Havdis og ringte ned til resepsjonen.", "Hotel Havdis"),
        ("nl", "Ik belde Stofzuigerreus.be, en een mevrouw nam meteen op.", "Stofzuigerreus.be"),
        ("en", "I rang Tuckett & Daughter in Hull about the kettle.", "Tuckett & Daughter"),
        ("sv", "Jag ringde mobiloperatören Klartel och grät i luren.", "Klartel"),
        ("fr", "J'ai appelé la Librairie Mangeard, à Dole, un samedi.", "Librairie Mangeard"),
        ("es", "Se lo conté al conductor de Autocares Bermejo en la parada.", "Autocares Bermejo"),
    ],
)
def test_a_company_is_known_by_name_or_by_the_words_beside_it(language: str, text: str, expected: str) -> None:
    assert expected in companies(text, (0, len(text)), None, vocabulary(language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My wife Marianne smiled. Marianne said she would come. Mr Thornbury said yes."),
        ("en", "It rained all day in Whitby, and we went home to Leeds."),
        ("de", "Meine Tante Gerda hat gelacht, und der Regen ging durch die Jacke."),
        ("sv", "Min syster Kerstin bor i Falun, och hon kommer på tisdag."),
    ],
)
def test_people_and_places_are_no_companies(language: str, text: str) -> None:
    assert companies(text, (0, len(text)), None, vocabulary(language)) == ()


def test_the_longest_known_name_is_taken_and_a_part_of_a_word_is_not() -> None:
    assert brands_in("Southwest Airlines flew; Targeted ads did not. L.L.Bean's boots.") == [
        "Southwest Airlines",
        "L.L.Bean",
    ]


def test_a_story_is_titled_by_the_heading_above_it_then_the_page_then_its_first_words() -> None:
    text = "Kind people\nShe carried my bag up the hill and would not take a penny for it at all."
    post = Document(url="http://blog.example/1", text=text, title="My trip", headings=((0, 11),))
    assert title(post, None, 12, len(text)) == "Kind people"
    plain = Document(url="http://blog.example/1", text=text, title="My trip", comments=(Comment(text=text),))
    assert title(plain, None, 12, len(text)) == "My trip"
    assert title(plain, 0, 12, len(text)) == "She carried my bag up the hill and would not …"
