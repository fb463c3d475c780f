"""The labelled texts of a shared folder, where there is one, as those of the project."""

import json
import sys
from pathlib import Path
from typing import Any

from stories.labelled import Labelled, Told
from stories.material import groups
from stories.story import Channel, Sector, Teller, WhyNot

Record = dict[str, Any]


def load(shared: Path) -> tuple[dict[str, list[Labelled]], dict[str, str]]:
    """Its `stories`, its `real` posts and its `ordinary` ones, and the group of each; posts of one blog are one
    group."""
    sys.path.insert(0, str(shared / "eval"))
    from score_stories import spans_of  # type: ignore[import-not-found] # noqa: PLC0415 -- found at run time

    read = {name: _read(shared / "gold" / f"{name}.jsonl") for name in ("stories", "real", "ordinary")}
    labelled = {record["id"] for record in read["real"]}
    read["ordinary"] = [record for record in read["ordinary"] if record["id"] not in labelled]
    blogs = {record["id"]: _blog(record["url"]) for name in ("real", "ordinary") for record in read[name]}
    texts = {name: [_labelled(r, spans_of({"stories": [], **r})) for r in records] for name, records in read.items()}
    return texts, groups(texts["stories"]) | blogs


def _labelled(record: Record, spans: list[tuple[int, int, Record]]) -> Labelled:
    told = tuple(
        Told(
            start=start,
            end=end,
            sector=Sector(story.get("sector") or "other"),
            channel=Channel(story.get("channel") or "unknown"),
            teller=Teller(story.get("teller") or "customer"),
            companies=tuple(story.get("companies") or ()),
            event=story.get("event") or record["id"],
            borderline=bool(story.get("borderline")),
        )
        for start, end, story in spans
    )
    why_not = None if told else WhyNot(record.get("why_not") or "unrelated")
    return Labelled(
        id=record["id"],
        language=record["lang"],
        kind=record.get("kind", "blog"),
        text=record["text"],
        stories=told,
        why_not=why_not,
    )


def _blog(url: str) -> str:
    return "/".join(url.split("/")[:5])


def _read(file: Path) -> list[Record]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
