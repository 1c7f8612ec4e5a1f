from itertools import product

import pytest

from gamification.switches import Switch, switch_of
from models import Context, Tenant


@pytest.mark.parametrize(
    ("environment", "tenant", "course"), list(product([True, False], repeat=3))
)
def test_it_is_on_when_all_three_switches_are(
    environment: bool, tenant: bool, course: bool
) -> None:
    context = Context(enabled=course, tenant=Tenant(enabled=tenant))

    switch = switch_of(context, environment=environment)

    assert switch.on == (environment and tenant and course)
    assert switch.on == (switch.off_by == ())


def test_it_names_the_switches_that_are_off() -> None:
    switch = Switch(environment=False, tenant=True, course=False)

    assert switch.off_by == ("environment", "course")


@pytest.mark.demand("A3")
def test_the_columns_of_a_new_tenant_and_course_are_off() -> None:
    assert Tenant.__table__.c.enabled.default.arg is False
    assert Context.__table__.c.enabled.default.arg is False
    assert Context.__table__.c.board_enabled.default.arg is False
