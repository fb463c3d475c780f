"""What reading a page costs beside trafilatura's bare extraction of it: `python -m bench.reading_speed FOLDER`.

Both read every page of the folder (default tests/pages) in one process; the best of five runs counts, in CPU time. The
median of the ratios is what holds; the slowest page is named.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from bench.fuzz_reading import page
from reading.reader import read

RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest run."""
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    """Prints the median ratio, the sums and the slowest page."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/pages")
    rows = [_row(path) for path in sorted(folder.glob("*.html"))]
    ours, theirs = sum(row[0] for row in rows), sum(row[1] for row in rows)
    middle = statistics.median(our / their for our, their, _ in rows)
    print(f"{len(rows)} pages: median ratio {middle:.2f}, of sums {ours / theirs:.2f}")
    slowest = max(rows)
    print(f"reading {1000 * ours / len(rows):.1f} ms a page, the slowest {1000 * slowest[0]:.0f} ms ({slowest[2]})")


def _row(path: Path) -> tuple[float, float, str]:
    body = path.read_bytes()
    fetched = page(body)
    return seconds(lambda: read(fetched)), seconds(lambda: trafilatura.bare_extraction(body)), path.name


if __name__ == "__main__":
    main()
