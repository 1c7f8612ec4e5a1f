"""The REST API: the launch's rights over HTTP; problems are RFC 9457."""

from flask import Response, jsonify
from flask_openapi3.openapi import OpenAPI

from views.api import (
    aliases,
    audit,
    awards,
    codes,
    configurations,
    course_lists,
    courses,
    digests,
    documents,
    events,
    experiments,
    groups,
    importing,
    imports,
    item_sets,
    lists,
    me,
    merges,
    messages,
    news,
    own,
    previews,
    progress,
    recomputing,
    rules,
    scoring,
    session,
    standings,
    syncing,
    webhooks,
    whys,
)
from views.api.configuration_schemas import EXAMPLE, TOML
from views.api.examples import show_texts
from views.api.problems import Problem, invalid

DOCUMENT = "/api/v1/openapi.json"
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token of a launch, from `#laurel-session` in its page.",
}


KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, `laurel_…`, by `flask api-key create`; what it needs "
    "is in `x-permissions`.",
}


def register(app: OpenAPI) -> None:
    """Add every operation, and the document that describes them (public)."""
    app.security_schemes = {"launch": BEARER, "key": KEY}
    app.validation_error_callback = invalid
    app.validation_error_model = Problem
    ours = (
        aliases,
        news,
        progress,
        *(me, courses, previews, rules, awards, importing, codes, standings, session),
        documents,
        imports,
        configurations,
        scoring,
        *(groups, lists),
        messages,
        events,
        experiments,
        item_sets,
        merges,
        audit,
        webhooks,
        course_lists,
        digests,
        own,
        whys,
        recomputing,
        syncing,
    )
    for resource in ours:
        app.register_api(resource.bp)
    show_texts(app, {TOML: EXAMPLE, importing.CSV: importing.EXAMPLE})

    @app.get(DOCUMENT, doc_ui=False)
    def openapi_document() -> Response:
        return jsonify(app.api_doc)
