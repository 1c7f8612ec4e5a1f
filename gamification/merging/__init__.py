"""Two users who are one person: their places become one, and two again."""

from gamification.merging.people import MergeRefused, Pair, merge, unmerge

__all__ = ["MergeRefused", "Pair", "merge", "unmerge"]
