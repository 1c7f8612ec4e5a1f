"""The shapes of taking an earlier course's rules."""

from typing import Annotated

from pydantic import Field

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, PublicId

LONGEST_SHIFT = 3660


class ImportAsked(Asked):
    """The course to take from: another one that the caller teaches now."""

    model_config = example(course="5d1f…", shift_days=364)

    course: PublicId
    shift_days: Annotated[int, Field(ge=-LONGEST_SHIFT, le=LONGEST_SHIFT)] | None = None
    """By so many days the days in rules move; left out, by the distance of the two
    terms' starts."""


class DismissAsked(Asked):
    model_config = example(course="5d1f…")

    course: PublicId


class Pair(Answer):
    """An item of the earlier course, and the one here that is the same."""

    there: str
    here: str
    label: str


class CourseImported(Answer):
    """What comes along; twice is once."""

    model_config = example(
        changes=["The badge “Starter” (starter) is added: Contribute 3 times."],
        drafts=[],
        mapping=[{"there": "quiz-1", "here": "quiz-1", "label": "Quiz 1"}],
        dates=[],
        stays=[],
    )

    changes: list[str]
    """One sentence for each difference."""
    drafts: list[str]
    """The badges that come as drafts, and which items their rules lack."""
    mapping: list[Pair]
    dates: list[str]
    """What becomes of the days in rules."""
    stays: list[str]
    """What is not taken, and why."""


class Source(Answer):
    model_config = example(
        id="5d1f…", title="Biology 101", label="BIO-101", badges=4, proposed=True
    )

    id: str
    title: str
    label: str
    badges: int
    """How many badges are its own; those of the catalog are everywhere."""
    proposed: bool
    """The platform says that this course is a copy of it, and nobody decided yet."""


class SourceList(Answer):
    model_config = example(items=[shown(Source)], next=None)

    items: list[Source]
    next: None = None


class Dismissed(Answer):
    model_config = example(dismissed=True)

    dismissed: bool
    """False: nothing was proposed, or it was decided already."""
