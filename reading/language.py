"""Which language a text is in, as ISO 639-1; both Norwegian forms are `no`.

py3langid, limited to the languages that pages of our sources are plausibly in, so that a short Danish text is not
taken for Faroese. The model is loaded once a process. A text is judged by its first 800 characters; under 20
letters, or when the model gives its best guess less than 0.35 of all probability, the hint decides, and None without
a hint. Danish and Norwegian are hard to tell apart, so that a hint of one against a guess of the other holds for
texts of under 200 characters.
"""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_PLAUSIBLE = "cs da de en es fi fr hu is it ja ko nl nn no pl pt ro ru sv tr uk zh".split()  # noqa: SIM905 -- short
_NORWEGIAN = {"nb": "no", "nn": "no"}
_ENOUGH = 800  # characters; more changes no verdict and costs time
_FEWEST_LETTERS = 20
_SURE = 0.35  # of the probability over all plausible languages
_SHORT = 200  # characters
_ALIKE = frozenset(("da", "no"))


def language(text: str, hint: str | None = None) -> str | None:
    """The language of `text`; `hint` is what the page claims (`da-DK`), trusted only in doubt."""
    claimed = normal(hint)
    sample = text[:_ENOUGH]
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return claimed
    guess, confidence = _identifier().classify(sample)
    guess = _NORWEGIAN.get(guess, guess)
    if confidence < _SURE:
        return claimed
    if {guess, claimed} == _ALIKE and len(sample) < _SHORT:
        return claimed
    return str(guess)


def normal(tag: str | None) -> str | None:
    """A language tag as two letters: `en_GB` and `EN` are `en`, `nb-NO` is `no`."""
    code = (tag or "").strip().lower().replace("_", "-").split("-")[0]
    code = _NORWEGIAN.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None  # noqa: PLR2004 -- ISO 639-1


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_PLAUSIBLE)
    return identifier
