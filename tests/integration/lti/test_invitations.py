"""`flask platform invite`, and what an invitation is good for."""

import hashlib
import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from lti.registration.invitations import Terms, claim, give_back, invite, is_open
from models import Invitation, Tenant
from tests.factories import a_registration, a_tenant


def run(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["platform", "invite", *words])


def test_an_invitation_is_an_address_to_paste_in_either_platform(
    app: OpenAPI, session: Session, now: datetime
) -> None:
    result = run(app, "--tenant", "acme")

    row = session.scalars(sa.select(Invitation)).one()
    (secret,) = re.findall(r"/lti/register/(\S+)", result.output)
    assert result.exit_code == 0
    assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert row.expires_at == now + timedelta(days=7)
    assert session.get_one(Tenant, row.tenant_id).key == "acme"
    for words in ("Manage tools", "Developer Keys", f"{row.expires_at:%d %B %Y}"):
        assert words in result.output
    assert f"{app.extensions['laurel'].public_url}/lti/setup" in result.output


def test_the_secret_has_256_bits_and_is_kept_nowhere(
    app: OpenAPI, session: Session
) -> None:
    (secret,) = re.findall(r"/lti/register/(\S+)", run(app, "--tenant", "a").output)

    row = session.execute(sa.select(Invitation.__table__)).one()

    assert len(secret) == 43
    assert secret not in str(row)


def test_what_the_operator_allows_is_shown(app: OpenAPI, session: Session) -> None:
    known = a_registration(session, tenant=a_tenant(session, key="acme"))
    public_id, number = known.public_id, known.id
    session.commit()

    result = run(
        app,
        *("--tenant", "acme", "--days", "2", "--update", public_id),
        *("--internal-host", "LMS.school.local", "--time-zone", "UTC"),
    )

    row = session.scalars(sa.select(Invitation)).one()
    assert "private network: lms.school.local" in result.output
    assert f"changes the registration {public_id}" in result.output
    assert row.internal_hosts == ["lms.school.local"]
    assert row.registration_id == number


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--internal-host", "lms.school.local/x"), "is no host"),
        (("--internal-host", "lms:443"), "is no host"),
        (("--days", "0"), "1 to 90 days"),
        (("--days", "91"), "1 to 90 days"),
        (("--update", "of-another-tenant"), "has no registration"),
        (("--time-zone", "Mars/Olympus"), "is no time zone"),
    ],
)
def test_an_invitation_that_means_nothing_is_refused(
    app: OpenAPI, session: Session, words: tuple[str, str], says: str
) -> None:
    other = a_registration(session)
    other.public_id = "of-another-tenant"
    session.commit()

    result = run(app, "--tenant", "acme", *words)

    assert result.exit_code == 1
    assert says in result.output
    assert session.scalars(sa.select(Invitation)).all() == []


def test_an_invitation_is_good_once(session: Session, now: datetime) -> None:
    made, secret = invite(session, Terms(tenant="acme"), now)

    open_before = is_open(session, secret, now)
    taken = [claim(session, secret, now) for _ in range(2)]
    open_after = is_open(session, secret, now)

    assert taken == [made, None]
    assert (open_before, open_after) == (True, False)


def test_an_invitation_is_good_until_its_end(session: Session, now: datetime) -> None:
    made, secret = invite(session, Terms(tenant="acme", days=1), now)

    assert claim(session, secret, made.expires_at) is None
    assert claim(session, "another", now) is None
    assert claim(session, secret, made.expires_at - timedelta(seconds=1)) == made


def test_an_invitation_that_is_given_back_is_good_again(
    session: Session, now: datetime
) -> None:
    made, secret = invite(session, Terms(tenant="acme"), now)
    claim(session, secret, now)

    give_back(session, made)

    assert claim(session, secret, now) == made
