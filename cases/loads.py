"""What each post has in hand now, counted in cases; for whom to send next."""

from sqlalchemy import Connection, text

from cases.tabs import OPEN

# A duty not yet fed back, or a call to the place not yet divided into duties: one case each.
_LOADS = text(f"""
    SELECT post, count(DISTINCT id) AS n FROM (
        SELECT c.id, d ->> 'post' AS post
        FROM case_now c, jsonb_array_elements(c.state #> '{{worked,duties}}') d
        WHERE c.desk = :desk AND {OPEN} AND c.id <> :but
          AND d ->> 'dropped_at' IS NULL AND d ->> 'feedback_at' IS NULL
        UNION ALL
        SELECT c.id, p AS post
        FROM case_now c, jsonb_array_elements_text(c.state #> '{{worked,coordinations,-1,posts}}') p
        WHERE c.desk = :desk AND c.status IN ('coordinating', 'responded') AND c.id <> :but
    ) hand GROUP BY post""")  # noqa: S608 - fixed fragments


def loads(conn: Connection, desk: str, but: object) -> dict[str, int]:
    """How many open cases of a desk each post works on, one case left out: the one in question."""
    rows = conn.execute(_LOADS, {"desk": desk, "but": but})
    return {row.post: row.n for row in rows}
