"""Why a passage counts as a story, or which kind of look-alike it is, in the words of editors. Pure.

A reason names a concept that speaks for a story and up to three words of the passage that stand for it. What kind of
look-alike a rejected passage is, is asked in this order, and the first yes is the answer:

  call             it asks readers for their stories: 2 signals or one in each 3 sentences
  campaign         it is aimed at everybody, and nobody in particular asks for anything
  promo            a company speaks of itself: one signal of promotion in each 4 sentences
  advice           one signal of advice or business in each 2 sentences, and less telling than that
  complaint        complaint words in one of 8 sentences, and at least as many as words of thanks and kindness
  other-kindness   help or gifts, by strangers or friends, and nobody who serves customers
  praise-only      kind words about staff or service, and hardly anything told in the past
  unrelated        anything else
"""

from collections.abc import Mapping, Sequence

from stories.story import WhyNot
from stories.vocabulary import Vocabulary

MOST_WORDS = 3  # examples of a reason
CALLS = 2  # signals of a call for stories that need no further look
REASONS = {
    "staff": "somebody who serves acts",
    "customer": "a customer is there",
    "service": "at a service counter or desk",
    "work": "told by somebody who serves",
    "trouble": "something goes wrong",
    "kin": "somebody in need of care",
    "ask": "somebody asks",
    "help": "help is given",
    "bring": "somebody sets out",
    "give": "something is given",
    "free": "without charge",
    "beyond": "goes beyond the rule",
    "note": "a personal note",
    "surprise": "a surprise",
    "thanks": "gratitude",
    "warm": "kind words",
    "loyal": "remembered for long",
}


def reasons(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """What speaks for a story, the strongest kinds of REASONS in their order."""
    examples: dict[str, dict[str, None]] = {}
    for position, name in vocabulary.named(list(words)):
        if name in REASONS:
            examples.setdefault(name, {})[words[position]] = None
    return tuple(
        f"{REASONS[name]}: {', '.join(list(examples[name])[:MOST_WORDS])}" for name in REASONS if name in examples
    )


def why_not(share: Mapping[str, float], sentences: int) -> WhyNot:
    """The likely kind of look-alike; `share` is each signal's share of the passage's sentences."""
    kind = share["warm"] + share["thanks"]
    served = share["staff"] + share["customer"] + share["service"]
    told = share["ask"] + share["bring"] + share["help"] + share["give"]
    tests = {
        WhyNot.CALL: share["call"] >= 1 / 3 or share["call"] * sentences >= CALLS,
        WhyNot.CAMPAIGN: share["mass"] >= 1 / 6 and share["ask"] == 0,
        WhyNot.PROMO: share["promo"] >= 1 / 4,
        WhyNot.ADVICE: share["advice"] + share["business"] >= max(1 / 2, told),
        WhyNot.COMPLAINT: share["complaint"] >= 1 / 8 and share["complaint"] >= kind / 2,
        WhyNot.OTHER_KINDNESS: told > 0 and kind > 0 and share["stranger"] > served,
        WhyNot.PRAISE_ONLY: kind > 0 and served > 0 and share["past"] < 1 / 2,
    }
    return next((answer for answer, yes in tests.items() if yes), WhyNot.UNRELATED)
