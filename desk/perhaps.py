"""Other clusters that may tell the same event, with what speaks for it and against: what an editor merges or keeps
apart."""

from dataclasses import dataclass

from storage.comparison import comparison
from storage.database import Database
from storage.inbox import ClusterRow, cluster
from storage.suggestions import suggestions
from stories import rarity
from stories.alignment import Aligned, align
from stories.likeness import Evidence
from stories.motifs import lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class Perhaps:
    """Another cluster, how `likely` it tells the same event (0 to 1), and the two tellings most alike side by side, in
    these languages: the sentences that say the same, or the whole texts where none do."""

    other: ClusterRow
    likely: float
    language: str | None
    its_language: str | None
    evidence: Evidence
    aligned: list[Aligned]
    whole: bool


def perhaps(db: Database, id: str) -> list[Perhaps]:
    """What may tell the same event as a cluster, the likeliest first."""
    found = []
    for each in suggestions(db, id):
        other, compared = cluster(db, each.cluster), comparison(db, each.own, each.its)
        if not (other and compared):  # gone since, or read again
            continue
        own, its = compared.own, compared.its
        aligned = align(own.text, its.text, own.language, its.language)
        found.append(
            Perhaps(
                other=other,
                likely=each.likely,
                language=own.language,
                its_language=its.language,
                evidence=compared.evidence,
                aligned=aligned or [Aligned(one=own.text, other=its.text, shared=0)],
                whole=not aligned,
            )
        )
    return found


def prepare() -> None:
    """Load the words that comparing needs, which takes some two seconds, before an editor waits for them."""
    lexicon()
    rarity.motif("")
