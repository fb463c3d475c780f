"""The API as an OpenAPI 3.1 document, made from the words and limits in the code, so that it says what is done.

The tests hold every answer against it, and docs/openapi.json is this document, for who reads without a server. What is
asked is closed: a parameter or a word that is not named is a mistake. What is answered is open, so that a client made
from this document today still reads what has a new field, a new sector or a new language; that all of today's fields
are named the tests see to.
"""

import json
from collections.abc import Mapping
from typing import Any

from publish.api_asked import PARAMETERS
from publish.api_problems import TYPE
from publish.feed import MOST_TITLE, NAME

VERSION = "v1"
JSON = "application/json"
Schema = Mapping[str, Any]
COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
ADDRESS = {"type": "string", "format": "uri-reference"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}
WORD = {"type": "string", "description": "one of the words that the parameter takes; there may be more one day"}
FACTS = ("sector", "channel", "teller")
EXAMPLE = {
    "id": "5f2c93b80b0c5f0e",
    "tag": "tag:stories.example.org,2026:story/5f2c93b80b0c5f0e",
    "url": "https://stories.example.org/story/5f2c93b80b0c5f0e",
    "external_url": "https://hverdag.example/2026/02/portieren",
    "title": "Portieren der kørte hjem",
    "content_html": '<div lang="da"><p>Natportieren på …</p><p>— Mette K., <a href="https://hverdag.example/2026/02/portieren">'
    "hverdag.example</a>, 2026-02-11</p></div>",
    "content_text": "Natportieren på …",
    "date_published": "2026-05-01T09:30:00Z",
    "date_modified": "2026-05-01T09:30:00Z",
    "authors": [{"name": "Mette K."}],
    "tags": ["hotel", "in-person", "da", "Lindgaard Hotel"],
    "language": "da",
    "sector": "hotel",
    "channel": "in-person",
    "teller": "customer",
    "companies": ["Lindgaard Hotel"],
    "source": "hverdag.example",
    "source_title": "Hverdag",
    "date": "2026-02-11",
    "whole": False,
    "tellings": 2,
    "others": [{"url": "https://blog.example/porter", "title": "A porter", "language": "en"}],
}
WRONG = {
    "400": "a parameter that there is not, or whose value does not fit",
    "429": "too many requests that had to be worked on; come back after `Retry-After` seconds",
    "503": "there is nothing to answer from now; keep what you have, and come back after `Retry-After` seconds",
}
UNKNOWN = {"404": "there is no such story"}
BACK = {"410": "the story was taken back; `id` and `removed_at` say which and when, `now` what it became part of"}
AHEAD = {"410": "the cursor is of another database than there is now: begin anew"}


def document(site: str) -> dict[str, Any]:
    """The document of the API at a public address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{NAME}: stories of kind customer service",
            "version": VERSION,
            "description": "Read only, for anybody. Keep the attribution of each story, with its link.",
        },
        "servers": [{"url": f"{site.rstrip('/')}/api/{VERSION}"}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


def written(site: str) -> str:
    """The document as text."""
    return json.dumps(document(site), ensure_ascii=False, indent=1) + "\n"


def _paths() -> dict[str, Any]:
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": r"^[0-9a-z]+$"}}
    return {
        "/stories": _get("stories", "Stories that meet filters, page by page", "Stories"),
        "/stories/{id}": _get("story", "One story", "Story", UNKNOWN | BACK) | {"parameters": [id]},
        "/changes": _get("changes", "What has changed since a cursor, the oldest change first", "Changes", AHEAD),
        "/companies": _get("companies", "The companies that stories name", "Companies"),
        "/stats": _get("stats", "How many stories there are", "Stats"),
    }


def _get(operation: str, summary: str, schema: str, wrong: dict[str, str] | None = None) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": _answer(summary, JSON, schema)}
    answers |= {status: _answer(said, TYPE, "Problem") for status, said in sorted((WRONG | (wrong or {})).items())}
    asked = [{"name": name, "in": "query", **said} for name, said in PARAMETERS[operation].items()]
    return {"get": {"operationId": operation, "summary": summary, "parameters": asked, "responses": answers}}


def _answer(said: str, type: str, schema: str) -> Schema:
    return {"description": said, "content": {type: {"schema": _ref(schema)}}}


def _schemas() -> dict[str, Schema]:
    counts = {name: _counts(WORD) for name in (*FACTS, "language")}
    counts |= {"month": _counts({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"})}
    return {
        "Stories": _object({"total": COUNT, "next": ADDRESS, "stories": _list(_ref("Story"))}, optional=("next",)),
        "Changes": _object(
            {
                "cursor": {"type": "string", "description": "`since` of the next request"},
                "more": {"type": "boolean", "description": "whether there is more to ask for at once"},
                "removed": _list(_object({"id": TEXT, "removed_at": MOMENT})),
                "stories": _list(_ref("Story")),
            }
        ),
        "Companies": _object({"total": COUNT, "companies": _list(_ref("Company"))}),
        "Company": _object({"name": TEXT, "stories": COUNT | {"minimum": 1}, "languages": _list(WORD)}),
        "Stats": _object({"total": COUNT, "updated": MOMENT, **counts}, optional=("updated",)),
        "Story": _story(),
        "Problem": _object(
            {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "id": TEXT}
            | {"removed_at": MOMENT, "now": TEXT},
            optional=("id", "removed_at", "now"),
        ),
    }


def _story() -> Schema:
    other = _object(
        {"url": ADDRESS, "title": TEXT, "language": WORD, "date": DAY}, optional=("title", "language", "date")
    )
    medium = _object({"url": ADDRESS, "mime_type": TEXT, "title": TEXT}, optional=("title",))
    always = {
        "id": {"type": "string", "description": "the same for ever; as in /stories/ID"},
        "tag": {"type": "string", "description": "the `id` that it has in the feeds"},
        "url": ADDRESS | {"description": "our page of it"},
        "title": {"type": "string", "minLength": 1, "maxLength": MOST_TITLE},
        "content_html": {"type": "string", "description": "the story, with its attribution"},
        "content_text": {"type": "string", "description": "the story, as much of it as may be shown"},
        "date_published": MOMENT | {"description": "first approved"},
        "date_modified": MOMENT,
        "authors": _list(_object({"name": TEXT})),
        "tags": _list(TEXT),
        **dict.fromkeys(FACTS, WORD),
        "companies": _list(TEXT),
        "source": {"type": "string", "description": "the host of the page that it stands on"},
        "whole": {"type": "boolean", "description": "whether the text is all of the story"},
        "tellings": COUNT,
        "others": _list(other),
    }
    sometimes = {
        "external_url": ADDRESS | {"description": "the page that it stands on"},
        "summary": {"type": "string", "description": "an editor's"},
        "language": WORD,
        "attachments": _list(medium),
        "source_title": TEXT,
        "date": DAY | {"description": "the day of the telling, as its page dates it"},
        "licence": {"type": "string", "description": "an address, or the operator's word"},
    }
    return {**_object(always | sometimes, optional=tuple(sometimes)), "examples": [EXAMPLE]}


def _object(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _counts(values: Schema) -> Schema:
    return {"type": "object", "propertyNames": values, "additionalProperties": COUNT}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
