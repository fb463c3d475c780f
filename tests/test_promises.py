"""Every test that docs/promises.md names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_each_promise_has_its_test() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "promises.md").read_text("utf-8")))
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    assert len(named) > 30
    assert not [name for name in sorted(named) if f"def {name}(" not in written]
