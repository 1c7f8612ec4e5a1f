"""A teacher takes a badge back, and lifts that again, over the API."""

from typing import Any

from sqlalchemy.orm import Session

from models import Membership
from tests.factories import a_badge
from tests.integration.api.conftest import awards, helper_for
from tests.support.awarding import an_award, noted, told
from tests.support.launches import Caller, hand_in


def test_a_badge_is_taken_back_for_a_reason_and_barred(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context, key="speaker"))
    session.commit()
    path = f"{teacher.course}/awards"

    revoked = teacher.send("DELETE", f"{path}/{award.public_id}", {"reason": "copied"})
    body = helper_for(ada, badge="speaker")
    barred = teacher.send("POST", path, body)
    lifted = teacher.send("POST", f"{path}/{award.public_id}/lift")
    anew = teacher.send("POST", path, body)

    said: Any = revoked.json
    assert (said["state"], said["end_reason"]) == ("revoked", "copied")
    assert (said["ended_by"], said["barred"]) == ("iris", True)
    assert (barred.status_code, lifted.status_code, anew.status_code) == (409, 200, 201)
    assert lifted.json == {**said, "barred": False}
    assert anew.json is not None
    assert anew.json["sequence"] == 2
    session.rollback()
    actions = [action for action, _, _ in noted(session)]
    assert actions == ["award_revoked", "award_lifted", "award_granted"]


def test_nothing_is_taken_back_without_a_reason(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context))
    session.commit()
    path = f"{teacher.course}/awards/{award.public_id}"
    bodies = [{}, {"reason": ""}, {"reason": "  "}, {"reason": "expired"}]

    answers = [teacher.send("DELETE", path, body) for body in bodies]

    assert [answer.status_code for answer in answers] == [422] * len(bodies)
    assert [award.ended_at for award in awards(session)] == [None]


def test_what_is_over_cannot_be_taken_back_again(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context))
    session.commit()
    path = f"{teacher.course}/awards/{award.public_id}"

    answers = [
        teacher.send("DELETE", path, {"reason": reason}) for reason in ("one", "two")
    ]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert [award.end_reason for award in awards(session)] == ["one"]


def test_while_it_is_off_nothing_is_given_and_what_was_can_be_taken_back(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context))
    ada.context.enabled = False
    session.commit()
    path = f"{teacher.course}/awards"

    answers = [
        teacher.send("POST", path, helper_for(ada)),
        teacher.send("DELETE", f"{path}/{award.public_id}", {"reason": "copied"}),
        teacher.send("POST", f"{path}/{award.public_id}/lift"),
    ]

    assert [answer.status_code for answer in answers] == [409, 200, 200]
    assert [award.end_reason for award in awards(session)] == ["copied"]


def test_what_is_lifted_is_there_again_at_once_where_its_rule_is_met(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    a_badge(session, of=ada.context, key="worker", metric="events", threshold=1)
    hand_in(session, ada, times=1)
    session.commit()
    (earned,) = awards(session)
    path = f"{teacher.course}/awards/{earned.public_id}"

    teacher.send("DELETE", path, {"reason": "copied"})
    while_barred = len(awards(session))
    teacher.send("POST", f"{path}/lift")

    first, second = awards(session)
    assert while_barred == 1
    assert (first.ended_by, second.sequence, second.origin) == ("iris", 2, "rule")
    kinds = [kind for kind, *_ in told(session) if kind.startswith("award")]
    assert kinds == ["award", "award_revoked", "award_lifted", "award"]
