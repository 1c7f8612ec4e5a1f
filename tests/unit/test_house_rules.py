"""The rules of docs/style.md that no linter knows; each was seen to fail, too."""

import re
import tomllib
from collections.abc import Callable

import click
import pytest
from flask_openapi3.openapi import OpenAPI

from tests.support import house

# Faces that must open without a launch, and why.
PUBLIC_BLUEPRINTS: dict[str, str] = {
    "assets": "small files of our own, the same for everybody",
    "openapi": "the description of the API",
    "health": "a probe has no launch",
    "lti": "a launch begins here",
    "notices": "a platform posts there, and each notice proves itself",
    "registration": "an invitation's secret is the guard; the rest is addresses",
}
# Flask's own and its extensions'; `flask db upgrade` is written of all the same.
FOREIGN_COMMANDS = {"run", "shell", "routes", "db", "openapi"}

Checker = Callable[[str], list[str]]


def broken(checker: Checker, *places: str) -> dict[str, list[str]]:
    found = {
        str(path.relative_to(house.ROOT)): checker(path.read_text())
        for path in house.modules(*places)
    }
    return {path: faults for path, faults in found.items() if faults}


def test_only_the_edges_ask_the_time_and_commit() -> None:
    assert broken(house.edge_business, *house.BELOW_THE_EDGES) == {}


def test_only_the_edges_undo_a_transaction() -> None:
    assert broken(house.undoing, "gamification", "lti") == {}


def test_modules_and_functions_are_short() -> None:
    assert broken(house.lengths, *house.CODE, "tests") == {}


def test_every_suppression_gives_its_reason() -> None:
    assert broken(house.suppressions, *house.CODE, "tests", "migrations") == {}


def test_claims_are_named_in_one_file_alone() -> None:
    ours = [place for place in house.CODE if place not in {"campus", "bench"}]

    found = broken(house.claim_urls, *ours)

    # A registration names what it asks for, and the answer to a deep linking request
    # what it says; neither reads a launch.
    assert set(found) <= {
        "lti/deep_linking.py",
        "lti/launch.py",
        "lti/registration/words.py",
    }


def test_templates_hold_nothing_that_the_content_policy_blocks() -> None:
    found = {
        str(path): house.inline_code(path.read_text())
        for path in (house.ROOT / "templates").rglob("*.html")
    }

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_no_file_names_a_registry_a_machine_or_an_open_end() -> None:
    found = {}
    for path in house.known_files():
        text = path.read_bytes().decode(errors="replace")
        found[str(path.relative_to(house.ROOT))] = house.unwelcome_words(text)

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_every_setting_is_documented() -> None:
    manual = (house.ROOT / "docs" / "operating.md").read_text()
    named = house.settings((house.ROOT / "config.py").read_text())

    assert {name for name in named if f"`{name}`" not in manual} == set()
    assert "PUBLIC_URL" in named


def test_every_command_is_documented(app: OpenAPI) -> None:
    manual = (house.ROOT / "docs" / "operating.md").read_text()

    missing = [name for name in commands_of(app.cli) if f"flask {name}" not in manual]

    assert missing == []


