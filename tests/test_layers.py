"""The house keeps its shape: imports point one way, SQL and the network stay in their rooms, files stay short."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RANKS = {
    "config": 0,
    "demo": 0,
    "logs": 1,
    "present": 1,
    "serving": 1,
    "reading": 1,
    "stories": 2,
    "storage": 3,
    "watch": 4,
}
RANKS |= dict.fromkeys(("crawler", "desk", "publish", "submissions"), 5)
RANKS |= {"spiders": 6, "jobs": 7, "verbs": 8, "cli": 9, "scheduler": 9}
FILES = sorted(p for room in RANKS if (p := ROOT / f"{room}.py").exists()) + sorted(
    p for room in RANKS for p in (ROOT / room).rglob("*.py")
)
NETWORK = {"scrapy", "twisted", "requests", "urllib3", "httpx", "aiohttp", "http", "socket"}
NETWORK_ROOMS = {"crawler", "spiders", "demo", "serving"}  # demo serves the made-up web; serving only listens
SQL = re.compile(r"\s*(select|insert|update|delete|create|begin|with)\s.*\b(from|into|set|table|immediate)\b", re.I)
MOST_LINES = 300
MOST_FUNCTION_LINES = 50
WALL_NAMES = {"core", "utils", "util", "common", "helpers", "manager", "misc"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_keeps_to_its_room(path: Path) -> None:
    room, tree = room_of(path), ast.parse(path.read_text())
    for name in imported(tree):
        top = name.split(".")[0]
        if top in RANKS and top != room:
            assert RANKS[top] < RANKS[room], f"{room} imports {name}: imports point the other way"
        assert top not in NETWORK or room in NETWORK_ROOMS, f"{room} touches the network: {name}"
        assert top not in ("sqlite3", "sqlite_utils") or room == "storage", f"{room} talks to SQLite: {name}"
    if room != "storage":
        said = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert not [s for s in said if SQL.match(s)], f"{room} says SQL"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it is for"
    assert text.count("\n") <= MOST_LINES
    assert path.stem not in WALL_NAMES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


def test_nine_functions_in_ten_are_under_thirty_lines() -> None:
    sizes = [
        (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert sum(size < 30 for size in sizes) >= 0.9 * len(sizes)


def test_the_clock_is_at_most_sixty_lines() -> None:
    assert (ROOT / "scheduler.py").read_text().count("\n") <= 60
