"""A board for who is not in the course: a program, an assistant, and the operator."""

from gamification.standings.places import OUTSIDE, Viewer
from models import OPERATOR, Context, Membership


def outsider(context: Context) -> Viewer:
    """Return the viewer of a board who is nobody: the top rows, by alias alone."""
    return Viewer(_nobody(context), OUTSIDE)


def operator(context: Context) -> Viewer:
    """Return the viewer who runs Laurel: any group and league as staff do, by alias."""
    return Viewer(_nobody(context), OPERATOR)


def _nobody(context: Context) -> Membership:
    # Never added to a session: no row of the course has this number.
    nobody = Membership(id=0, context_id=context.id, role="observer", status="active")
    nobody.context = context
    return nobody
