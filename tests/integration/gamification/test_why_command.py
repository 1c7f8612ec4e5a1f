"""`flask badge why`, as an operator types it."""

import pytest
from sqlalchemy.orm import Session

from gamification.awards import evaluate
from models import Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Flask
from tests.support.clock import NOW
from tests.support.launches import hand_in

OF = ("--course", "42")


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    a_badge(session, of=course, key="helper", threshold=25)
    a_badge(session, of=course, key="idea").state = "draft"
    ada = a_member(session, of=course, name="Ada Ahorn")
    hand_in(session, ada, times=5)
    session.commit()
    return ada


def why(flask: Flask, badge: str, user: str, *more: str) -> tuple[int, str]:
    told = flask("badge", "why", badge, "--user", user, *OF, *more)
    return told.exit_code, told.output


def test_what_is_missing_and_then_what_met_the_rule_is_said(
    flask: Flask, session: Session, course: Context, ada: Membership
) -> None:
    user = ada.user.public_id

    first = why(flask, "helper", user, "--tenant", "acme")
    hand_in(session, ada, times=9)
    evaluate(session, course, NOW, switch=ON)
    session.commit()
    then = why(flask, "helper", user)

    assert first == (0, "Earn 15 more points.\n")
    assert then[0] == 0
    assert then[1].splitlines() == [
        "Earned on 22 November 2026.",
        "Asked was: Earn 25 points. There were 28 points.",
    ]
    assert "Ada" not in first[1] + then[1]


def test_who_or_what_is_not_there_is_said_with_what_to_do(
    flask: Flask, session: Session, ada: Membership
) -> None:
    stranger = a_member(session, of=a_context(session)).user.public_id
    user = ada.user.public_id
    session.commit()

    people = [why(flask, "helper", one) for one in ("nobody", stranger)]
    badges = [why(flask, one, user) for one in ("unknown", "idea", "")]

    assert {code for code, _ in [*people, *badges]} == {1}
    (nobody,) = {said for _, said in people}
    assert nobody.startswith("Error: Nobody in the course has this id")
    assert "`flask course members`" in nobody
    (unseen,) = {said for _, said in badges}
    assert unseen.startswith("Error: The person has and sees no such badge")
    assert "`flask badge list`" in unseen


def test_a_course_that_is_not_there_and_a_user_that_is_not_said_are_refused(
    flask: Flask, ada: Membership
) -> None:
    elsewhere = flask("badge", "why", "helper", "--user", "x", "--course", "no-such")
    nobody = flask("badge", "why", "helper", *OF)

    assert (elsewhere.exit_code, nobody.exit_code) == (2, 2)
    assert elsewhere.stderr.endswith("`flask course list` lists them.\n")
    assert "Missing option '--user'" in nobody.stderr


def test_while_it_is_off_it_is_said_which_switch_is(
    flask: Flask, session: Session, course: Context, ada: Membership
) -> None:
    course.enabled = False
    session.commit()

    code, said = why(flask, "helper", ada.user.public_id)

    assert code == 1
    assert said.startswith("Error: It is off here (course), so there is nothing")
    assert "`flask gamification enable`" in said
