"""The platforms a campus can look like: one package each over a neutral core."""

from campus.shapes.base import Shape
from campus.shapes.canvas import Canvas
from campus.shapes.moodle import Moodle

SHAPES: dict[str, Shape] = {shape.name: shape for shape in (Moodle(), Canvas())}


def shape_named(name: str) -> Shape:
    """Return a shape, `moodle` or `canvas`; any other name raises ValueError."""
    if name not in SHAPES:
        message = f"no shape is called {name!r}; there are {', '.join(SHAPES)}"
        raise ValueError(message)
    return SHAPES[name]
