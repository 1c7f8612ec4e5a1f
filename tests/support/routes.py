"""Every route there is: who may enter it, and with what body."""

from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.claims import Terms, make_code
from models import Badge, ClaimCode, Membership
from tests.factories import a_context, a_member, a_user
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.documents import COMPLIANCE
from tests.support.experiments import PLAN, a_running_experiment
from tests.support.merging import a_merge
from tests.support.webhooks import a_delivery, a_webhook

PUBLIC = {
    "GET /api/v1/openapi.json",
    "GET /health/live",
    "GET /health/ready",
    "GET /lti/again/<registration>",
    "GET /lti/canvas.json",
    "GET /lti/canvas/<registration>.json",
    "GET /lti/jwks.json",
    "GET /lti/login",
    "GET /lti/login/<registration>",
    "GET /lti/register",
    "GET /lti/register/<invitation>",
    "GET /lti/setup",
    "GET /lti/setup/<registration>",
    "GET /static/<path:filename>",
    "GET /static/v-<digest>/<path:name>",
    "POST /lti/launch",
    "POST /lti/launch/finish",
    "POST /lti/login",
    "POST /lti/login/<registration>",
    "POST /lti/notices",
}
EVERYONE = {"learner", "assistant", "instructor", "admin", "observer"}
PEOPLE = EVERYONE - {"observer"}
STAFF = {"assistant", "instructor", "admin"}
KEY = {"key"}
"""API keys, with the permission that the operation asks for."""
TEACHERS = {"instructor", "admin"}
ALLOWED = {
    "DELETE /api/v1/courses/<course_id>/awards/<award_id>": TEACHERS | KEY,
    "DELETE /api/v1/courses/<course_id>/codes/<code_id>": TEACHERS,
    "DELETE /api/v1/webhooks/<webhook_id>": KEY,
    "GET /api/me/badges": PEOPLE,
    "GET /api/v1/audit": KEY,
    "GET /api/v1/audit/head": KEY,
    "GET /api/v1/courses": KEY,
    "GET /api/v1/courses/<course_id>/awards": PEOPLE | KEY,
    "GET /api/v1/courses/<course_id>/awards/<award_id>": PEOPLE | KEY,
    "GET /api/v1/courses/<course_id>/badge-documents": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/badges": PEOPLE | KEY,
    "GET /api/v1/courses/<course_id>/badges/<key>": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/badges/<key>/standing": PEOPLE | KEY,
    "GET /api/v1/courses/<course_id>/codes": STAFF,
    "GET /api/v1/courses/<course_id>/codes/<code_id>": STAFF,
    "GET /api/v1/courses/<course_id>/configuration": STAFF,
    "GET /api/v1/courses/<course_id>/digest": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/imports/sources": TEACHERS,
    "GET /api/v1/courses/<course_id>/groups": PEOPLE,
    "GET /api/v1/courses/<course_id>/lists": PEOPLE,
    "GET /api/v1/courses/<course_id>/events": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/experiments": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/experiments/<key>": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/items": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/written-badges": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/item-sets": STAFF,
    "GET /api/v1/courses/<course_id>/leaderboard": PEOPLE | KEY,
    "GET /api/v1/courses/<course_id>/calendar": PEOPLE,
    "GET /api/v1/courses/<course_id>/levels": PEOPLE,
    "GET /api/v1/courses/<course_id>/members": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/messages": STAFF,
    "GET /api/v1/courses/<course_id>/scoring": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/settings": STAFF | KEY,
    "GET /api/v1/courses/<course_id>/sync": STAFF | KEY,
    "GET /api/v1/me": PEOPLE,
    "GET /api/v1/me/notifications": PEOPLE,
    "GET /api/v1/me/notifications/preferences": PEOPLE,
    "GET /api/v1/me/board": {"learner"},
    "GET /api/v1/me/data": PEOPLE,
    "GET /api/v1/me/history": PEOPLE,
    "GET /api/v1/courses/<course_id>/members/<user_id>/excused": STAFF,
    "GET /api/v1/me/progress": PEOPLE,
    "GET /api/v1/me/standing": PEOPLE,
    "GET /api/v1/me/variants": PEOPLE,
    "GET /api/v1/merges": KEY,
    "GET /api/v1/merges/<merge_id>": KEY,
    "GET /api/v1/webhooks": KEY,
    "GET /api/v1/webhooks/<webhook_id>": KEY,
    "GET /api/v1/webhooks/<webhook_id>/deliveries": KEY,
    "GET /lti/deep-linking/preview": STAFF,
    "GET /panel/badges": EVERYONE,
    "GET /panel/badges/<key>": PEOPLE,
    "GET /panel/class": STAFF,
    "GET /panel/leaderboard": EVERYONE,
    "GET /panel/manage": STAFF,
    "GET /panel/overview": EVERYONE,
    "POST /api/session": EVERYONE,
    "POST /api/v1/courses/<course_id>/awards": TEACHERS | KEY,
    "POST /api/v1/courses/<course_id>/awards/<award_id>/lift": TEACHERS | KEY,
    "POST /api/v1/courses/<course_id>/awards/import": TEACHERS,
    "POST /api/v1/courses/<course_id>/badge-documents": TEACHERS,
    "POST /api/v1/courses/<course_id>/badges/<key>/reset": TEACHERS,
    "POST /api/v1/courses/<course_id>/badges/preview": TEACHERS,
    "POST /api/v1/courses/<course_id>/codes": TEACHERS,
    "POST /api/v1/courses/<course_id>/messages/preview": TEACHERS,
    "POST /api/v1/courses/<course_id>/scoring/preview": TEACHERS,
    "POST /api/v1/courses/<course_id>/configuration/preview": TEACHERS,
    "POST /api/v1/courses/<course_id>/events": TEACHERS | KEY,
    "POST /api/v1/courses/<course_id>/imports": TEACHERS,
    "POST /api/v1/courses/<course_id>/imports/dismiss": TEACHERS,
    "POST /api/v1/courses/<course_id>/imports/preview": TEACHERS,
    "POST /api/v1/courses/<course_id>/recompute": TEACHERS,
    "POST /api/v1/courses/<course_id>/sync": TEACHERS,
    "POST /api/v1/me/alias": {"learner"},
    "POST /api/v1/me/claims": {"learner"},
    "POST /api/v1/me/exposures": PEOPLE,
    "POST /api/v1/me/notifications/seen": PEOPLE,
    "POST /api/v1/merges": KEY,
    "POST /api/v1/merges/<merge_id>/reversal": KEY,
    "POST /api/v1/webhooks": KEY,
    "POST /api/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/retry": KEY,
    "POST /lti/deep-linking": STAFF,
    "PUT /api/v1/courses/<course_id>/awards/<award_id>": TEACHERS | KEY,
    "PUT /api/v1/courses/<course_id>/configuration": TEACHERS,
    "PUT /api/v1/courses/<course_id>/badges/<key>": TEACHERS,
    "PUT /api/v1/courses/<course_id>/experiments/<key>": TEACHERS,
    "PUT /api/v1/courses/<course_id>/groups": TEACHERS,
    "PUT /api/v1/courses/<course_id>/item-sets": TEACHERS,
    "PUT /api/v1/courses/<course_id>/messages": TEACHERS,
    "PUT /api/v1/courses/<course_id>/scoring": TEACHERS,
    "PUT /api/v1/courses/<course_id>/calendar": TEACHERS,
    "PUT /api/v1/courses/<course_id>/levels": TEACHERS,
    "PUT /api/v1/courses/<course_id>/members/<user_id>/excused": TEACHERS,
    "PUT /api/v1/courses/<course_id>/settings": TEACHERS,
    "PUT /api/v1/me/board": {"learner"},
    "PUT /api/v1/me/notifications/preferences": PEOPLE,
}
IDS = {
    "<user_id>": "ada",
    "<key>": "author",
    "<award_id>": "the-award",
    "<code_id>": "the-code",
    "<merge_id>": "the-merge",
    "<webhook_id>": "the-webhook",
    "<delivery_id>": "the-delivery",
}
"""What the ids in addresses are in the cast's course."""
CODE = "2345-6789-ABCD"
EARLIER = {"course": "the-earlier"}
BODIES: dict[str, object] = {
    "DELETE /api/v1/courses/<course_id>/awards/<award_id>": {"reason": "copied"},
    "POST /api/v1/courses/<course_id>/awards": {"badge": "author", "user": "ada"},
    "POST /api/v1/courses/<course_id>/awards/import": "user,badge\nada,author\n",
    "POST /api/v1/courses/<course_id>/badge-documents": {"items": [COMPLIANCE]},
    "POST /api/v1/courses/<course_id>/badges/preview": {
        "metric": "events",
        "threshold": 1,
    },
    "POST /api/v1/courses/<course_id>/codes": {
        "badge": "author",
        "uses": 1,
        "expires_at": "2030-01-01T00:00:00Z",
    },
    "POST /api/v1/courses/<course_id>/events": {
        "user": "ada",
        "kind": "submitted",
        "occurred_at": "2026-11-20T09:30:00Z",
    },
    "POST /api/v1/courses/<course_id>/imports": EARLIER,
    "POST /api/v1/courses/<course_id>/imports/dismiss": EARLIER,
    "POST /api/v1/courses/<course_id>/imports/preview": EARLIER,
    "POST /api/v1/me/claims": {"code": CODE},
    "POST /api/v1/me/exposures": {"experiment": "author"},
    "POST /api/v1/merges": {"kept": "cleo", "merged": "dora"},
    "POST /api/v1/webhooks": {"url": "https://badges.example/laurel"},
    "POST /lti/deep-linking": {"items": []},
    "PUT /api/v1/courses/<course_id>/awards/<award_id>": {"expires_at": None},
    "POST /api/v1/courses/<course_id>/messages/preview": {"messages": {}},
    "PUT /api/v1/courses/<course_id>/messages": {"messages": {}},
    "POST /api/v1/courses/<course_id>/scoring/preview": {"weights": []},
    "PUT /api/v1/courses/<course_id>/scoring": {"weights": []},
    "PUT /api/v1/courses/<course_id>/badges/<key>": {
        "metric": "events",
        "threshold": 1,
    },
    "PUT /api/v1/courses/<course_id>/experiments/<key>": {**PLAN, "state": "on"},
    "PUT /api/v1/courses/<course_id>/groups": {"kind": "team", "groups": []},
    "PUT /api/v1/courses/<course_id>/item-sets": {"sets": []},
    "PUT /api/v1/courses/<course_id>/calendar": {"breaks": []},
    "PUT /api/v1/courses/<course_id>/levels": {"base": 20, "growth": 1.5},
    "PUT /api/v1/courses/<course_id>/members/<user_id>/excused": {"periods": []},
    "PUT /api/v1/courses/<course_id>/settings": {"enabled": True},
    "PUT /api/v1/me/board": {"joined": True},
    "PUT /api/v1/me/notifications/preferences": {"off": []},
}


