"""The page at /api, for people: what the document of the API (publish/openapi.py) says, as HTML without any script."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from publish.feed import NAME

WHOLE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}: API</title>
<link rel="stylesheet" href="{root}/static/pages.css"></head><body>
<header class="top"><a class="name" href="{root}/">{name}</a>
<nav aria-label="Site"><a href="{root}/">Stories</a> <a href="{root}/feeds">Feeds</a></nav></header>
<main class="api"><h1>API</h1>
<p class="lead">{said} For machines: <a href="{base}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
{addresses}
<h2>A story</h2>
<pre>{example}</pre>
</main></body></html>
"""


def page(document: Mapping[str, Any]) -> bytes:
    """The document as a page."""
    info, base = document["info"], document["servers"][0]["url"]
    told = "\n".join(_address(base, path, operations["get"]) for path, operations in document["paths"].items())
    example = json.dumps(document["components"]["schemas"]["Story"]["examples"][0], ensure_ascii=False, indent=1)
    named = {"title": info["title"], "said": info["description"], "base": base, "name": NAME, "example": example}
    named |= {"root": urlsplit(base).path.removesuffix(f"/api/{info['version']}")}
    return WHOLE.format(**{key: escape(value) for key, value in named.items()}, addresses=told).encode()


def _address(base: str, path: str, operation: Mapping[str, Any]) -> str:
    shown = escape(f"{base}{path}")
    address = shown if "{" in path else f'<a href="{shown}">{shown}</a>'
    asked = "".join(map(_parameter, operation["parameters"]))
    answers = "".join(
        f"<dt>{status}</dt><dd>{escape(answer['description'])}</dd>"
        for status, answer in operation["responses"].items()
    )
    takes = f"<h3>Parameters</h3><dl>{asked}</dl>" if asked else ""
    return f"<h2>{escape(operation['summary'])}</h2>\n<p>{address}</p>\n{takes}<h3>Answers</h3><dl>{answers}</dl>"


def _parameter(asked: Mapping[str, Any]) -> str:
    schema = asked["schema"]
    words = schema.get("items", schema).get("enum", ())
    values = f" ({escape(', '.join(words))})" if words else ""
    default = f"; else {escape(str(schema['default']))}" if "default" in schema else ""
    return f"<dt><code>{asked['name']}</code></dt><dd>{escape(asked['description'])}{values}{default}</dd>"
