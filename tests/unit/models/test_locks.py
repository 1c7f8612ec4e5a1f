"""What the database broke off is done again, and nothing else is."""

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors
from sqlalchemy.orm import Session

from models import locks
from models.locks import retried


def failing(fault: psycopg.Error, times: int) -> list[sa.exc.DBAPIError]:
    return [sa.exc.DBAPIError("UPDATE", {}, fault) for _ in range(times)]


def done_at_last(session: Session, faults: list[sa.exc.DBAPIError]) -> str:
    def work() -> str:
        if faults:
            raise faults.pop()
        return "done"

    return retried(session, work)


@pytest.mark.parametrize(
    "fault", [errors.DeadlockDetected(), errors.SerializationFailure()]
)
def test_the_fourth_try_may_be_the_one(
    fault: psycopg.Error, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PAUSES", (1, 1, 1))

    assert done_at_last(session, failing(fault, 3)) == "done"
    with pytest.raises(sa.exc.DBAPIError):
        done_at_last(session, failing(fault, 4))


def test_what_is_wrong_by_itself_is_not_tried_again(session: Session) -> None:
    faults = failing(errors.UniqueViolation(), 2)

    with pytest.raises(sa.exc.DBAPIError):
        done_at_last(session, faults)

    assert len(faults) == 1
