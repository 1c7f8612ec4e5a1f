"""People whom two platforms know, by ids that mean somebody else at the other one."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import a_context, a_member, a_registration
from tests.support.grading import QUIZ, READING, grade, member_of, points
from tests.support.merging import merged
from tests.support.syncing import Desk


@pytest.mark.parametrize("is_older", [True, False])
@pytest.mark.parametrize("names", [("ada", "ben"), ("ben", "ada")])
def test_an_id_of_another_platform_is_nobodys_here(
    desk: Desk, session: Session, names: tuple[str, str], *, is_older: bool
) -> None:
    """Who is merged goes by the other's id there; whose row comes last is chance."""
    cast = desk.registered.cast
    one, other = (getattr(cast, name) for name in names)
    registration = a_registration(session, tenant=desk.context.tenant)
    elsewhere = a_context(session, registration=registration)
    if is_older:
        twin = a_member(session, of=elsewhere, sub=other.sub)
        desk.sync()
    else:
        desk.sync()
        twin = a_member(session, of=elsewhere, sub=other.sub)
    merged(session, member_of(desk, one), twin)
    grade(desk, cast.ada, 20)

    desk.sync()

    assert desk.facts() == {
        (cast.ada.sub, QUIZ): ("normal", 20_000_000, 20_000_000),
        (cast.ada.sub, READING): ("normal", 10_000_000, 10_000_000),
        (cast.ben.sub, QUIZ): ("normal", 12_000_000, 20_000_000),
    }
    # Three for each that is completed, and up to five for each mark.
    assert points(desk, cast.ada) == 16_000_000
    assert points(desk, cast.ben) == 6_000_000
