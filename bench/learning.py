"""Does learning from editors help? `python -m bench.learning LANGUAGE...`: a simulation for each language.

The texts of `stories/training` in that language are a new source: a model is fitted on those of all other languages.
Of one half of the source's texts (parted by event) 200 are decided on: the best passage of each is approved if it meets
a labelled story, else rejected with the label's word. `goodturn learn` learns from these, and the other half is judged
before and after. Printed: average precision and page F1 of the other half before and after, what was learned, and
whether it was refused (then nothing changes).
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fitting import FOR_SENTENCES, LEARNED, known, lean, said, sentence_models
from bench.texts import own_texts, part
from bench.train import whole
from stories import labelled
from stories.examples import Example, Figures, Lesson, decided_example, labelled_example, measure
from stories.labelled import GOLD, TRAINING, Labelled
from stories.learning import learn
from stories.material import STORY, groups, overlap
from stories.story import WhyNot
from stories.weights import Weights, weights, write

DECISIONS, THRESHOLD = 200, 0.5
FIRST_HALF = (0, 1, 2)  # parts that are decided on; the others are judged


def base(language: str) -> Weights:
    """The model of all other languages."""
    texts = [text for text in own_texts() if text.language != language and text.source in FOR_SENTENCES]
    lean(sentence_models(texts), texts)
    columns = known([text for text in texts if text.source in LEARNED])
    with TemporaryDirectory() as folder:  # as a shipped model is: rounded
        write(Path(folder), whole(texts, columns, said(texts, columns), 0.0))
        return weights(Path(folder))


def lesson(text: Labelled, seen: Example) -> Lesson | None:
    """The decision on a text's best passage."""
    if not seen.material.candidates:
        return None
    best = seen.material.place(seen.material.candidates[int(seen.material.scores.argmax())])
    near = [story for story in text.stories if overlap(best, (story.start, story.end)) >= STORY]
    if near and near[0].borderline:
        return None
    return Lesson(
        where=text.id,
        language=text.language,
        text=text.text,
        headings=(),
        place=best,
        approved=bool(near),
        why_not=None if near else text.why_not or WhyNot.UNRELATED,
        cluster=near[0].event if near else text.id,
    )


def judged(texts: Sequence[Labelled], model: Weights) -> tuple[list[Example], Figures]:
    """Texts as a model judges them, and how well."""
    examples = [labelled_example(text, model) for text in texts]
    return examples, measure(examples, [each.odds(model.questions["passage"]) for each in examples], THRESHOLD)


def simulate(language: str) -> str:
    """A line of figures."""
    texts = [text for text in labelled.read(TRAINING) if text.language == language]
    group = groups(texts)
    halves = [[text for text in texts if (part(group[text.id]) in FIRST_HALF) == half] for half in (True, False)]
    model = base(language)
    examples, _ = judged(halves[0], model)
    pairs = random.Random(language).sample(list(zip(halves[0], examples, strict=True)), len(halves[0]))
    lessons = [found for text, seen in pairs if (found := lesson(text, seen))][:DECISIONS]
    decided = [decided_example([each], each.cluster, model) for each in lessons]
    gold = [labelled_example(text, model) for text in labelled.read(GOLD)]
    learnt = learn(decided, gold, model, THRESHOLD)
    before = judged(halves[1], model)[1]
    after = before if learnt.refused else judged(halves[1], learnt.model)[1]
    approved = sum(each.approved for each in lessons)
    return (
        f"{language}: {len(lessons)} decisions ({approved} approved), {len(halves[1])} other texts: "
        f"ap {before.average_precision:.3f} -> {after.average_precision:.3f}, "
        f"page F1 {before.page_f1:.3f} -> {after.page_f1:.3f}; {learnt.rung}; {learnt.refused or 'accepted'}"
    )


if __name__ == "__main__":
    for asked in sys.argv[1:] or ("de", "en", "fr", "nl"):
        print(simulate(asked), flush=True)
