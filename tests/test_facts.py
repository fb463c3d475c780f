"""What a story is about: companies, sector, channel, teller, title."""

import pytest

from reading.document import Comment, Document
from stories.brands import brands_in
from stories.companies import companies
from stories.facts import channel, sector, teller, title
from stories.story import Channel, Sector, Teller
from stories.vocabulary import vocabulary


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
        ("en", "It rained all day.", Sector.OTHER),
    ],
)
def test_the_words_of_a_trade_tell_the_sector(language: str, text: str, expected: Sector) -> None:
    assert sector(text, (0, len(text)), None, (), vocabulary(language)) is expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I called the hotline, and the voice on the line stayed on the phone with me.", Channel.PHONE),
        ("da", "Jeg skrev i chatten, og chatten svarede straks.", Channel.CHAT),
        ("de", "Ich schrieb eine Mail, und die Antwort per E-Mail kam sofort.", Channel.EMAIL),
        ("fr", "Ma fille a écrit une lettre, et une enveloppe est arrivée par la poste.", Channel.LETTER),
        ("es", "Lo conté en Twitter y me contestaron con un tuit.", Channel.SOCIAL),
        ("sv", "Han log bakom disken i butiken och räckte mig påsen.", Channel.IN_PERSON),
        ("nl", "Het was een mooie dag.", Channel.UNKNOWN),
    ],
)
def test_the_means_of_speaking_tell_the_channel(language: str, text: str, expected: Channel) -> None:
    assert channel(text, (0, len(text)), Sector.OTHER, vocabulary(language)) is expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I went to the counter. She gave me a new one. I was so glad.", Teller.CUSTOMER),
        ("en", 'A man lost his hat. "I will find it," said the guard. He found it.', Teller.THIRD_PARTY),
        ("en", "It was the end of my shift. A customer came in with a broken jar.", Teller.EMPLOYEE),
        ("de", "Ich arbeite im Laden. Eine Kundin kam weinend herein.", Teller.EMPLOYEE),
        ("no", "Hun ringte sjåføren. Han snudde bussen og kjørte tilbake.", Teller.THIRD_PARTY),
    ],
)
def test_who_says_i_outside_quotation_marks_tells_it(language: str, text: str, expected: Teller) -> None:
    assert teller(text, vocabulary(language)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yesterday IKEA sent me a second screw. Thank you, IKEA!", "IKEA"),
        ("We spent the night at Hotel Bellwether by the sea.", "Hotel Bellwether"),
        ("Wir waren bei Bäckerei Krumbiegel in der Gasse.", "Bäckerei Krumbiegel"),
        ("Hun købte den hos Fjeldgaard Boghandel i byen.", "Fjeldgaard Boghandel"),
    ],
)
def test_a_company_is_known_by_name_or_by_the_words_beside_it(text: str, expected: str) -> None:
    assert expected in companies(text, (0, len(text)), None)


def test_people_are_no_companies() -> None:
    text = "My wife Marianne smiled. Marianne said she would come. Mr Thornbury said yes."
    assert companies(text, (0, len(text)), None) == ()


def test_the_longest_known_name_is_taken_and_a_part_of_a_word_is_not() -> None:
    assert brands_in("Southwest Airlines flew; Targeted ads did not. L.L.Bean's boots.") == [
        "Southwest Airlines",
        "L.L.Bean",
    ]


def test_a_story_is_titled_by_the_heading_above_it_then_the_page_then_its_first_words() -> None:
    text = "Kind people\nShe carried my bag up the hill and would not take a penny for it at all."
    post = Document(url="http://blog.example/1", text=text, title="My trip", headings=((0, 11),))
    assert title(post, None, (12, len(text))) == "Kind people"
    plain = Document(url="http://blog.example/1", text=text, title="My trip", comments=(Comment(text=text),))
    assert title(plain, None, (12, len(text))) == "My trip"
    assert title(plain, 0, (12, len(text))) == "She carried my bag up the hill and would not …"
