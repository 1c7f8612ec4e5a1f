"""Two who change a course's settings at the same time: nothing is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.factories import a_context
from tests.support.launches import a_caller


def test_the_second_of_two_who_change_the_settings_is_told(
    client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, of=a_context(session), role="instructor")
    path = f"{teacher.course}/settings"
    read = teacher.get(path).headers["ETag"]

    first = teacher.send("PUT", path, {"board": {"enabled": True}}, If_Match=read)
    second = teacher.send("PUT", path, {"time_zone": "Asia/Tokyo"}, If_Match=read)
    now: Any = teacher.get(path)
    third = teacher.send(
        "PUT", path, {"time_zone": "Asia/Tokyo"}, If_Match=now.headers["ETag"]
    )

    assert [a.status_code for a in (first, second, third)] == [200, 412, 200]
    assert now.json == first.json
    assert third.json == {**now.json, "time_zone": "Asia/Tokyo"}


def test_of_eight_who_read_the_same_settings_one_changes_them(
    app: OpenAPI, session: Session
) -> None:
    course = a_context(session)
    teachers = [
        a_caller(session, app.test_client(), of=course, role="instructor")
        for _ in range(8)
    ]
    path = f"{teachers[0].course}/settings"
    read = teachers[0].get(path).headers["ETag"]

    def change(number: int) -> int:
        top = {"board": {"span": {"top": 10 + number}}}
        return teachers[number].send("PUT", path, top, If_Match=read).status_code

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(change, range(8)))

    settings: Any = teachers[0].get(path).json
    assert Counter(answers) == {200: 1, 412: 7}
    assert settings["board"]["span"]["top"] == 10 + answers.index(200)
