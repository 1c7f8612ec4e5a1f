"""A rule without sense in its course is kept as a draft, and comes into use once it has."""

import pytest
from sqlalchemy.orm import Session

from gamification.awards import badges_for
from models import Context, Membership
from tests.factories import a_badge, a_member, an_item
from tests.integration.api.linting.conftest import DOUBTED, QUIZ, UNUSABLE
from tests.integration.gamification.conftest import ON
from tests.support.badges import TWICE, Answer, get, holders, put
from tests.support.clock import NOW
from tests.support.launches import Caller, a_live_course


@pytest.mark.parametrize(("rule", "said"), [*UNUSABLE, *DOUBTED])
def test_it_is_kept_as_a_draft_alone_and_says_why(
    session: Session, ada: Membership, teacher: Caller, rule: Answer, said: str
) -> None:
    put(teacher, "idea", {"label": "Idea", "state": "draft"})
    badge = {"label": "New", "criterion": rule}

    kept = put(teacher, "new", {**badge, "state": "draft"})
    refused = [
        put(teacher, key, {**read, "state": state})
        for state in ("active", "held")
        for key, read in (("new", get(teacher, "new").json), ("other", badge))
    ]

    assert (kept.status_code, kept.json["state"]) == (201, "draft")
    (found,) = kept.json["findings"]
    # The draft itself is one of the badges by then.
    assert found.startswith(said)
    assert {answer.status_code for answer in refused} == {422}
    assert all(answer.json["detail"].startswith(said) for answer in refused)
    assert get(teacher, "new").json == kept.json
    assert get(teacher, "other").status_code == 404
    assert holders(session, "new") == 0
    shown = badges_for(session, ada, NOW, switch=ON).badges
    assert "new" not in {badge.key for badge in shown}


@pytest.mark.parametrize(("rule", "said"), UNUSABLE)
def test_what_cannot_be_used_is_not_used_anyway(
    ada: Membership, teacher: Caller, rule: Answer, said: str
) -> None:
    answer = put(teacher, "new", {"criterion": rule, "anyway": True})

    assert answer.status_code == 422
    assert answer.json["detail"].startswith(said)
    assert "anyway" not in answer.json["detail"]


def test_what_a_draft_names_comes_and_the_draft_comes_into_use(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    rule = {"all": [{"metric": "completed", "item": "quiz-9"}, {"badge": "owl"}]}
    draft = put(teacher, "new", {"criterion": rule, "state": "draft"}).json

    an_item(session, of=course, key="quiz-9")
    session.commit()
    half = put(teacher, "new", {**draft, "state": "active"})
    put(teacher, "owl", TWICE)
    whole = put(teacher, "new", {**draft, "state": "active"})

    assert half.json["detail"].startswith('criterion.all[1].badge: there is no badge "')
    assert (whole.status_code, whole.json["findings"]) == (200, [])
    assert (whole.json["state"], whole.json["version"]) == ("active", 1)


def test_a_circle_is_refused_of_drafts_too(ada: Membership, teacher: Caller) -> None:
    idea = {"label": "Idea", "state": "draft"}
    put(teacher, "chicken", {**idea, "criterion": {"badge": "egg"}})

    closed = put(teacher, "egg", {**idea, "criterion": {"badge": "chicken"}})
    alone = put(teacher, "cock", {**idea, "criterion": {"badge": "cock"}})

    assert [answer.status_code for answer in (closed, alone)] == [422, 422]
    assert closed.json["detail"].startswith("criterion: badges ask for each other: ")
    assert alone.json["detail"] == "criterion: badges ask for each other: cock → cock"


@pytest.mark.parametrize(
    ("badge", "detail"),
    [
        ({"metric": "charm", "threshold": 1}, "criterion.metric: there is no metric '"),
        (
            {"criterion": {**QUIZ, "at_least": -1001}},
            "criterion: a percent is compared with 1000 at most, and -1000 at least",
        ),
        ({"label": "New", "anyway": "yes"}, "anyway: "),
    ],
)
def test_what_cannot_be_read_is_no_draft(
    ada: Membership, teacher: Caller, badge: Answer, detail: str
) -> None:
    answer = put(teacher, "new", {**badge, "state": "draft"})

    assert answer.status_code == 422
    assert answer.json["detail"].startswith(detail)


def test_what_another_course_has_is_not_there(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    elsewhere = a_live_course(session)
    an_item(session, of=elsewhere, key="secret")
    a_badge(session, of=elsewhere, key="hidden")
    session.commit()
    rule = {"all": [{"metric": "completed", "item": "secret"}, {"badge": "hidden"}]}

    kept = put(teacher, "new", {"criterion": rule, "state": "draft"})
    used = put(teacher, "new", {"criterion": rule, "anyway": True})

    assert (kept.status_code, used.status_code) == (201, 422)
    item, badge = kept.json["findings"]
    assert item.endswith("; there are quiz-1 (Quiz 1), quiz-2 (Quiz 2)")
    assert badge.startswith('criterion.all[1].badge: there is no badge "hidden"; ')
    assert "hidden" not in badge.partition(";")[2]


def test_who_has_a_badge_that_becomes_such_a_draft_still_sees_it(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    put(teacher, "once", {"metric": "events", "threshold": 1})

    put(teacher, "once", {"metric": "score", "threshold": 0, "state": "draft"})

    assert holders(session, "once") == 1
    (shown,) = (
        badge
        for badge in badges_for(session, ada, NOW, switch=ON).badges
        if badge.key == "once"
    )
    assert (shown.earned, shown.percent, shown.missing) == (True, 100, ())
    assert (shown.progress, shown.threshold) == (1, 1)


@pytest.mark.parametrize(
    ("rule", "gains"),
    [
        ({"metric": "score", "at_least": 0}, 2),
        ({"metric": "score", "at_most": -1}, 0),
        ({"metric": "average_percent", "item": "quiz-1", "more_than": -0.5}, 2),
        ({**QUIZ, "at_least": -5}, 0),
    ],
)
def test_a_preview_counts_whatever_the_bound(
    session: Session,
    course: Context,
    ada: Membership,
    teacher: Caller,
    rule: Answer,
    gains: int,
) -> None:
    a_member(session, of=course)
    session.commit()

    path = f"{teacher.course}/badges/preview"
    found = teacher.send("POST", path, {"criterion": rule, "anyway": True}).json or {}

    assert found["gains"]["count"] == gains
    assert found["findings"]
