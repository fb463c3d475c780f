"""What the made-up web answers at an address, and the templates that most of it is made with."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ENGINES = Path(__file__).parent / "engines"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(ENGINES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is answered at an address. `type` is the whole content type; `to` the target of a redirect."""

    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    modified: datetime | None = None
    to: str = ""
