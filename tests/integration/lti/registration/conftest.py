"""A platform to be registered, once of each shape."""

from collections.abc import Iterator

import pytest

from campus.state import Campus
from tests.support.clock import Clock
from tests.support.platform import a_campus


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Campus]:
    with a_campus(request.param, clock) as campus:
        yield campus
