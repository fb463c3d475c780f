"""Whatever comes, and whatever is compared anew: what editors said of stories and clusters holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storage import ties
from storage.anew import place_anew
from storage.database import connect
from storage.decisions import decide
from storage.log import Verb
from stories.story import WhyNot
from tests.retold import NOW, Text, arrive, compare_by, partition, texts

THRESHOLDS = [(-0.9, 0.0), (-1.0, 6.0), (1.0, 8.0), (4.0, 11.0)]  # `sure`, and how much easier it is to be alike
ANY = st.integers(0, 1_000)

Clusters = dict[str, frozenset[str]]


class Desk(RuleBasedStateMachine):
    """Stories come, in any order and some of them twice; editors do what they can do."""

    @initialize(thresholds=st.sampled_from(THRESHOLDS), order=st.permutations(texts()), early=st.integers(2, 8))
    def open(self, thresholds: tuple[float, float], order: list[Text], early: int) -> None:
        self.db, self.now, self.coming = connect(), NOW, order
        compare_by(self.db, sure=thresholds[0], easier=thresholds[1])
        for _ in range(early):
            arrive(self.db, self.coming.pop())
        self.before = self.clusters()

    @precondition(lambda self: self.coming)
    @rule(many=st.integers(1, 3))
    def stories_come(self, many: int) -> None:
        for _ in range(min(many, len(self.coming))):
            arrive(self.db, self.coming.pop())
        self.decided_clusters_stay()

    @rule(which=ANY, company=st.sampled_from(["", "Nordbuss", "Fjordtaxi"]))
    def a_page_is_read_again(self, which: int, company: str) -> None:
        text = texts()[which % len(texts())]
        if text not in self.coming:
            companies = (company,) if company else ()
            again = Text(
                name=text.name,
                text=text.text,
                language=text.language,
                published=text.published,
                companies=companies,
            )
            arrive(self.db, again)
            self.decided_clusters_stay()

    @rule()
    def all_is_compared_anew(self) -> None:
        place_anew(self.db)
        self.decided_clusters_stay()
        before = self.clusters()
        place_anew(self.db)
        assert self.clusters() == before, "twice is as good as once"

    @rule(which=st.sets(st.integers(0, 12), min_size=1), verb=st.sampled_from([Verb.APPROVE, Verb.REJECT, Verb.REOPEN]))
    def an_editor_decides(self, which: set[int], verb: Verb) -> None:
        why = WhyNot.UNRELATED if verb is Verb.REJECT else None
        for cluster in {self.one_of(each) for each in which}:
            decide(self.db, cluster, verb, why=why, who="Ada", at=self.tick())
        assert self.clusters() == self.before

    @precondition(lambda self: len(self.before) > 1)
    @rule(which=ANY, other=ANY)
    def an_editor_merges(self, which: int, other: int) -> None:
        one, another = self.one_of(which), self.one_of(other)
        if one != another:
            decided = self.decided()
            made = ties.merge(self.db, one, another, who="Ada", at=self.tick())
            now = self.clusters()
            whole = self.before[one] | self.before[another]
            assert any(whole <= stories for stories in now.values())
            if made.cluster in decided:
                assert whole <= now[made.cluster]
            self.decided_clusters_stay(but={one, another})

    @rule(which=ANY, some=st.sets(st.integers(0, 6), min_size=1))
    def an_editor_splits(self, which: int, some: set[int]) -> None:
        large = [cluster for cluster, stories in sorted(self.before.items()) if len(stories) > 1]
        if not large:
            return
        cluster = large[which % len(large)]
        there = sorted(self.before[cluster])
        taken = {there[place % len(there)] for place in some}
        if taken < set(there):
            ties.split(self.db, cluster, taken, who="Ada", at=self.tick())
            of = {story: cluster for cluster, stories in self.clusters().items() for story in stories}
            assert not {of[story] for story in taken} & {of[story] for story in there if story not in taken}
            self.decided_clusters_stay(but={cluster})

    @precondition(lambda self: len(self.before) > 1)
    @rule(which=ANY, other=ANY)
    def an_editor_says_that_two_are_apart(self, which: int, other: int) -> None:
        one, another = self.one_of(which), self.one_of(other)
        if one != another:
            ties.apart(self.db, one, another, who="Ada", at=self.tick())
            assert self.clusters() == self.before, "they were apart already"

    @invariant()
    def every_tie_holds(self) -> None:
        of = {story: cluster for cluster, stories in self.clusters().items() for story in stories}
        for one, other, same in self.db.conn.execute("select one, other, same from last_ties"):
            assert (of[one] == of[other]) == bool(same)

    @invariant()
    def every_story_is_in_a_cluster_that_there_is(self) -> None:
        rows = {row[0]: row[1] for row in self.db.conn.execute("select id, became from clusters")}
        there = self.clusters()
        assert there.keys() == {cluster for cluster, became in rows.items() if became is None}
        firsts = self.db.conn.execute("select cluster from stories where relation = 'first' order by 1")
        assert [row[0] for row in firsts] == sorted(there), "one first telling each"
        for cluster in rows:
            assert self.end(cluster, rows) in there, "what became something became something that there is"
        self.before = there

    def decided_clusters_stay(self, but: Iterable[str] = ()) -> None:
        """What editors decided on keeps its id and its stories, and is not joined with another such."""
        now = self.clusters()
        for cluster in self.decided() - set(but):
            assert self.before[cluster] <= now[cluster]

    def decided(self) -> set[str]:
        """The clusters with stories, before this step, on which a decision stands."""
        found = self.db.conn.execute("select cluster from last_decisions where verb <> 'reopen'")
        return {row[0] for row in found} & self.before.keys()

    def end(self, cluster: str, rows: dict[str, str | None]) -> str:
        """What a cluster is now."""
        for _ in rows:
            if (became := rows[cluster]) is None:
                return cluster
            cluster = became
        raise AssertionError(f"{cluster} became itself")

    def clusters(self) -> Clusters:
        return partition(self.db)

    def one_of(self, which: int) -> str:
        return sorted(self.before)[which % len(self.before)]

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
