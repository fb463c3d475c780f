"""Learning from editors which tellings tell one event: weights and thresholds refitted near the shipped ones. Pure.

Editors merge what was only suggested and part what was put together by mistake: each such pair of tellings is a label.
These pairs lie where the shipped weights err, so they move the weights (`fit`, starting from the shipped ones) but
never say alone where the thresholds should be. How strong the pull to the shipped weights is (RUNGS), or whether
anything changes at all, is tried in five parts: tellings of one event are of one part, and a pair with a telling of a
part is judged by what was learned from pairs without any. Then `sure` and `perhaps` are set so that the
project's own labelled tellings are put together and suggested with as few mistakes as before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stories.fingerprint import similarity
from stories.fit import Fitted, fit
from stories.grouping import UNLIKE
from stories.levels import Quality, measure
from stories.likeness import NEAR, Model, signs
from stories.pairs import Pairs
from stories.telling import Telling

FEWEST = 10  # pairs, of which some are of one event and some are not
PARTS = 5
NOTHING = "no change"
RUNGS = {f"pull {strength:g}": strength for strength in (100.0, 30.0, 10.0, 3.0)}
AROUND = np.round(np.arange(-1.5, 1.51, 0.1), 3)  # changes of a threshold that are tried, in log odds
LITTLE = 0.01  # recall of the own tellings that may be lost
DECIMALS = 3
Numbers = NDArray[np.float64]
Said = tuple[Telling, Telling, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The editors' pairs, each judged by what was learned from others: the mean loss of one (nats), how many of one
    event are missed and how many of two put together; and how well the own tellings are put together."""

    loss: float
    missed: int
    wrong: int
    own: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearnt:
    """What was learned: the model, by which rung, the figures before and after; `refused` says why it is not to be
    used, or is None."""

    model: Model
    rung: str
    before: Figures
    after: Figures
    refused: str | None


def worth_learning(said: Sequence[Said]) -> list[Said]:
    """The pairs that teach: copies do not, as their wording decides."""
    return [each for each in said if similarity(each[0].fingerprint, each[1].fingerprint) < NEAR]


def too_few(said: Sequence[Said]) -> str | None:
    """Why these pairs are too few to learn from; None if they are not."""
    one = sum(same for *_, same in said)
    if len(said) < FEWEST:
        return f"{FEWEST} pairs of tellings that editors merged or parted are needed, and there are {len(said)}"
    if one in (0, len(said)):
        return f"pairs of both kinds are needed, and all {len(said)} are of {'one event' if one else 'two events'}"
    return None


def relearn(said: Sequence[Said], own: Pairs, shipped: Model) -> Relearnt:
    """Refit the shipped model by what editors said; `said` is enough to learn from."""
    rows = np.array([list(signs(one, other).values()) for one, other, _ in said], dtype=float)
    same = np.array([float(each) for *_, each in said])
    start = Fitted(np.array(list(shipped.weights.values())), shipped.bias)
    part = _parts(said)
    apart = {rung: start.odds(rows) for rung in (NOTHING, *RUNGS)}
    for number in range(PARTS):
        out = (part == number).any(axis=1)
        if not out.any() or out.all():  # nothing to judge, or to learn from
            continue
        for rung, pull in RUNGS.items():
            learned = _fit(rows[~out], same[~out], start, pull)
            apart[rung][out] = learned.odds(rows[out])
    rung = min(apart, key=lambda each: _loss(apart[each], same))
    best = start if rung == NOTHING else _fit(rows, same, start, RUNGS[rung])
    before = _figures(apart[NOTHING], same, own, start, (shipped.sure, shipped.perhaps))
    level = _Level(own, np.where(own.compared, best.odds(own.signs), UNLIKE), before.own)
    levels = level.find(shipped)
    after = _figures(apart[rung], same, own, best, levels)
    weights = dict(zip(shipped.weights, np.round(best.weights, DECIMALS).tolist(), strict=True))
    model = Model(weights=weights, bias=round(best.bias, DECIMALS), sure=levels[0], perhaps=levels[1])
    return Relearnt(model=model, rung=rung, before=before, after=after, refused=_refusal(rung, before, after))


def _fit(rows: Numbers, same: Numbers, start: Fitted, pull: float) -> Fitted:
    """Both kinds of pairs weigh alike in sum, however many more there are of one."""
    weight = np.where(same == 1, 1 / max(1.0, same.sum()), 1 / max(1.0, (1 - same).sum())) * len(same) / 2
    return fit(rows, same, weight, start, pull)


@dataclass(frozen=True, slots=True)
class _Level:
    """Finds the thresholds by which the own tellings are put together and suggested with no more mistakes than
    before."""

    own: Pairs
    odds: Numbers
    before: Quality

    def find(self, shipped: Model) -> tuple[float, float]:
        """The lowest `sure` and `perhaps` near the shipped ones."""
        tried = [float(shipped.sure + by) for by in AROUND]
        sure = next((each for each in tried if self._is_sure(each)), tried[-1])
        suggested = [float(shipped.perhaps + by) for by in AROUND]
        perhaps = next((each for each in suggested if self._suggests(sure, each)), shipped.perhaps)
        return round(sure, DECIMALS), round(perhaps, DECIMALS)

    def _is_sure(self, sure: float) -> bool:
        return measure(self.own, self.odds, sure, sure).precision >= self.before.precision

    def _suggests(self, sure: float, perhaps: float) -> bool:
        return measure(self.own, self.odds, sure, perhaps).suggested_right >= self.before.suggested_right


def _figures(odds: Numbers, same: Numbers, own: Pairs, model: Fitted, levels: tuple[float, float]) -> Figures:
    joined = odds >= levels[0]
    return Figures(
        loss=_loss(odds, same),
        missed=int((~joined & (same == 1)).sum()),
        wrong=int((joined & (same == 0)).sum()),
        own=measure(own, np.where(own.compared, model.odds(own.signs), UNLIKE), *levels),
    )


def _loss(odds: Numbers, same: Numbers) -> float:
    return float((np.logaddexp(0, odds) - same * odds).mean())


def _refusal(rung: str, before: Figures, after: Figures) -> str | None:
    if rung == NOTHING:
        return "what can be learned from these pairs judges others of them no better than the shipped weights do"
    if after.own.recall < before.own.recall - LITTLE:
        return (
            "with it fewer of the project's own tellings are put together at the same precision"
            f" (recall {before.own.recall:.3f}, then {after.own.recall:.3f})"
        )
    if after.missed + after.wrong > before.missed + before.wrong:
        return "with it more of the editors' pairs are judged wrongly than by the shipped weights"
    return None


def _parts(said: Sequence[Said]) -> NDArray[np.int_]:
    """The parts of the two tellings of each pair: those that are of one event, through others too, are of one part."""
    event: dict[str, set[str]] = {each.digest: {each.digest} for pair in said for each in pair[:2]}
    for one, other, same in said:
        if same:
            both = event[one.digest] | event[other.digest]
            event.update(dict.fromkeys(both, both))
    part = {
        digest: int.from_bytes(hashlib.sha256(min(names).encode()).digest()[:4]) % PARTS
        for digest, names in event.items()
    }
    return np.array([(part[one.digest], part[other.digest]) for one, other, _ in said])
