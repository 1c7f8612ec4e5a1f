"""What Canvas tells of sections and groups, out of its own documentation's answer."""

from typing import Any

import pytest

from lti.groups import Groups, Part, custom_of, told_by_all
from lti.platforms.canvas import Canvas
from lti.roster import Member, read_page
from tests.integration.campus.stage import recording

ROWS = recording("canvas")["nrps_course_with_rlid"]["response"]["body"]["members"]
GROUPS = (
    "1c16f0de65a080803785ecb3097da99872616f0d",
    "d4d8d6ae1611e2c7581ce1b2f5c58019d928b79d",
)
LAUNCH = "https://purl.imsglobal.org/spec/lti/claim/"


def told(**custom: object) -> Any:  # noqa: ANN401 -- what a platform's method returns
    return Canvas().groups_of(custom)


def a_row(*messages: object) -> dict[str, object]:
    return {"user_id": "17", "roles": ["Learner"], "message": list(messages)}


def a_message(**custom: object) -> dict[str, object]:
    return {
        f"{LAUNCH}message_type": "LtiResourceLinkRequest",
        f"{LAUNCH}custom": custom,
    }


def test_the_recorded_roster_names_a_section_and_two_groups() -> None:
    [member] = read_page(ROWS, 1, Canvas()).members

    assert member.groups == {
        "section": (Part("7", "Lab A"),),
        "group": tuple(map(Part, GROUPS)),
    }


def test_a_platform_by_the_letter_reads_no_custom_parameters_of_others() -> None:
    [member] = read_page(ROWS).members

    assert member.groups == {}


@pytest.mark.parametrize(
    ("ids", "names", "sections"),
    [
        ("7,9", '["Lab A", "Lab B"]', (Part("7", "Lab A"), Part("9", "Lab B"))),
        (7, '["Lab A"]', (Part("7", "Lab A"),)),
        ("7,9", '["Lab A"]', (Part("7"), Part("9"))),
        ("7", "Lab A", (Part("7"),)),
        ("7", "[" * 50_000, (Part("7"),)),
        ("7", '["Lab\\n\\u202eA"]', (Part("7", "Lab A"),)),
        ("7", "[null]", (Part("7"),)),
        ("7", None, (Part("7"),)),
        ("7,7", '["Lab A"]', (Part("7", "Lab A"),)),
        ("", "[]", ()),
    ],
)
def test_sections_have_their_names_where_both_lists_agree(
    ids: object, names: object, sections: tuple[Part, ...]
) -> None:
    assert told(section_ids=ids, section_names=names) == {"section": sections}


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        ["7"],
        "$Canvas.course.sectionIds",
        "7;DROP",
        "9" * 65,
        ",".join(map(str, range(201))),
        "7," * 60_000,
    ],
)
def test_what_is_no_list_of_ids_is_not_told(value: object) -> None:
    assert told(section_ids=value, group_context_ids=value) == {}


@pytest.mark.parametrize(
    "messages",
    [
        None,
        "x",
        [],
        [None, 3],
        [{f"{LAUNCH}custom": {"a": "b"}}],
        [{f"{LAUNCH}message_type": "LtiDeepLinkingRequest"}],
        [{f"{LAUNCH}message_type": "LtiResourceLinkRequest"}],
        [{**a_message(), f"{LAUNCH}custom": ["a"]}],
    ],
)
def test_a_message_that_is_none_has_no_parameters(messages: object) -> None:
    assert custom_of({"message": messages}) == {}


def test_the_message_of_a_launch_is_found_among_others() -> None:
    row = a_row("x", {f"{LAUNCH}message_type": "Other"}, a_message(section_ids="7"))

    [member] = read_page([row], 1, Canvas()).members

    assert member == Member("17", "", "learner", {"section": (Part("7"),)})


def test_a_kind_counts_if_it_was_told_of_each() -> None:
    people: list[Groups] = [{"section": (), "group": ()}, {"section": (Part("7"),)}]

    assert told_by_all(people) == {"section"}
    assert told_by_all([*people, {}]) == set()
    assert told_by_all([]) == set()
