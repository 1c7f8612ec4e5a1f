"""The statements a patient person would write by hand; pinned: they do not improve.

The sums of all contributors, and an insert of those who reach a threshold, with what
met it and a name that nobody can guess: the same rows in the same tables.
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
           {name}, {moment}, 1,
           {evidence}, false
    FROM total JOIN (
        {rules}
    ) AS rule ON {value} >= rule.needed
    WHERE true
    ON CONFLICT DO NOTHING
"""
NAMES = {
    "sqlite": "lower(hex(randomblob(11)))",
    "postgresql": "left(replace(gen_random_uuid()::text, '-', ''), 22)",
}


def run(engine: Engine, course: Course) -> None:
    """Award what everybody earned, in one statement and one transaction."""
    is_sqlite = engine.dialect.name == "sqlite"
    json = "" if is_sqlite else "::jsonb"
    cases = " ".join(f"WHEN '{name}' THEN total.{name}" for name in VALUES)
    value = f"CASE rule.metric {cases} END"
    statement = AWARD.format(
        course=course.context_id,
        columns=", ".join(f"{value} AS {name}" for name, value in VALUES.items()),
        rules=" UNION ALL ".join(
            f"SELECT {rule.badge_id} AS badge, {rule.version_id} AS version, "
            f"'{rule.metric}' AS metric, {rule.needed} AS needed, "
            f'\'{{"metric": "{rule.metric}", "value": \' AS said'
            for rule in course.rules
        ),
        value=value,
        name=NAMES[engine.dialect.name],
        moment=f"'{course.moment}'" + ("" if is_sqlite else "::timestamptz"),
        evidence=f"(rule.said || {value} || '}}'){json}",
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
