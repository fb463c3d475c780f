"""What judging a page costs beside trafilatura's bare extraction of it: `python -m bench.judging_speed FOLDER`.

All pages of the folder (default tests/pages) in one process; the best of five runs counts, in CPU time. The median of
the ratios is what holds.
"""

import statistics
import sys
from pathlib import Path

import trafilatura

from bench.fuzz_reading import page
from bench.reading_speed import seconds
from reading.document import Document
from reading.reader import read
from stories.detect import find


def main() -> None:
    """Prints the median ratio, that of the sums, and microseconds a word."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/pages")
    rows = [row for path in sorted(folder.glob("*.html")) if (row := _row(path))]
    ours, theirs, words = (sum(column) for column in zip(*rows, strict=True))
    middle = statistics.median(our / their for our, their, _ in rows)
    print(
        f"{len(rows)} pages: median ratio {middle:.3f}, of sums {ours / theirs:.3f}; {1e6 * ours / words:.1f} us a word"
    )


def _row(path: Path) -> tuple[float, float, int] | None:
    body = path.read_bytes()
    document = read(page(body))
    if not isinstance(document, Document):
        return None
    words = len(document.text.split()) + sum(len(comment.text.split()) for comment in document.comments)
    return seconds(lambda: find(document)), seconds(lambda: trafilatura.bare_extraction(body)), words


if __name__ == "__main__":
    main()
