"""`goodturn learn`, the other half: how tellings are compared, refitted from what editors merged, split and kept apart.

What is learned is kept in the database (likeness_weights), as the likenesses there are made by it; all stories are then
compared anew. It is learned from the shipped weights and all ties that stand, so that nothing adds up over time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from config import Settings
from storage import anew, candidates, ties
from storage.clusters import keep_model, model
from storage.database import Database, connect
from stories.likeness import model as shipped
from stories.pairs import Known, own, pair_up
from stories.regrouping import Relearnt, Said, relearn, too_few, worth_learning


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of it: what was learned from, the figures in lines, why it is refused (None: it is not), and how many
    clusters there were and are, if it was kept."""

    made_of: str
    figures: tuple[str, ...]
    refused: str | None
    clusters: dict[str, int] | None = None

    @property
    def outcome(self) -> str:
        """What was done, in a line."""
        if self.refused:
            return f"nothing is learned: {self.refused}"
        if self.clusters is None:
            return "only measured"
        return f"all stories are compared anew: {self.clusters['before']} clusters, now {self.clusters['now']}"


def learn(settings: Settings, *, keep: bool = True, known: Sequence[Known] | None = None) -> Report:
    """Learn from the ties and measure, also on the project's own tellings or those `known`; use what was learned, if it
    is not refused and `keep`."""
    db = connect(settings.database)
    said = worth_learning(_said(db))
    one = sum(same for *_, same in said)
    made_of = f"{len(said)} pairs of tellings ({one} of one event, {len(said) - one} of two)"
    if few := too_few(said):
        return Report(made_of=made_of, figures=(), refused=few)
    learnt = relearn(said, pair_up(own() if known is None else known), shipped())
    figures = tuple(_figures(learnt))
    if learnt.refused or not keep:
        return Report(made_of=made_of, figures=figures, refused=learnt.refused)
    keep_model(db, learnt.model)
    return Report(made_of=made_of, figures=figures, refused=None, clusters=anew.place_anew(db))


def forget(settings: Settings) -> bool:
    """Go back to the shipped weights; says whether any others were there."""
    db = connect(settings.database)
    if model(db) == shipped():
        return False
    keep_model(db, None)
    anew.place_anew(db)
    return True


def _said(db: Database) -> list[Said]:
    pairs = ties.labelled(db)
    texts = candidates.known(db, sorted({number for one, other, _ in pairs for number in (one, other)}))
    return [(texts[one], texts[other], same) for one, other, same in pairs]


def _figures(learnt: Relearnt) -> list[str]:
    before, after = learnt.before, learnt.after
    rows = [
        ("editors' pairs", "loss of one", f"{before.loss:.3f}", f"{after.loss:.3f}"),
        ("", "of one event, missed", str(before.missed), str(after.missed)),
        ("", "of two, put together", str(before.wrong), str(after.wrong)),
        ("own tellings", "precision", f"{before.own.precision:.3f}", f"{after.own.precision:.3f}"),
        ("", "recall", f"{before.own.recall:.3f}", f"{after.own.recall:.3f}"),
        ("", "suggestions, right", f"{before.own.suggested_right:.3f}", f"{after.own.suggested_right:.3f}"),
    ]
    head = f"{'':36}{'before':>8}{'after':>8}"
    return [head, *(f"{name:15}{what:21}{was:>8}{is_:>8}" for name, what, was, is_ in rows)]
