"""`PUT …/messages`: what learners are told, in the words of their course."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.feedback import Change, tell
from models import AuditEntry, Award, Context, Membership, MessageTemplate
from models.news import KINDS
from tests.factories import a_badge, a_member
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import CATALOG, Caller, a_caller, a_live_course, hand_in


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session, title="Botany")


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def put(teacher: Caller, messages: dict[str, Any], **headers: str) -> Any:  # noqa: ANN401 -- werkzeug's answer
    path = f"{teacher.course}/messages"
    return teacher.send("PUT", path, {"messages": messages}, **headers)


def get(teacher: Caller) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.get(f"{teacher.course}/messages")


def award_of(answer: Any) -> dict[str, Any]:  # noqa: ANN401 -- werkzeug's answer
    found: dict[str, Any] = answer.json["messages"][0]
    return found


def use(app: OpenAPI, folder: Path, tenant: str, table: str) -> None:
    """Let the catalog have a table for an organisation."""
    path = folder / "words.toml"
    path.write_text(f"{CATALOG.read_text()}\n[tenant.{tenant}{table}")
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=path)


def test_a_course_begins_with_laurels_own_words(teacher: Caller) -> None:
    read = get(teacher).json

    assert award_of(get(teacher)) == {
        "kind": "award",
        "text": "You have earned {badge}.",
        "origin": "shipped",
        "version": 0,
        "places": ["{badge}", "{course}"],
        "example": "You have earned Author.",
    }
    kinds = [one["kind"] for one in read["messages"]]
    assert (kinds, read["locked"]) == (list(KINDS), False)


def test_other_words_are_a_version_and_null_goes_back(
    session: Session, teacher: Caller
) -> None:
    saved = put(teacher, {"award": "Well done: {badge}!"})
    again = put(teacher, {"award": "Well done: {badge}!"})
    other = put(teacher, {"award": "Hooray!"})
    back = put(teacher, {"award": None})
    once_more = put(teacher, {"award": "Hooray!"})

    said = [award_of(one) for one in (saved, again, other, back, once_more)]
    assert [(one["text"], one["origin"], one["version"]) for one in said] == [
        ("Well done: {badge}!", "course", 1),
        ("Well done: {badge}!", "course", 1),
        ("Hooray!", "course", 2),
        ("You have earned {badge}.", "shipped", 2),
        ("Hooray!", "course", 3),
    ]
    assert len(session.scalars(sa.select(MessageTemplate)).all()) == 3
    noted = session.scalars(sa.select(AuditEntry.details)).all()
    assert [entry["kinds"] for entry in noted] == [["award"]] * 4
    assert "Hooray" not in str(noted)


def test_the_course_goes_before_its_organisation_and_that_before_laurel(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    key = course.tenant.key
    use(app, tmp_path, key, '.messages]\naward = "Acme says: {badge}"\n')

    theirs = award_of(get(teacher))
    ours = award_of(put(teacher, {"award": "We say: {badge}"}))
    back = award_of(put(teacher, {"award": None}))

    said = [(one["text"], one["origin"]) for one in (theirs, ours, back)]
    assert said == [
        ("Acme says: {badge}", "tenant"),
        ("We say: {badge}", "course"),
        ("Acme says: {badge}", "tenant"),
    ]


def test_a_preview_reads_as_it_would_and_writes_nothing(
    session: Session, teacher: Caller
) -> None:
    path = f"{teacher.course}/messages/preview"
    body = {"messages": {"award": "{badge} in {course}", "expiring": None}}

    answer: Any = teacher.send("POST", path, body)

    assert answer.json["items"] == [
        {"kind": "award", "example": "Author in Botany"},
        {"kind": "expiring", "example": "Author lasts until 22 November 2026."},
    ]
    assert session.scalars(sa.select(MessageTemplate)).all() == []


def test_a_preview_of_going_back_reads_as_the_organisation_says(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    use(app, tmp_path, course.tenant.key, '.messages]\naward = "Acme says: {badge}"\n')
    put(teacher, {"award": "We say: {badge}"})

    path = f"{teacher.course}/messages/preview"
    answer: Any = teacher.send("POST", path, {"messages": {"award": None}})

    assert answer.json["items"] == [{"kind": "award", "example": "Acme says: Author"}]


def test_what_cannot_be_said_is_refused_and_nothing_is_half_done(
    session: Session, teacher: Caller
) -> None:
    mixed = {"milestone": "Fine", "award": "{points}"}
    empty = {"award": ""}
    preview = f"{teacher.course}/messages/preview"

    answers: Any = (
        put(teacher, mixed),
        teacher.send("POST", preview, {"messages": mixed}),
    )
    unknown = put(teacher, {"prize": "x"})

    silent: Any = (
        put(teacher, empty),
        teacher.send("POST", preview, {"messages": empty}),
    )
    refused = (*answers, *silent, unknown)
    assert {answer.status_code for answer in refused} == {422}
    assert silent[0].json["detail"] == silent[1].json["detail"]
    assert {answer.json["detail"] for answer in answers} == {
        "messages: there is no place {points}; there are {badge}, {course}"
    }
    assert session.scalars(sa.select(MessageTemplate)).all() == []


def test_of_two_who_change_the_words_the_second_is_told(teacher: Caller) -> None:
    tag = get(teacher).headers["ETag"]

    first = put(teacher, {"award": "One"}, If_Match=tag)
    second = put(teacher, {"award": "Two"}, If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert award_of(get(teacher))["text"] == "One"


def test_locked_words_stay(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    use(app, tmp_path, course.tenant.key, ']\nlocked = ["messages"]\n')

    refused = put(teacher, {"award": "One"})

    assert refused.status_code == 403
    assert (award_of(get(teacher))["origin"], get(teacher).json["locked"]) == (
        "shipped",
        True,
    )


def test_a_learner_reads_the_courses_words_in_the_news_and_on_the_overview(
    session: Session, client: FlaskClient, course: Context, teacher: Caller
) -> None:
    ada = a_member(session, of=course)
    hand_in(session, ada, times=1)
    learner = a_caller(session, client, member=ada)

    shipped: Any = learner.get("/api/v1/me/notifications").json
    plain = learner.get("/panel/overview").text
    put(teacher, {"award": "{badge} & more in {course}"})
    ours: Any = learner.get("/api/v1/me/notifications").json
    page = learner.get("/panel/overview").text

    (one,) = [item for item in shipped["items"] if item["kind"] == "award"]
    (other,) = [item for item in ours["items"] if item["kind"] == "award"]
    assert one["text"] == "You have earned First contribution."
    assert other["text"] == "First contribution & more in Botany"
    assert "You have earned" not in plain
    assert '<p class="won-text">First contribution &amp; more in Botany</p>' in page


def levels_of(ada: Membership) -> list[Change]:
    return [
        Change(
            ada.id, "level", f"level:{number}", {"milestone": "level", "value": number}
        )
        for number in range(1, 5)
    ]


def everything(ada: Membership, award: Award) -> list[Change]:
    """Return a change of each kind, with what each may be about."""
    of_award = [
        Change(ada.id, kind, f"{kind}:x", {"award": award.id})
        for kind in ("expiring", "expired", "revoked", "lifted", "renewed")
    ]
    others = [
        Change(ada.id, "milestone", "points", {"milestone": "points", "value": 1000}),
        Change(ada.id, "milestone", "share", {"milestone": "share", "value": 25}),
        Change(ada.id, "personal_best", "week", {"best": "week", "value": 28}),
        Change(ada.id, "personal_best", "result", {"best": "result", "value": 95}),
        Change(ada.id, "personal_best", "run", {"best": "run", "value": 4}),
    ]
    return [*of_award, *others, *levels_of(ada)]


def told(learner: Caller) -> list[str]:
    items: Any = learner.get("/api/v1/me/notifications").json["items"]  # type: ignore[index] # it has some
    return [item["text"] for item in reversed(items)]


def test_no_news_is_without_words_whatever_it_is_of(
    session: Session, client: FlaskClient, course: Context, teacher: Caller
) -> None:
    ada = a_member(session, of=course)
    award = an_award(session, ada, a_badge(session, of=course, key="kind_help"))
    session.commit()
    put(teacher, {"revoked": "We took {badge}.", "level": "{level}!"})
    learner = a_caller(session, client, member=ada)

    tell(session, course.id, everything(ada, award), NOW)
    session.commit()
    endless = told(learner)
    award.expires_at = NOW
    tell(session, course.id, [replace(levels_of(ada)[0], key="level:5")], NOW)
    session.commit()

    forever = "Kind help is yours for good."
    until = "22 November 2026"
    assert endless[:6] == [
        "You have earned Kind help.",
        *[forever] * 2,
        "We took Kind help.",
        "You can earn Kind help again.",
        forever,
    ]
    assert endless[6:] == [
        "You have reached 1,000 points.",
        "You have completed 25 % of the activities.",
        "Your best so far: 28 points in one week.",
        "Your best so far: 95 % in an activity.",
        "Your best so far: 4 weeks in a row.",
        "You have come up 4 levels.",
    ]
    assert [told(learner)[place] for place in (1, 2, 5, -1)] == [
        f"Kind help lasts until {until}.",
        f"Kind help lasted until {until}.",
        f"Kind help now lasts until {until}.",
        "1!",
    ]
