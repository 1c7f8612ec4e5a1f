"""The shapes of a recompute: what becomes of the past in, what came of it out."""

from typing import Literal

from pydantic import Field, StrictBool

from views.api.award_schemas import Moment
from views.api.examples import example
from views.api.rule_schemas import Past
from views.api.schemas import Answer, Asked
from views.api.scoring_schemas import BadgeCount


class PastOfAll(Past):
    """What becomes of what was before, for all of the course's badges in use."""

    since: Moment | None = Field(default=None, alias="from")
    """Facts before it count for no badge from now on; `null`: each begins as it did."""
    unmet: Literal["keep", "revoke"] = "keep"
    """`revoke` ends, once, what no rule of today justifies; never a person's gift."""
    notify: StrictBool = False
    """Tell who gains a badge and who loses one."""


class RecomputeWanted(Asked):
    """Left out: what is earned and missing is awarded, and nobody is told."""

    model_config = example(
        past={"from": None, "unmet": "revoke", "notify": False}, dry_run=True
    )

    past: PastOfAll = PastOfAll()
    dry_run: StrictBool = False
    """Say what would come of it, and write nothing."""


class Recomputed(Answer):
    """What came of it at once, or would, badge by badge and in all."""

    model_config = example(
        state="done",
        contributors=18,
        badges_awarded=2,
        badges_ended=0,
        gains=[{"badge": "helper", "people": 2}],
        losses=[],
        locked=[],
    )

    state: Literal["done", "tried"]
    contributors: int
    """So many people have done anything that counts."""
    badges_awarded: int
    badges_ended: int
    gains: list[BadgeCount]
    losses: list[BadgeCount]
    locked: list[str]
    """Badges that the organisation keeps as they are: the past stays theirs."""


class RecomputeAsked(Answer):
    """The course is large: it is done soon, in the background, and counted nowhere."""

    model_config = example(state="asked", locked=[])

    state: Literal["asked"] = "asked"
    locked: list[str]
    """Badges that the organisation keeps as they are: the past stays theirs."""
