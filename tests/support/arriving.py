"""A verified launch that arrives."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti.arrival import Arrival, Gate, arrive
from lti.launch import Launch
from models import (
    Registration,
)

LAUNCH = Launch(
    deployment_id="1",
    sub="17",
    name="Ada Ahorn",
    role="learner",
    context_id="3",
    context_title="Biology",
    context_label="BIO-1",
    resource_link_id="10",
    resource_link_title="Your badges",
    target_link_uri="https://tool.example/lti/launch",
    panel="overview",
    badge="",
    locale="en",
    family="moodle",
    return_url="https://school.example/course/3",
    memberships_url="https://lms.example/members",
    lineitems_url="https://lms.example/items",
    ags_scopes=("a", "b"),
)


def arrived(
    session: Session,
    registration: Registration,
    now: datetime,
    **changes: object,
) -> Arrival:
    launch = replace(LAUNCH, **changes)  # type: ignore[arg-type] # fields of a launch
    gate = Gate(registration_id=registration.id, development=False)
    return arrive(session, launch, gate, now)
