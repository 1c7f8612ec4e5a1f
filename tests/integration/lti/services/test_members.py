"""Two writers meet over the same person: one user remains."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti import members
from lti.roster import Member
from models import Context, LaunchSession, Membership, User, UserIdentity
from tests.factories import a_context
from tests.support.clock import NOW
from tests.support.databases import Databases

ADA = Member("ada", "Ada Ahorn", "learner")


def count(session: Session, model: type[User | UserIdentity | Membership]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_an_empty_page_is_nothing_to_write(session: Session) -> None:
    stored = members.store(session, a_context(session), [], NOW)

    assert (stored.new, stored.written) == ((), ())


def test_a_person_is_written_down_once(session: Session) -> None:
    context = a_context(session)

    first = members.store(session, context, [ADA], NOW)
    second = members.store(session, context, [ADA], NOW)

    assert (len(first.new), second.written) == (1, ())
    assert count(session, User) == count(session, UserIdentity) == 1


def test_people_are_written_in_one_order_whatever_the_roster_s(
    session: Session,
) -> None:
    context = a_context(session)
    zoe = Member("zoe", "Zoe Zander", "learner")

    members.store(session, context, [zoe, ADA], NOW)

    written = session.scalars(sa.select(UserIdentity.sub).order_by(UserIdentity.id))
    assert written.all() == ["ada", "zoe"]


def test_a_public_id_of_the_roster_is_hexadecimal_like_any_other(
    session: Session,
) -> None:
    members.store(session, a_context(session), [ADA], NOW)

    [public_id] = session.scalars(sa.select(User.public_id))
    assert (len(public_id), set(public_id) - set("0123456789abcdef")) == (22, set())


def test_who_came_back_while_the_roster_was_read_does_not_leave(
    session: Session,
) -> None:
    context = a_context(session)
    members.store(session, context, [ADA], NOW)
    began, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    before = members.absent_from(session, context, set(), began)
    opened = LaunchSession(
        token_hash=context.public_id,
        registration_id=context.registration_id,
        deployment_id=context.deployment_id,
        context_id=context.id,
        membership_id=session.scalars(sa.select(Membership.id)).one(),
        role="learner",
        created_at=later,
        last_used_at=later,
        expires_at=later,
    )
    session.add(opened)
    session.flush()

    after = members.absent_from(session, context, set(), began)

    assert (len(before.members), after.members) == (1, ())


@pytest.mark.postgres
def test_a_launch_elsewhere_may_be_first(databases: Databases) -> None:
    """SQLite has one writer; on PostgreSQL another course's may come between."""
    with databases.fresh("postgresql") as database:
        engine = sa.create_engine(database.url)
        with Session(engine) as session:
            context = a_context(session)
            session.commit()
            _let_a_launch_come_between(engine, context)

            stored = members.store(session, context, [ADA], NOW)
            session.commit()

            assert len(stored.new) == 1
            assert session.scalars(sa.select(Membership.name)).all() == ["Ada Ahorn"]
            assert (
                session.scalars(sa.select(User.id)).all()
                == session.scalars(sa.select(Membership.user_id)).all()
            )
        engine.dispose()


def _let_a_launch_come_between(engine: sa.Engine, context: Context) -> None:
    """Have somebody else write Ada down just before we do."""
    registration_id, tenant_id = context.registration_id, context.tenant_id

    is_to_come = [True]

    def launch(*arguments: object) -> None:
        writes = str(arguments[2]).startswith("INSERT INTO user_identity")
        if not writes or not is_to_come:
            return
        is_to_come.clear()
        with Session(engine) as other:
            user = User(tenant_id=tenant_id, created_at=NOW)
            other.add(user)
            other.flush()
            identity = UserIdentity(
                registration_id=registration_id, sub=ADA.sub, user_id=user.id
            )
            other.add(identity)
            other.commit()

    sa.event.listen(engine, "before_cursor_execute", launch)
