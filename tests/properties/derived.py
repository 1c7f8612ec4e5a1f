"""What is derived from the log, and a class in which people turn out to be one."""

from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Earned, Histogram, Membership, PersonalBest, PersonMerge, Standing
from tests.support.merging import merged, parted

Derived = dict[str, Counter[tuple[Any, ...]]]


def derived(session: Session) -> Derived:
    """Return everything derived but the moment it was written down."""
    standing = (
        *(Standing.membership_id, Standing.period, Standing.audience),
        *(Standing.points, Standing.events, Standing.completed),
    )
    people = (
        *(Histogram.period, Histogram.audience),
        *(Histogram.points, Histogram.people),
    )
    best = (
        *(PersonalBest.membership_id, PersonalBest.kind),
        *(PersonalBest.value, PersonalBest.maximum, PersonalBest.place),
    )
    tables: dict[str, sa.Select[*tuple[Any, ...]]] = {
        "earned": sa.select(Earned.__table__),
        "standings": sa.select(*standing),
        "histograms": sa.select(*people),
        "bests": sa.select(*best),
    }
    return {
        name: Counter(map(tuple, session.execute(query)))
        for name, query in tables.items()
    }


class People:
    """Members of one course, some of whom are one person for a while."""

    def __init__(self, session: Session, members: list[Membership]) -> None:
        self._session, self._members = session, members
        self._merges: list[tuple[int, PersonMerge]] = []
        self._homes: dict[int, int] = {}

    def __getitem__(self, who: int) -> Membership:
        """Return the place where what somebody does arrives."""
        while who in self._homes:
            who = self._homes[who]
        return self._members[who]

    def merge(self, kept: int, gone: int, now: datetime) -> None:
        """Let two be one; who is somebody else already is nobody to merge."""
        if kept == gone or {kept, gone} & self._homes.keys():
            return
        row = merged(self._session, self._members[kept], self._members[gone], now)
        self._merges.append((gone, row))
        self._homes[gone] = kept

    def part(self, now: datetime) -> None:
        """Take the last merge back, if there is one."""
        if self._merges:
            gone, row = self._merges.pop()
            parted(self._session, row, now)
            del self._homes[gone]
