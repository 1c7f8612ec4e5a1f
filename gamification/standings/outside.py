"""A board for who is not in the course: a program, or an assistant of the tenant."""

from gamification.standings.places import OUTSIDE, Viewer
from models import Context, Membership


def outsider(context: Context) -> Viewer:
    """Return the viewer of a board who is nobody: the top rows, by alias alone."""
    # Never added to a session: no row of the course has this number.
    nobody = Membership(id=0, context_id=context.id, role="observer", status="active")
    nobody.context = context
    return Viewer(nobody, OUTSIDE)
