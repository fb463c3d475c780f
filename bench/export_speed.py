"""How fast the static export is with 100,000 published entries.

usage: python -m bench.export_speed DIR [--stories 118000]

Makes DIR/goodturn.db where there is none (bench.publish_speed), and prints how long an export to DIR/site takes: the
first, an unchanged second, one after an editor's act, and one whose `.goodturn.json` was lost; and its own processor
time, which does not hang on what else runs.
"""

import argparse
import shutil
import time
from datetime import timedelta
from pathlib import Path

from bench.publish_speed import AT, prepare
from config import Settings
from publish.export import export
from publish.folder import MANIFEST
from storage.database import connect
from storage.edits import edit
from storage.log import Field
from storage.states import states

NOW = AT + timedelta(days=1)


def measured(name: str, settings: Settings, folder: Path) -> None:
    """Print how long an export takes."""
    begin, spent = time.perf_counter(), time.process_time()
    report = export(settings, folder, NOW)
    seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    took = f"{seconds:>7.1f} s, {spent:>6.1f} s of the processor"
    print(f"{name:<26}{took}; {report.written:,} files written, {report.removed:,} removed", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.export_speed", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--stories", type=int, default=118_000)
    asked = parser.parse_args()
    settings, folder = prepare(asked.folder, asked.stories), asked.folder / "site"
    shutil.rmtree(folder, ignore_errors=True)
    measured("first", settings, folder)
    measured("unchanged", settings, folder)
    db = connect(settings.database)
    middle = states(db)
    edit(db, middle[len(middle) // 2].id, Field.TITLE, f"Another title {time.time()}", who="Ada Holm", at=AT)
    db.close()
    measured("after an editor's act", settings, folder)
    (folder / MANIFEST).unlink()
    measured("what was written is lost", settings, folder)


if __name__ == "__main__":
    main()
