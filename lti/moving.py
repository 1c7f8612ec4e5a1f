"""A platform at a new address: what lay under the old one lies under the new one."""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti import items
from lti.addresses import Origin, is_callable, origin
from lti.registrations import RegistrationRefused
from models import Context, ItemSource, Registration, ScoreItem

ADDRESSES = ("auth_login_url", "token_url", "jwks_url", "audience", "client_uri")
CALLED = {"auth_login_url", "token_url", "jwks_url"}
LONGEST_ISSUER, LONGEST_URL = 512, 1024


def move(
    session: Session, registration: Registration, issuer: str, *, development: bool
) -> dict[str, str]:
    """Give a platform that has moved its new issuer; return what was replaced.

    Whatever address of it lay under the old issuer lies under the new one, those of
    its courses' services and line items, too: an item by another address would be
    another item. What the operator said of the old host is true of the new one. Its
    courses and people stay what they are.

    Raises RegistrationRefused for an address we would never call, and for a platform
    that has its addresses elsewhere.
    """
    old, new = registration.issuer.rstrip("/"), issuer.rstrip("/")
    if len(issuer) > LONGEST_ISSUER or not is_callable(new, development=development):
        raise RegistrationRefused(f"{issuer[:LONGEST_ISSUER]} is not an https address.")
    was = {name: getattr(registration, name) for name in ADDRESSES}
    moved = {
        name: f"{new}{url.removeprefix(old)}"
        for name, url in was.items()
        if url and (url == old or url.startswith(f"{old}/"))
    }
    if not moved.keys() >= CALLED:
        raise RegistrationRefused(
            f"Its addresses are not under {old}: register it again, with "
            "`flask platform invite --update`."
        )
    if max(map(len, moved.values())) > LONGEST_URL:
        raise RegistrationRefused(f"An address under {new} would be too long.")
    replaced = {"issuer": registration.issuer, **{name: was[name] for name in moved}}
    for name, url in moved.items():
        setattr(registration, name, url)
    registration.issuer = issuer
    registration.key_set = registration.key_set_fetched_at = None
    _follow(registration, origin(old), origin(new))
    _move_courses(session, registration, old, new)
    return replaced


def _follow(registration: Registration, old: Origin, new: Origin) -> None:
    frames, hosts = {str(old): str(new)}, {old.host: new.host}
    for name, names in {
        "frame_origins": frames,
        "learned_origins": frames,
        "internal_hosts": hosts,
        "unproven_hosts": hosts,
    }.items():
        known = getattr(registration, name)
        if known is not None:
            setattr(registration, name, sorted({names.get(it, it) for it in known}))


def _move_courses(
    session: Session, registration: Registration, old: str, new: str
) -> None:
    """Rewrite the addresses that its courses' launches and line items told."""
    own = Context.registration_id == registration.id
    courses = sa.select(Context.id).where(own)
    for column, condition in (
        (Context.memberships_url, own),
        (Context.lineitems_url, own),
        (
            ItemSource.external_id,
            ItemSource.context_id.in_(courses) & (ItemSource.source == items.SOURCE),
        ),
        (ScoreItem.url, ScoreItem.context_id.in_(courses)),
    ):
        _move_column(session, column, condition, (old, new))


def _move_column(
    session: Session,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    condition: sa.ColumnElement[bool],
    addresses: tuple[str, str],
) -> None:
    old, new = addresses
    session.execute(
        sa.update(column.class_)
        .where(condition, column.startswith(f"{old}/", autoescape=True))
        .values({column: new + sa.func.substr(column, len(old) + 1)})
        .execution_options(synchronize_session=False)
    )
