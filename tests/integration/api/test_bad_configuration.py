"""A text that cannot be used: every fault with its line, and nothing half done."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import a_badge, a_context, an_item
from tests.support.launches import Caller, a_caller
from tests.support.programs import problem


@pytest.fixture
def teacher(session: Session, client: FlaskClient) -> Caller:
    course = a_context(session)
    an_item(session, of=course, key="essay")
    a_badge(session, of=course, key="helper")
    return a_caller(session, client, of=course, role="instructor")


def refusal(caller: Caller, text: str | bytes) -> str:
    """Send a text in both ways; they refuse it alike, and nothing is changed."""
    path = f"{caller.course}/configuration"
    before = caller.get(path).text
    answers = [
        caller.send_toml("PUT", path, text),
        caller.send_toml("POST", f"{path}/preview", text),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert caller.get(path).text == before
    first, second = (str((answer.json or {})["detail"]) for answer in answers)
    assert first == second
    return first


FAULTS = [
    ("version = 1\nbadge = 3", "line 2, badge: this is not a list; write [[badge]]"),
    (
        "\ufeffversion = 1\nsettings = 3",
        "line 2, settings: this is not a table of fields",
    ),
    (
        "version = 2",
        "line 1, version: write version = 1; this Laurel reads no other",
    ),
    ("", "version: write version = 1; this Laurel reads no other"),
    (
        "version = 1\nbadges = 3",
        (
            'line 2: unknown field "badges"; did you mean badge?; there are version, '
            "course, settings, scoring, messages, levels, break, badge, item, item_set"
        ),
    ),
    (
        "version = 1\n[settings]\nenabled = true",
        (
            "line 3, settings.enabled: this is decided in the course itself, and by no "
            "file; leave it out"
        ),
    ),
    (
        '\nversion = 1\n[settings.board]\nrank = "best"',
        (
            "line 4, settings.board.rank: Input should be 'absolute', 'relative' or "
            "'hidden'"
        ),
    ),
    (
        "version = 1\n[settings.board]\n\nranks = 1",
        (
            "line 4, settings.board.ranks: unknown field; there are enabled, identity, "
            "leagues, lists, minimum, participation, rank, span"
        ),
    ),
    (
        "version = 1\n[settings.term]\nstart = 2026-02-01\nend = 2026-01-01",
        "line 2, settings.term: the term ends before it starts",
    ),
    (
        'version = 1\n[[badge]]\nkey = "a"\nmetric = "events"\nthreshold = 0',
        (
            "line 2, badge a: Everybody meets it before doing anything. It can be kept as "
            "a draft alone."
        ),
    ),
    (
        (
            'version = 1\n[[badge]]\nkey = "a"\nmetric = "events"\nthreshold = 1\n'
            'colour = "red"'
        ),
        (
            'line 6, badge 1 (a): unknown field "colour"; there are key, label, icon, '
            "description, metric, threshold, criterion, policy, valid_days, state, "
            "position, from, source, imported"
        ),
    ),
    (
        'version = 1\n[[badge]]\nkey = "a"\nstate = "gone"',
        "line 2, badge 1 (a): its state is one of active, held, draft",
    ),
    (
        'version = 1\n[[badge]]\nkey = "a"\ncriterion = {badge = "b"}',
        'line 2, badge a: it asks for a badge "b"; there are a',
    ),
    (
        'version = 1\n[[badge]]\nkey = "a"\ncriterion = {badge = "a"}',
        "line 2, badge a: badges ask for each other: a → a",
    ),
    (
        (
            'version = 1\n[[badge]]\nkey = "a"\ncriterion = {metric = "completed", '
            'item = "quiz"}'
        ),
        'line 2, badge a: its rule names an item "quiz"; there are essay',
    ),
    (
        (
            'version = 1\n[[badge]]\nkey = "a"\n'
            'criterion = {metric = "active_days", at_least = 9, last_days = 7}'
        ),
        (
            'line 2, badge a: Nobody can meet "Be active on 9 different days within the '
            'last 7 days": 7 is the most there is. It can be kept as a draft alone.'
        ),
    ),
    (
        'version = 1\n[[badge]]\nkey = "a"\nimported = "{}"\nstate = "draft"',
        "line 2, badge 1 (a): its imported is not the JSON that Laurel wrote there",
    ),
    (
        f'version = 1\n[[badge]]\nkey = "a"\nposition = {10**30}',
        "line 2, badge 1 (a): its position is no whole number up to 100000",
    ),
    (
        (
            'version = 1\n[[badge]]\nkey = "a"\nmetric = "events"\nthreshold = 1\n'
            "from = 2026-09-01"
        ),
        "line 2, badge 1 (a): its from is no moment such as 2026-09-01T00:00:00Z",
    ),
    (
        'version = 1\n[[scoring]]\nkind = "posted"\nweight = "much"',
        (
            "line 4, scoring 1, weight: points are a number from 0 to 1000 with six "
            "decimals at most"
        ),
    ),
    (
        'version = 1\n[[scoring]]\nkind = "posted"\nweight = 1\npoints = 1',
        (
            "line 5, scoring 1, points: unknown field; there are kind, item, weight, "
            "daily_cap, effective_from"
        ),
    ),
    (
        (
            'version = 1\n[[scoring]]\nkind = "posted"\nweight = 1\n[[scoring]]\n'
            'kind = "posted"\nweight = 2'
        ),
        "line 5, scoring 2: this kind, or kind and item, is named above",
    ),
    (
        "version = 1\n" + ".".join("a" * 40) + " = 1",
        "line 2: a name has more than 32 parts",
    ),
    (
        'version = 1\n[[item]]\nkey = "a"\ncolour = 1',
        (
            "line 4, item 1, colour: unknown field; there are key, label, type, position, "
            "resource_id"
        ),
    ),
    (
        'version = 1\n[[item]]\nkey = "a"\n[[item]]\nkey = "a"',
        "line 4, item 2: its key is taken by an item above",
    ),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_fault_is_named_with_its_line_and_what_is_allowed(
    text: str, fault: str, teacher: Caller
) -> None:
    assert refusal(teacher, text) == fault


def test_what_is_no_toml_is_said_with_its_line(teacher: Caller) -> None:
    said = refusal(teacher, 'version = 1\n[[badge]\nkey = "a"')

    assert said.startswith("line 2: this is not TOML: ")


def test_what_is_no_text_is_refused(teacher: Caller) -> None:
    assert refusal(teacher, b"\xff\xfe") == "the text is not in UTF-8"


def test_one_fault_keeps_everything_out(teacher: Caller) -> None:
    good = '[[badge]]\nkey = "good"\nmetric = "events"\nthreshold = 1\n'
    bad = '[[badge]]\nkey = "bad"\nmetric = "nights"\nthreshold = 1\n'
    text = f'version = 1\n[settings.board]\nrank = "hidden"\n{good}{bad}{bad}'

    faults = refusal(teacher, text).split("; line ")

    assert [fault.partition(":")[0] for fault in faults] == [
        "line 8, badge 2 (bad)",
        "12, badge 3 (bad)",
    ]


def test_a_text_that_is_too_long_is_refused(teacher: Caller) -> None:
    answer = teacher.send_toml(
        "PUT", f"{teacher.course}/configuration", "#" * (256 * 1024 + 1)
    )

    assert answer.status_code == 413


def test_json_is_no_configuration(teacher: Caller) -> None:
    answer = teacher.send("PUT", f"{teacher.course}/configuration", {"version": 1})

    assert problem(answer) == (415, "Please send text/toml.")
    assert answer.json is not None
    assert answer.json["title"] == "That is not TOML"
