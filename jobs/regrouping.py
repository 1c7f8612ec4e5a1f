"""Sections and groups out of a roster that was read whole."""

from collections import defaultdict
from collections.abc import Mapping

from gamification.metrics.people import people_of
from gamification.standings.groups import (
    GroupTold,
    has_groups_from,
    set_groups,
)
from jobs.clock import now
from jobs.steps import Step
from lti.groups import Groups, told_by_all
from models import Context

OURS = "lms:"
"""Before the key of each group that a platform told."""


def regroup(step: Step, told: Mapping[str, Groups]) -> None:
    """Make a course's sections and groups those of a whole roster, by platform ids.

    A kind of which somebody's were not told stays as it is, and so does one of which
    the platform never named any: an instructor may have told those.
    """
    kinds = sorted(told_by_all(told.values()))
    if not kinds:
        return

    def write(context: Context) -> None:
        found = people_of(step.session, context, set(told))
        members = {sub: person.membership_id for sub, person in found.items()}
        for kind in kinds:
            groups = _groups(kind, told, members)
            if groups or has_groups_from(step.session, context, kind, OURS):
                set_groups(step.session, context, kind, groups, now())

    step.written(write)


def _groups(
    kind: str, told: Mapping[str, Groups], members: Mapping[str, int]
) -> list[GroupTold]:
    """Put together who is in what; a name is the first that somebody's row has."""
    people: dict[str, set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    for sub in sorted(told.keys() & members.keys()):
        for part in told[sub][kind]:
            people[part.key].add(members[sub])
            names[part.key] = names.get(part.key) or part.name
    return [
        GroupTold(f"{OURS}{key}", names[key], frozenset(people[key]))
        for key in sorted(people)
    ]
