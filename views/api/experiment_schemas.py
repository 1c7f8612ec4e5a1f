"""The shapes of experiments: what a course compares, and what one sees of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from gamification.catalog.definitions import KEY
from gamification.experiments.assignment import MOST_WEIGHT
from gamification.experiments.planning import MOST_VARIANTS
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, CoursePath, SentBack

Key = Annotated[str, Field(pattern=f"^{KEY.pattern}$")]
Kind = Literal["board_form", "badge_set", "messages"]
State = Literal["off", "on", "ended"]
Weight = Annotated[int, Field(strict=True, ge=0, le=MOST_WEIGHT)]


class ExperimentPath(CoursePath):
    key: Key
    """The experiment's key: letters, digits, dots, dashes and underscores."""


class ExperimentChange(SentBack):
    """An experiment as it is to be, whole."""

    read_only = frozenset({"key", "created_at", "people"})
    model_config = example(
        kind="board_form", state="off", variants={"absolute": 50, "relative": 50}
    )

    kind: Kind
    """What differs between its variants."""
    state: State | None = None
    """Left out: as it is, and `off` for a new one. What has ended stays so."""
    variants: dict[Key, Weight] = Field(min_length=2, max_length=MOST_VARIANTS)
    """Their weights: how many of so many newcomers as they add up to, in the long run."""


class Experiment(Answer):
    """A question to a course: which of a few forms serves its people better."""

    model_config = example(
        key="board",
        kind="board_form",
        state="on",
        created_at="2026-11-22T10:00:00Z",
        variants={"absolute": 50, "relative": 50},
        people={"absolute": 12, "relative": 11},
    )

    key: str
    kind: Kind
    state: State
    created_at: datetime
    variants: dict[str, int]
    """Their weights; 0 for one that takes no newcomers."""
    people: dict[str, int]
    """How many learners have seen each, those who left the course since included."""


class ExperimentList(Answer):
    model_config = example(items=[shown(Experiment)], next=None)

    items: list[Experiment]
    next: None = None


class OwnVariant(Answer):
    """Which form of something the caller sees."""

    model_config = example(key="board", kind="board_form", variant="relative")

    key: str
    """The experiment's."""
    kind: Kind
    variant: str


class OwnVariants(Answer):
    """The caller's variants in what is on at the moment."""

    model_config = example(items=[shown(OwnVariant)], next=None)

    items: list[OwnVariant]
    next: None = None


class ExposureTold(Asked):
    """That the caller is shown what an experiment compares."""

    model_config = example(experiment="board")

    experiment: Key
    """Its key."""
