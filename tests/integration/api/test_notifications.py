"""What a person reads of their own news, and nobody of another's."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Membership
from tests.factories import a_badge, a_member
from tests.support.awarding import an_award
from tests.support.launches import Caller, a_caller, a_live_course

NEWS = "/api/v1/me/notifications"


@pytest.fixture
def ada(session: Session) -> Membership:
    ada = a_member(session, of=a_live_course(session))
    an_award(session, ada, a_badge(session, of=ada.context, key="kind_help"))
    return ada


@pytest.fixture
def caller(client: FlaskClient, session: Session, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


def test_my_news_say_what_they_are_about(caller: Caller) -> None:
    answer = caller.get(NEWS).json

    assert answer is not None
    (item,) = answer["items"]
    (subject,) = item["subjects"]
    assert (item["kind"], item["seen"], item["count"]) == ("award", False, 1)
    assert item["created_at"] == "2026-11-22T10:00:00Z"
    assert (subject["key"], subject["label"]) == ("kind_help", "Kind help")
    assert (answer["next"], answer["unseen"]) == (None, 1)


def test_what_i_have_seen_stays_seen(caller: Caller) -> None:
    newest = caller.get(NEWS).json["items"][0]["id"]  # type: ignore[index] # it has one

    before = caller.send("POST", f"{NEWS}/seen", {"until": "0"}).json
    after = caller.send("POST", f"{NEWS}/seen", {"until": newest}).json
    again = caller.send("POST", f"{NEWS}/seen", {}).json

    assert (before, after, again) == ({"unseen": 1}, {"unseen": 0}, {"unseen": 0})
    answer = caller.get(NEWS).json
    assert answer is not None
    assert [item["seen"] for item in answer["items"]] == [True]


def test_nobody_reads_or_marks_the_news_of_another(
    client: FlaskClient, session: Session, caller: Caller, ada: Membership
) -> None:
    ben = a_caller(session, client, of=ada.context)

    answer = ben.get(NEWS).json
    marked = ben.send("POST", f"{NEWS}/seen", {}).json

    assert answer == {"items": [], "next": None, "unseen": 0}
    assert marked == {"unseen": 0}
    mine = caller.get(NEWS).json
    assert mine is not None
    assert mine["unseen"] == 1


def test_there_are_no_news_while_a_switch_is_off(
    session: Session, caller: Caller, ada: Membership
) -> None:
    ada.context.tenant.enabled = False
    session.commit()

    answer = caller.get(NEWS).json

    assert answer == {"items": [], "next": None, "unseen": 0}
    assert caller.send("POST", f"{NEWS}/seen", {"until": "0"}).json == {"unseen": 0}


def test_i_choose_which_kinds_i_want(
    session: Session, caller: Caller, ada: Membership
) -> None:
    path = f"{NEWS}/preferences"
    before = caller.get(path).json
    changed = caller.send("PUT", path, {"off": ["award", "level", "level"]}).json
    an_award(session, ada, a_badge(session, of=ada.context))
    session.commit()
    unwanted = caller.get(NEWS).json
    back = caller.send("PUT", path, {"off": []}).json

    assert before == back == {"off": []}
    assert changed == {"off": ["award", "level"]}
    assert unwanted is not None
    assert unwanted["unseen"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{NEWS}?cursor=two", None),
        ("GET", f"{NEWS}?limit=0", None),
        ("POST", f"{NEWS}/seen", {"until": "-1"}),
        ("PUT", f"{NEWS}/preferences", {"off": ["everything"]}),
        ("PUT", f"{NEWS}/preferences", {}),
    ],
)
def test_what_makes_no_sense_is_refused(
    caller: Caller, method: str, path: str, body: object
) -> None:
    answer = caller.get(path) if method == "GET" else caller.send(method, path, body)

    assert answer.status_code == 422
