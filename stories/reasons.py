"""Why a passage counts as a story, or which kind of look-alike it is, in the words of editors. Pure.

A reason names a concept that speaks for a story and up to three words of the passage that stand for it. What kind of
look-alike a rejected passage is, is told by the share of sentences, in it and in the 8 before and after it, with

  complaint        words of complaint, three times
  call             words that ask readers for their stories, four times
  campaign         words for everybody and for campaigns, three times
  promo            words of a company about itself, twice
  advice           words of advice and of business, once
  other-kindness   strangers, friends and neighbours, twice, less the words for those who serve customers
  praise-only      kind words and thanks, one and a half times, less those for asking, bringing, helping and giving

The largest is the answer if it is at least 0.3; under that the passage is unrelated.
"""

from collections.abc import Mapping, Sequence

from stories.story import WhyNot
from stories.vocabulary import Vocabulary

MOST_WORDS = 3  # examples of a reason
CLEAR = 0.3  # from which a kind of look-alike is clear enough to be named
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
    for position, size, name in vocabulary.named(list(words)):
        if name in REASONS:
            examples.setdefault(name, {})[" ".join(words[position : position + size])] = None
    return tuple(
        f"{REASONS[name]}: {', '.join(list(examples[name])[:MOST_WORDS])}" for name in REASONS if name in examples
    )


def why_not(share: Mapping[str, float]) -> WhyNot:
    """The likely kind of look-alike; `share` is each signal's share of the sentences in and around the passage."""
    served = share["staff"] + share["customer"] + share["service"]
    told = share["ask"] + share["bring"] + share["help"] + share["give"]
    speaks = {
        WhyNot.COMPLAINT: 3 * share["complaint"],
        WhyNot.CALL: 4 * share["call"],
        WhyNot.CAMPAIGN: 3 * share["mass"],
        WhyNot.PROMO: 2 * share["promo"],
        WhyNot.ADVICE: share["advice"] + share["business"],
        WhyNot.OTHER_KINDNESS: 2 * share["stranger"] - served,
        WhyNot.PRAISE_ONLY: 1.5 * (share["warm"] + share["thanks"]) - told,
    }
    best = max(speaks, key=lambda kind: speaks[kind])
    return best if speaks[best] >= CLEAR else WhyNot.UNRELATED
