"""Small transactions between slow calls: nobody waits while a platform thinks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from jobs.freshness import Tally
from jobs.turns import Turn
from lti.connector import StrictServiceConnector
from models import Context
from models.locks import lock_course, retried

Result = TypeVar("Result")
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Course:
    """What is needed to ask a platform about a course, apart from any session."""

    id: int
    lti_id: str
    memberships_url: str
    lineitems_url: str
    ags_scopes: tuple[str, ...]

    @classmethod
    def of(cls, context: Context) -> "Course":
        return cls(
            context.id,
            context.lti_id,
            context.memberships_url or "",
            context.lineitems_url or "",
            tuple(context.ags_scopes),
        )


@dataclass(frozen=True)
class Consent:
    """What a human believes of a platform, however unlikely it looks."""

    leavers: bool = False
    cleared: bool = False


@dataclass(frozen=True)
class Step:
    """One source of one course on its way to us."""

    turn: Turn
    course: Course
    connector: StrictServiceConnector
    tally: Tally
    consent: Consent
    word: datetime | None = None
    """When a human said so, where that was for this reading alone."""
    present: set[str] = field(default_factory=set)
    """Whom the roster names, by the platform's ids, once this run has read it whole."""

    @property
    def session(self) -> Session:
        return self.turn.session

    def written(self, work: Callable[[Context], Result]) -> Result:
        """Do a piece of work as `written` does, and renew the turn with it."""

        def renewed(context: Context) -> Result:
            self.turn.renew()
            return work(context)

        return written(self.session, self.course.id, renewed)


def written(
    session: Session, course_id: int, work: Callable[[Context], Result]
) -> Result:
    """Lock a course, do a piece of work on it as it is now, and commit.

    What fails is rolled back. What PostgreSQL broke off is done again: whatever the
    work leaves outside the database must come out the same the second time.
    """

    def whole() -> Result:
        lock_course(session, course_id)
        done = work(session.get_one(Context, course_id, populate_existing=True))
        session.commit()
        return done

    session.rollback()
    try:
        return retried(session, whole)
    finally:
        session.rollback()


def chunks(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """Cut a sequence into pieces of at most `size`."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
