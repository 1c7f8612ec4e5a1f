"""Any badges as documents: what was kept is told as it came, wherever it goes next."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.catalog import Catalog, Criterion
from gamification.catalog.definitions import POLICIES
from gamification.catalog.foreign import LONGEST_TEXT
from gamification.copying.documents import documents_of
from gamification.copying.drafting import keep_drafts
from models import Context
from models.texts import one_line
from tests.factories import a_context, a_registration
from tests.properties.trees import TREES
from tests.support.clock import NOW

EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
ANY = st.text(max_size=20)
SHOWN = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=16
).filter(lambda text: text == text.strip())
NAMES = SHOWN.map(one_line).filter(bool)
"""One line of what can be seen: the rest is not shown, and not told."""
KEPT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda text: text.strip() and len(text) <= LONGEST_TEXT)
THEIRS = st.fixed_dictionaries(
    {"badge_id": KEYS, "name": KEPT, "criteria": KEPT},
    optional={"description": st.none() | KEPT, "expiration_date": st.none()},
)
OURS = st.fixed_dictionaries(
    {
        "key": KEYS,
        "label": NAMES,
        "icon": NAMES,
        "description": SHOWN,
        "criterion": TREES.map(lambda rule: Criterion.from_json(rule).to_document()),
        "policy": st.sampled_from(POLICIES),
    },
    optional={"valid_days": st.integers(1, 400), "source": THEIRS},
)
WHATEVER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(ANY, parts, max_size=3),
    max_leaves=5,
)
SPOILT = st.tuples(THEIRS | OURS, st.sampled_from([*"ab"]) | ANY, WHATEVER).map(
    lambda parts: {**parts[0], parts[1]: parts[2]}
)
SURROGATES = st.sampled_from(["\ud800", "x\udfff", "\0", "a\0b"])
HALVED = st.tuples(
    THEIRS | OURS, st.sampled_from(["badge_id", "key", "name", "label"]), SURROGATES
).map(lambda parts: {**parts[0], parts[1]: parts[2]})


def courses(session: Session) -> tuple[Context, Context]:
    registration = a_registration(session)
    return (
        a_context(session, registration=registration),
        a_context(session, registration=registration),
    )


def key_of(document: dict[str, Any]) -> str:
    key: str = document.get("badge_id") or document["key"]
    return key


def bring(session: Session, course: Context, documents: list[Any]) -> list[str]:
    outcomes = keep_drafts(session, course, documents, Catalog(), NOW)
    return [one.outcome for one in outcomes]


@EXAMPLES
@given(documents=st.lists(THEIRS | OURS, max_size=4, unique_by=key_of))
def test_what_is_kept_is_told_as_it_came_and_known_when_it_comes_again(
    session: Session, documents: list[dict[str, Any]]
) -> None:
    here, there = courses(session)

    assert bring(session, here, documents) == ["kept"] * len(documents)
    assert documents_of(session, here) == documents
    assert bring(session, here, documents) == ["known"] * len(documents)
    assert bring(session, there, documents_of(session, here)) == ["kept"] * len(
        documents
    )
    assert documents_of(session, there) == documents


@EXAMPLES
@given(documents=st.lists(WHATEVER | SPOILT | HALVED | THEIRS, max_size=6))
def test_whatever_comes_is_answered_one_by_one_and_what_is_told_can_come_again(
    session: Session, documents: list[Any]
) -> None:
    here, there = courses(session)

    outcomes = bring(session, here, documents)
    told = documents_of(session, here)

    assert len(outcomes) == len(documents)
    assert outcomes.count("kept") == len(told)
    assert bring(session, there, told) == ["kept"] * len(told)
    assert documents_of(session, there) == told
