"""The shapes of made-up names."""

from views.api.examples import example
from views.api.schemas import Answer, Asked


class AliasWanted(Asked):
    """Nothing has to be said: nobody chooses their alias."""

    model_config = example()


class Alias(Answer):
    """The caller's made-up name, and how often they may have another today."""

    model_config = example(name="Keen Kestrel", left_today=2)

    name: str
    left_today: int
