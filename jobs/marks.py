"""What a platform's results mean as facts, beside what the log says already."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import Fact
from lti.grades import Result
from lti.items import SOURCE
from models import Contribution

CLEARED_UNASKED = 5
CLEARED_SHARE = 30

Content = tuple[str, int | None, int | None, int | None]


@dataclass(frozen=True)
class Marker:
    """Makes facts of results of one item, seen at one moment."""

    context_id: int
    item_id: int
    seen_at: datetime

    def facts(self, member: int, result: Result) -> Iterator[Fact]:
        """Yield a `graded` and a `completed` fact; both withdrawn if it was cleared.

        LTI has no other word for completion. The learner acted when the platform
        says so, but not in the future; else when we first saw it.
        """
        acted_at = min(result.acted_at or self.seen_at, self.seen_at)
        status = "withdrawn" if result.score is None else "normal"
        yield self._fact(
            member, "graded", acted_at, status, (result.score, result.maximum)
        )
        yield self._fact(member, "completed", acted_at, status, (None, None))

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
    """What is known of one item: each member's current facts by their keys."""

    facts: dict[tuple[int, str], Content]

    def news(self, facts: Iterable[Fact]) -> list[Fact]:
        """Return the facts that would change the log.

        Most of an hour's results are known: they must not cost a transaction.
        """
        return [fact for fact in facts if self._is_news(fact)]

    def graded(self) -> set[int]:
        """Return who has a score now."""
        return {
            member
            for (member, key), (status, score, _, _) in self.facts.items()
            if key.startswith("graded:") and status == "normal" and score is not None
        }

    def _is_news(self, fact: Fact) -> bool:
        known = self.facts.get((fact.membership_id, fact.key))
        # What was never there need not be taken back.
        return fact.status != "withdrawn" if known is None else known != fact.content


def log_of(session: Session, context_id: int, item_id: int) -> Log:
    """Read what is known of an item, in one query."""
    query = sa.select(
        Contribution.membership_id,
        Contribution.fact_key,
        Contribution.status,
        Contribution.score,
        Contribution.maximum,
        Contribution.seconds,
    ).where(
        Contribution.context_id == context_id,
        Contribution.item_id == item_id,
        Contribution.kind.in_(["graded", "completed"]),
        Contribution.superseded_at.is_(None),
    )
    return Log({(row[0], row[1]): (*row[2:],) for row in session.execute(query)})


def are_believable(cleared: Collection[int], graded: Collection[int]) -> bool:
    """Tell whether so many scores may vanish at once without a human's word."""
    is_many = len(cleared) * 100 > len(graded) * CLEARED_SHARE
    return len(cleared) < CLEARED_UNASKED or not is_many
