"""Aliases: one for everybody, by chance, unique in the course and for good."""

from random import Random

from sqlalchemy.orm import Session

from gamification.standings import assign_aliases
from tests.factories import a_context, a_member


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- a test wants to know what comes


def test_everybody_gets_an_alias_that_is_unique_in_the_course(session: Session) -> None:
    context = a_context(session)
    people = [a_member(session, of=context) for _ in range(60)]
    others = [
        a_member(session, of=context, role="instructor"),
        a_member(session, of=context, status="left"),
        a_member(session),
    ]

    given = assign_aliases(session, context, chance(7))

    aliases = {person.alias for person in people}
    assert (given, len(aliases), "" in aliases) == (60, 60, False)
    assert [person.alias for person in others] == ["", "", ""]


def test_an_alias_stays_for_good(session: Session) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    assign_aliases(session, context, chance(1))
    first = ada.alias
    ben = a_member(session, of=context)

    given = assign_aliases(session, context, chance(1))

    assert (given, ada.alias) == (1, first)
    assert ben.alias not in {"", first}


def test_an_alias_is_decided_by_chance_alone(session: Session) -> None:
    contexts = [a_context(session) for _ in range(3)]
    people = [[a_member(session, of=context) for _ in range(3)] for context in contexts]

    for context, seed in zip(contexts, (1, 1, 2), strict=True):
        assign_aliases(session, context, chance(seed))

    first, same, other = [[person.alias for person in group] for group in people]
    assert first == same
    assert first != other


def test_only_those_asked_for_get_an_alias(session: Session) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)

    assign_aliases(session, context, chance(1), [ben.id])

    assert (ada.alias == "", ben.alias == "") == (True, False)


class Stubborn(Random):
    """Chance that always falls the same way."""

    def choice(self, seq):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 -- Random's own is generic
        return seq[0]


def test_when_pairs_run_out_aliases_are_numbered(session: Session) -> None:
    context = a_context(session)
    people = [a_member(session, of=context) for _ in range(3)]

    assign_aliases(session, context, Stubborn())

    assert [person.alias for person in people] == [
        "Active Acorn",
        "Active Acorn 2",
        "Active Acorn 3",
    ]
