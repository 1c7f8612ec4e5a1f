"""Which of a few forms somebody sees: the same every time, and written down."""

from gamification.experiments.assignment import Share, assigned
from gamification.experiments.exposure import add_variant, plan, variant_of

__all__ = ["Share", "add_variant", "assigned", "plan", "variant_of"]
