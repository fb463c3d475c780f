"""One telling of an event, and the closed sets of words that describe it."""

from dataclasses import dataclass
from enum import StrEnum

EVEN = 0.5  # score from which a passage is taken for a story; one below is unsure


class Sector(StrEnum):
    """The trade of the company in a story."""

    HOTEL = "hotel"
    AIRLINE = "airline"
    BANK = "bank"
    RETAIL = "retail"
    ONLINE_SHOP = "online-shop"
    RESTAURANT = "restaurant"
    TELECOM = "telecom"
    TRANSPORT = "transport"
    HEALTH = "health"
    SOFTWARE = "software"
    PUBLIC = "public"
    DELIVERY = "delivery"
    OTHER = "other"


class Channel(StrEnum):
    """How customer and company met."""

    IN_PERSON = "in-person"
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    SOCIAL = "social"
    LETTER = "letter"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Teller(StrEnum):
    """Who tells it."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"
    THIRD_PARTY = "third-party"


class WhyNot(StrEnum):
    """Why a passage is no story: the words of the labelling guide, and the desk's reject buttons."""

    COMPLAINT = "complaint"
    PRAISE_ONLY = "praise-only"
    ADVICE = "advice"
    PROMO = "promo"
    CAMPAIGN = "campaign"
    CALL = "call"
    OTHER_KINDNESS = "other-kindness"
    UNRELATED = "unrelated"


class Relation(StrEnum):
    """What a telling is to the tellings that were there before it."""

    FIRST = "first"
    COPY = "copy"
    NEAR_COPY = "near-copy"
    RETELLING = "retelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One telling: a passage, its facts, its score, its reasons.

    `place` is None for the post, else the index of the comment. `start` and `end` are offsets in code points into
    the document's text, or that comment's. `score` is 0 to 1; `because` gives the reasons in plain words.
    """

    place: int | None
    start: int
    end: int
    text: str
    score: float
    title: str
    language: str | None
    companies: tuple[str, ...] = ()
    sector: Sector = Sector.OTHER
    channel: Channel = Channel.UNKNOWN
    teller: Teller = Teller.CUSTOMER
    because: tuple[str, ...] = ()
