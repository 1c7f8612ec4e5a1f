"""What a platform's results mean as facts, beside what the log says already."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import Fact
from jobs.attempts import Basis, Kept, Told, news_of_all
from lti.grades import Result
from lti.items import SOURCE
from models import Contribution

KINDS = ("graded", "completed")
"""What a result with a score is: LTI has no other word for completion."""
CLEARED_UNASKED = 5
CLEARED_SHARE = 30


@dataclass(frozen=True)
class Marker:
    """Makes facts of results of one item, seen at one moment."""

    context_id: int
    item_id: int
    seen_at: datetime
    basis: Basis
    """What the platform's dates say, where it gives one."""

    def facts(self, member: int, result: Result) -> Iterator[Told]:
        """Yield a `graded` and a `completed` fact; both withdrawn if it was cleared.

        The learner acted when the platform says so, but not in the future; else when
        we first saw it.
        """
        acted_at = min(result.acted_at or self.seen_at, self.seen_at)
        basis = self.basis if result.acted_at else "nothing"
        status = "withdrawn" if result.score is None else "normal"
        mark = (result.score, result.maximum)
        for kind, some in zip(KINDS, (mark, (None, None)), strict=True):
            yield Told(self._fact(member, kind, acted_at, status, some), basis)

    def again(self, member: int, log: "Log") -> Iterator[Told]:
        """Yield what the log says of somebody: what nobody contradicts stays."""
        for kind in KINDS:
            for one in log.kept.get((member, kind), ()):
                if one.content[0] == "normal":
                    _, score, maximum, seconds = one.content
                    mark = (score, maximum)
                    fact = self._fact(member, kind, one.occurred_at, "normal", mark)
                    yield Told(replace(fact, seconds=seconds), self.basis)

    def _fact(
        self,
        member: int,
        kind: str,
        acted_at: datetime,
        status: str,
        mark: tuple[int | None, int | None],
    ) -> Fact:
        return Fact(
            context_id=self.context_id,
            membership_id=member,
            item_id=self.item_id,
            kind=kind,
            status=status,
            score=mark[0],
            maximum=mark[1],
            occurred_at=acted_at,
            seen_at=self.seen_at,
            source=SOURCE,
        )


@dataclass(frozen=True)
class Log:
    """What is known of one item: each member's current facts by their kind."""

    kept: dict[tuple[int, str], list[Kept]]

    def news(self, seen: Iterable[Told]) -> list[Fact]:
        """Return the facts that would change the log; somebody's rows come together.

        Most of an hour's results are known: they must not cost a transaction.
        """
        rows: dict[tuple[int, str], list[Told]] = {}
        for told in seen:
            rows.setdefault(told.place, []).append(told)
        return [
            fact
            for place, theirs in rows.items()
            for fact in news_of_all(theirs, self.kept.get(place, ()))
        ]

    def graded(self) -> set[int]:
        """Return who has a score now that the platform told."""
        return {
            member
            for (member, kind), attempts in self.kept.items()
            if kind == "graded"
            and any(one.is_there and one.is_ours for one in attempts)
        }


def log_of(session: Session, context_id: int, item_id: int) -> Log:
    """Read what is known of an item, in one query."""
    query = sa.select(
        Contribution.membership_id,
        Contribution.kind,
        Contribution.fact_key,
        Contribution.occurred_at,
        Contribution.status,
        Contribution.score,
        Contribution.maximum,
        Contribution.seconds,
        Contribution.source,
    ).where(
        Contribution.context_id == context_id,
        Contribution.item_id == item_id,
        Contribution.kind.in_(KINDS),
        Contribution.superseded_at.is_(None),
    )
    kept: dict[tuple[int, str], list[Kept]] = {}
    for row in session.execute(query):
        attempt = row.fact_key.split(":", 2)[2]
        content = (row.status, row.score, row.maximum, row.seconds)
        place = (row.membership_id, row.kind)
        one = Kept(attempt, row.occurred_at, content, row.source == SOURCE)
        kept.setdefault(place, []).append(one)
    return Log(kept)


def are_believable(cleared: Collection[int], graded: Collection[int]) -> bool:
    """Tell whether so many scores may vanish at once without a human's word."""
    is_many = len(cleared) * 100 > len(graded) * CLEARED_SHARE
    return len(cleared) < CLEARED_UNASKED or not is_many
