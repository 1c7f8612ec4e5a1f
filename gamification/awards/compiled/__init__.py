"""A rule as one query over a course: who meets it, and how far everybody is."""

from gamification.awards.compiled.frames import Frame, frame_of
from gamification.awards.compiled.parts import Part, part_of
from gamification.awards.compiled.queries import (
    Measured,
    Ruled,
    measured,
    met,
    who_meet,
)

__all__ = [
    "Frame",
    "Measured",
    "Part",
    "Ruled",
    "frame_of",
    "measured",
    "met",
    "part_of",
    "who_meet",
]
