"""Asking everything that the application knows, its questions included."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from flask_openapi3.openapi import OpenAPI
from werkzeug.routing import Rule

from tests.support.launches import Caller

OURS = ("/api/", "/panel/", "/stream", "/download")
BODIES: dict[str, object] = {
    "/api/v1/me/board": {"joined": True},
    "/api/v1/me/claims": {"code": "2345-6789-ABCD"},
}
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


def asked(app: OpenAPI, values: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield every way to ask that the application knows, its questions included."""
    document = app.api_doc["paths"]
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(OURS):
            continue
        for path in paths_of(rule, values):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path
                if method == "GET":
                    for name in questions_of(document, rule):
                        for value in values.get(name, []):
                            yield method, f"{path}?{name}={value}"


def paths_of(rule: Rule, values: dict[str, list[str]]) -> list[str]:
    names = ARGUMENT.findall(rule.rule)
    found = []
    for chosen in product(*(values.get(name, ["nothing"]) for name in names)):
        path = rule.rule
        for value in chosen:
            path = ARGUMENT.sub(value, path, count=1)
        found.append(path)
    return found


def questions_of(document: dict[str, Any], rule: Rule) -> list[str]:
    described = document.get(ARGUMENT.sub(r"{\1}", rule.rule), {}).get("get", {})
    found = [p["name"] for p in described.get("parameters", []) if p["in"] == "query"]
    return found or (["period"] if rule.rule.startswith("/panel/") else [])


def said_to(
    caller: Caller, app: OpenAPI, values: dict[str, list[str]]
) -> dict[str, str]:
    """Ask everything; return the answers that are no refusal."""
    answers = {}
    for method, path in asked(app, values):
        body = BODIES.get(path, {})
        answer = (
            caller.get(path) if method == "GET" else caller.send(method, path, body)
        )
        if answer.status_code < 400:
            answers[f"{method} {path}"] = answer.text
    return answers
