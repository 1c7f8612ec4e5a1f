"""A fault nobody foresaw: the database says no, and quotes a person as it does."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

QUOTED = "Ada Ahorn"

RAISING = (
    "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{QUOTED}'; END $$"
)


def refuse_rows(session: Session, table: str, condition: str = "1 = 1") -> None:
    """Let every new row of a table fail for which a condition on NEW holds; commit."""
    trigger = f"CREATE TRIGGER broken BEFORE INSERT ON {table}"
    if session.get_bind().dialect.name == "sqlite":
        what = f"BEGIN SELECT RAISE(ABORT, '{QUOTED}'); END"
        session.execute(sa.text(f"{trigger} WHEN ({condition}) {what}"))
    else:
        session.execute(sa.text(RAISING))
        what = f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION broken()"
        session.execute(sa.text(f"{trigger} {what}"))
    session.commit()