def commands_of(group: click.Group, prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, command in group.commands.items():
        if not prefix and name in FOREIGN_COMMANDS:
            continue
        full = f"{prefix}{name}"
        if isinstance(command, click.Group):
            names += commands_of(command, f"{full} ")
        else:
            names.append(full)
    return names


def test_every_blueprint_has_a_guard_or_is_public(app: OpenAPI) -> None:
    unguarded = {
        name for name in app.blueprints if not app.before_request_funcs.get(name)
    }

    assert unguarded <= set(PUBLIC_BLUEPRINTS)


def test_every_way_to_serve_leaves_the_home_folder_alone() -> None:
    # Gunicorn would open a socket to control it there, unasked.
    found = {
        name: (text.count("gunicorn --bind"), text.count("--no-control-socket"))
        for name in ("Makefile", "docs/operating.md")
        if (text := (house.ROOT / name).read_text())
    }

    assert found == {"Makefile": (1, 1), "docs/operating.md": (2, 2)}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text())
    dependencies = project["project"]["dependencies"]
    tools = project["dependency-groups"]["dev"]

    for lock, wanted in (
        ("requirements.lock", dependencies),
        ("requirements-dev.lock", dependencies + tools),
    ):
        text = (house.ROOT / lock).read_text()
        pinned = set(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==", text, re.MULTILINE))
        names = {re.split(r"[\[<>=; ]", need)[0] for need in wanted}
        assert names - pinned == set()
        assert "--hash=sha256:" in text


@pytest.mark.parametrize(
    ("checker", "snippet"),
    [
        (house.edge_business, "session.commit()"),
        (house.undoing, "session.rollback()"),
        (house.edge_business, "datetime.now(UTC)"),
        (house.edge_business, "datetime.datetime.utcnow()"),
        (house.edge_business, "date.today()"),
        (house.edge_business, "time.time()"),
        (house.edge_business, "sa.func.now()"),
        (house.lengths, "\n" * 301),
        (house.lengths, "def long():\n" + "    x = 1\n" * 40),
        (house.suppressions, "x = 1  # noqa"),
        (house.suppressions, "x = 1  # noqa: S101"),
        (house.suppressions, "x = 1  # noqa: S101 --"),
        (house.suppressions, "x = 1  # type: ignore"),
        (house.suppressions, "x = 1  # type: ignore[arg-type]"),
        (house.claim_urls, '"https://purl.imsglobal.org/spec/lti/claim/context"'),
        (house.claim_urls, '"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"'),
        (house.inline_code, '<p style="color: red">'),
        (house.inline_code, '<p\n  onclick="go()">'),
        (house.inline_code, "<style>p {}</style>"),
        (house.inline_code, "<script>go()</script>"),
        (house.inline_code, '<script nonce="{{ csp_nonce() }}">go()</script>'),
        (house.inline_code, '<script type="application/json">{}</script>'),
        (house.inline_code, '<a href="javascript:go()">'),
        (house.inline_code, "{{ name | safe }}"),
        (house.unwelcome_words, "see https://pyp" + "i.org"),
        (house.unwelcome_words, "# " + "TO" + "DO: later"),
        (house.unwelcome_words, "path = '/" + "tmp/x'"),
    ],
)
def test_a_checker_finds_what_breaks_its_rule(checker: Checker, snippet: str) -> None:
    assert len(checker(snippet)) == 1


@pytest.mark.parametrize(
    ("checker", "snippet"),
    [
        (house.edge_business, "session.flush(); now = fact.recorded_at"),
        (house.edge_business, "time.monotonic(); moment.time()"),
        (house.lengths, "\n" * 300),
        (house.suppressions, "x = 1  # noqa: S101, S102 -- it is the point"),
        (house.suppressions, "x = 1  # type: ignore[arg-type] # untyped library"),
        (house.claim_urls, '"https://purl.imsglobal.org/spec/lti-ags/scope/score"'),
        (house.inline_code, '<p class="style" data-only="x">{# style="" #}'),
        (house.inline_code, '<script type="module" src="{{ static_url(\'a\') }}">'),
        (
            house.inline_code,
            '<script id="a" type="application/json" nonce="{{ csp_nonce() }}">',
        ),
        (house.unwelcome_words, "a coursework/ folder and todo lists"),
    ],
)
def test_a_checker_leaves_the_rest_alone(checker: Checker, snippet: str) -> None:
    assert checker(snippet) == []


def test_a_command_without_a_word_in_the_manual_is_found() -> None:
    outer = click.Group("outer")
    outer.add_command(click.Command("inner"))
    root = click.Group("flask", commands={"outer": outer, "run": click.Command("run")})

    assert commands_of(root) == ["outer inner"]
