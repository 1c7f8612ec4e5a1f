"""Launches as Canvas and Moodle send them: each oddity accepted, or refused rightly."""

import pytest
import sqlalchemy as sa

from campus import vocabulary as lti
from campus.tokens import REMOVED
from lti import registrations
from models import LaunchSession
from tests.conformance.stage import Stage

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize(
    ("who", "role", "rights"),
    [
        ("iris", "instructor", "instructor"),
        ("assistant", "assistant", "assistant"),
        ("ada", "learner", "learner"),
        ("observer", "observer", "observer"),
        ("test_student", "test", "learner"),
    ],
)
def test_canvas_roles_of_account_and_course(
    canvas_stage: Stage, who: str, role: str, rights: str
) -> None:
    """canvas.md 2.3: the course's roles decide; the student view is nobody's rival."""
    cast = canvas_stage.registered.cast

    answer = canvas_stage.launch(getattr(cast, who))

    (member,) = canvas_stage.members()
    (opened,) = canvas_stage.session.scalars(sa.select(LaunchSession))
    assert answer.status_code == 200
    assert (member.role, opened.role) == (role, rights)


def test_canvas_with_every_oddity_at_once(canvas_stage: Stage) -> None:
    """canvas.md 2.1 to 2.3: numbers in custom, leaked members, literal variables."""
    quirks = canvas_stage.registered.campus.quirks
    quirks.integers_in_custom = True
    quirks.nested_errors = True
    quirks.names_deployment_at_login = False

    answer = canvas_stage.launch()

    (member,) = canvas_stage.members()
    assert (answer.status_code, member.name) == (200, "Ada Example")
    assert canvas_stage.audit() == []


def test_canvas_names_the_deployment_as_documented(canvas_stage: Stage) -> None:
    """canvas.md 2.1: `deployment_id` at the login is the hint, too (B15)."""
    canvas_stage.registered.campus.quirks.documented_names = True
    begun = canvas_stage.begin()
    foreign = canvas_stage.token(begun, {lti.DEPLOYMENT_ID: "6:another"})

    assert canvas_stage.refusal(canvas_stage.post(begun, foreign)) == "deployment_id"
    true = canvas_stage.post(begun, canvas_stage.token(begun))
    assert true.status_code == 200


def test_canvas_visitors_of_a_public_course_are_nobody(canvas_stage: Stage) -> None:
    """canvas.md 2.3: an anonymous visitor has no sub."""
    answer = canvas_stage.launch(changes={"sub": REMOVED})

    assert canvas_stage.refusal(answer) == "sub"


def test_canvas_on_its_sample_key_is_refused(canvas_stage: Stage) -> None:
    """canvas.md 2.3: a 512 bit key protects nobody."""
    canvas_stage.registered.campus.keys.rotate(bits=512, keep=0)

    assert canvas_stage.refusal(canvas_stage.launch()) == "kid_unknown"


def test_two_deployments_of_one_key_lead_to_one_course(canvas_stage: Stage) -> None:
    """canvas.md 1.1: an account and a sub-account may both have installed us."""
    canvas_stage.launch()
    begun = canvas_stage.begin(changes={"lti_deployment_id": "9:sub-account"})

    answer = canvas_stage.post(
        begun, canvas_stage.token(begun, {lti.DEPLOYMENT_ID: "9:sub-account"})
    )

    ours = canvas_stage.registered.registration
    places = registrations.deployments_of(canvas_stage.session, ours)
    assert (answer.status_code, len(canvas_stage.members())) == (200, 1)
    assert [place.lti_id for place in places][1:] == ["9:sub-account"]


def test_one_person_in_two_courses_is_two_members(canvas_stage: Stage) -> None:
    """Core 5.4.1: the context decides where somebody is."""
    canvas_stage.launch()

    canvas_stage.launch(changes={lti.CONTEXT: {"id": "another"}})

    members = canvas_stage.members()
    first = canvas_stage.registered.cast.course.context_id
    assert {member.context.lti_id for member in members} == {first, "another"}
    assert len({member.user_id for member in members}) == 1


@pytest.mark.parametrize(("who", "role"), [("iris", "instructor"), ("ada", "learner")])
def test_moodle_sends_its_own_custom_parameters(
    stage: Stage, who: str, role: str
) -> None:
    """moodle.md 5: unknown variables come literally; our panel is found all the same."""
    custom = {"panel": "leaderboard", "unknown": "$No.Such.Var", "badge": "$Badge"}

    answer = stage.launch(getattr(stage.registered.cast, who), {lti.CUSTOM: custom})

    (opened,) = stage.session.scalars(sa.select(LaunchSession))
    assert (answer.status_code, opened.role) == (200, role)
    assert (opened.panel, opened.badge_key) == ("leaderboard", None)
