import pytest

from lti.roster import Member, read_page
from lti.rows import Dropped

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def a_row(user_id: object = "17", **fields: object) -> dict[str, object]:
    return {"user_id": user_id, "roles": ["Learner"], **fields}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Ada Ahorn"}, "Ada Ahorn"),
        ({"name": "  Ada \n Ahorn\u0000 "}, "Ada Ahorn"),
        ({"name": "", "given_name": "Ada", "family_name": "Ahorn"}, "Ada Ahorn"),
        ({"given_name": "Ada", "family_name": ""}, "Ada"),
        ({"name": "$Person.name.full"}, ""),
        ({"name": ["Ada"]}, ""),
        ({"name": "Ada\ud800"}, "Ada"),
        ({"name": "A" * 10_000}, "A" * 255),
        ({}, ""),
    ],
)
def test_a_name_is_one_line_that_pages_and_databases_can_take(
    fields: dict[str, object], name: str
) -> None:
    assert read_page([a_row(**fields)]).members == (Member("17", name, "learner"),)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["Instructor"], "instructor"),
        ([f"{MEMBERSHIP}Learner"], "learner"),
        ([f"{MEMBERSHIP}Mentor"], "observer"),
        ([None, 1, {}], "learner"),
        ([], "learner"),
    ],
)
def test_roles_are_ours_whatever_their_spelling(roles: list[object], role: str) -> None:
    assert read_page([a_row(roles=roles)]).members[0].role == role


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "no object"),
        ("17", "no object"),
        ([], "no object"),
        ({}, "no user id"),
        (a_row(17), "no user id"),
        (a_row(""), "no user id"),
        (a_row("9" * 256), "no user id"),
        (a_row("ada\u0000"), "user id with odd characters"),
        (a_row("ådå"), "user id with odd characters"),
        ({"user_id": "17"}, "no roles"),
        (a_row(roles="Learner"), "no roles"),
        (a_row(status="Asleep"), "unknown status"),
        (a_row(status=None), "unknown status"),
    ],
)
def test_a_malformed_row_is_dropped_and_named_and_the_others_stay(
    row: object, reason: str
) -> None:
    page = read_page([row, a_row("18")], number=3)

    assert [member.sub for member in page.members] == ["18"]
    sub = "17" if reason in {"no roles", "unknown status"} else ""
    assert page.dropped == (Dropped("page 3, row 1", reason, sub),)


def test_whoever_a_malformed_row_names_is_not_taken_for_gone() -> None:
    page = read_page([{"user_id": "17"}, a_row("18")])

    assert page.unclear == {"17"}
    assert page.gone == frozenset()


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_who_is_inactive_or_deleted_is_gone(status: str) -> None:
    page = read_page([a_row(status=status), a_row("18", status="Active")])

    assert page.gone == {"17"}
    assert [member.sub for member in page.members] == ["18"]


def test_a_person_who_is_named_twice_is_as_the_last_row_says() -> None:
    page = read_page([a_row(name="Old"), a_row(name="New", roles=["Instructor"])])

    assert page.members == (Member("17", "New", "instructor"),)


def test_the_last_word_may_be_that_somebody_is_gone_or_is_back() -> None:
    leaving = read_page([a_row(), a_row(status="Deleted")])
    returning = read_page([a_row(status="Deleted"), a_row()])

    assert leaving.members == ()
    assert leaving.gone == {"17"}
    assert len(returning.members) == 1
    assert returning.gone == frozenset()