def cast(session: Session, member: Membership) -> None:
    """Let the table's ids be there: people, an award, a code, an earlier course."""
    tenant = member.context.tenant
    for name in ("cleo", "dora"):
        a_user(session, tenant=tenant).public_id = name
    a_merge(session, tenant, "the-merge")
    earlier = a_context(session, registration=member.context.registration)
    earlier.public_id = "the-earlier"
    values = {"user_id": member.user_id, "role": "instructor", "first_seen_at": NOW}
    session.add(Membership(context_id=earlier.id, **values))
    ada = a_member(session, of=member.context)
    ada.user.public_id = "ada"
    # Whoever asks for another alias has one.
    member.alias = "Keen Kestrel"
    query = sa.select(Badge).where(Badge.context_id == member.context_id)
    author, first, *_ = session.scalars(query.order_by(Badge.key))
    assert author.key == "author"
    owner = member if member.role == "learner" else ada
    award = an_award(session, owner, first)
    award.public_id = "the-award"
    webhook = a_webhook(session, tenant, "the-webhook")
    a_delivery(session, webhook, award, "the-delivery")
    a_running_experiment(session, member.context, "author")
    terms = Terms("author", 1, NOW + timedelta(days=1))
    made = make_code(session, member.context, terms, "iris", NOW)
    assert made is not None
    session.execute(
        sa.update(ClaimCode).values(
            public_id="the-code",
            code_hash=sha256(CODE.replace("-", "").encode()).hexdigest(),
        )
    )
