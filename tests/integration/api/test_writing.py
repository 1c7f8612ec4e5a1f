"""Nobody holds the one writer of SQLite before they are known, or while they dawdle."""

import socket
from contextlib import closing
from time import monotonic, sleep
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models.locks import begin_write
from tests.support.launches import a_caller
from tests.support.statements import statements


def test_a_stranger_waits_for_no_writer_and_keeps_none_waiting(
    client: FlaskClient, session: Session
) -> None:
    begin_write(session)

    answer = client.post(
        "/api/session", json={}, headers={"Authorization": "Bearer nobody"}
    )

    assert answer.status_code == 401


def test_a_slow_line_keeps_no_other_writer_waiting(
    app: OpenAPI, client: FlaskClient, served: str, session: Session
) -> None:
    caller = a_caller(session, client, role="instructor")
    address = urlsplit(served)
    head = (
        f"PUT {caller.course}/settings HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {caller.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 17\r\n"
        "Connection: close\r\n\r\n"
    )
    with (
        statements(app) as sent,
        closing(socket.create_connection((address.hostname, address.port))) as line,
    ):
        line.sendall(head.encode() + b'{"enabled"')
        while not sent:
            sleep(0.01)
        sleep(0.2)

        asked_at = monotonic()
        begin_write(session)
        waited = monotonic() - asked_at
        session.rollback()
        line.sendall(b": true}")

        assert line.recv(12) == b"HTTP/1.1 200"
    assert waited < 1


def test_whoever_writes_is_proven_again_as_the_writer(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    caller = a_caller(session, client)

    with statements(app) as sent:
        assert caller.send("POST", "/api/session").status_code == 200

    asked = [text for text in sent if "launch_session.token_hash =" in text]
    assert len(asked) == 2
