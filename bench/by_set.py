"""The statements a patient person would write by hand; pinned: they do not improve.

One for each badge: the sums of all contributors, and an insert of those who reach the
threshold. The same tables, indexes and settings, and neither evidence nor news for the
streams.
"""

from sqlalchemy.engine import Engine

from bench.one_by_one import Course

VALUES = {
    "score": "coalesce(sum(points), 0)",
    "events": "count(*) FILTER (WHERE kind IN ('submitted', 'posted', 'completed'))",
    "authored": "count(DISTINCT item_id) FILTER (WHERE kind IN ('submitted', 'posted'))",
    "active_days": "count(DISTINCT day) FILTER "
    "(WHERE kind IN ('submitted', 'posted', 'completed'))",
    "completed": "count(*) FILTER (WHERE kind = 'completed')",
}
AWARD = """
    WITH total AS MATERIALIZED (
        SELECT membership_id, {columns} FROM earned
        WHERE context_id = {course} GROUP BY membership_id
    )
    INSERT INTO award (context_id, membership_id, badge_id, badge_version_id,
                       public_id, granted_at, sequence, evidence, bars_regrant)
    SELECT {course}, total.membership_id, rule.badge, rule.version,
           total.membership_id || '-' || rule.badge, {moment}, 1, {nothing}, false
    FROM total JOIN (
        {rules}
    ) AS rule ON {value} >= rule.needed
    WHERE true
    ON CONFLICT DO NOTHING
"""


def run(engine: Engine, course: Course) -> None:
    """Award what everybody earned, in one statement and one transaction."""
    is_sqlite = engine.dialect.name == "sqlite"
    cases = " ".join(f"WHEN '{name}' THEN total.{name}" for name in VALUES)
    statement = AWARD.format(
        course=course.context_id,
        columns=", ".join(f"{value} AS {name}" for name, value in VALUES.items()),
        rules=" UNION ALL ".join(
            f"SELECT {rule.badge_id} AS badge, {rule.version_id} AS version, "
            f"'{rule.metric}' AS metric, {rule.needed} AS needed"
            for rule in course.rules
        ),
        value=f"CASE rule.metric {cases} END",
        moment=f"'{course.moment}'" + ("" if is_sqlite else "::timestamptz"),
        nothing="'{}'" + ("" if is_sqlite else "::jsonb"),
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
