"""Fixtures of the layers: the square town, and a way to put cases there."""

import pytest
from sqlalchemy import text
from square_town import EAST, NOW, WEST, insert_area, insert_edition, ring


@pytest.fixture
def town(conn):
    """The connection, with the town in it instead of whatever the template holds."""
    conn.execute(text("DELETE FROM area"))
    conn.execute(text("DELETE FROM edition"))
    conn.execute(text("DELETE FROM base_feature"))
    edition = insert_edition(conn)
    # Clockwise on purpose: what goes out must be counter-clockwise whatever came in.
    insert_area(conn, edition, "sector", "140901", "西片区", "1", ring(WEST, clockwise=True))
    insert_area(conn, edition, "sector", "140902", "东片区", "1", ring(EAST))
    insert_area(conn, edition, "community", "14090101", "西社区", "140901", ring(WEST))
    insert_area(conn, edition, "community", "14090201", "东社区", "140902", ring(EAST))
    conn.execute(
        text(
            "INSERT INTO base_feature (layer, id, properties, geom) VALUES ('roads', 'R1',"
            ' \'{"name": "新成路"}\','
            " ST_SetSRID(ST_GeomFromText('LINESTRING(121.265 31.38, 121.265 31.39)'), 4490))"
        )
    )
    return conn


@pytest.fixture
def insert_case():
    """Put a case into the projection, as the desk would."""

    def insert(conn, number, **given):
        fields = {
            "number": number,
            "status": "received",
            "source": "12345",
            "title": "占道堆物",
            "description": "占道堆物",
            "desk": "140901",
            "sector": "140901",
            "community": "14090101",
            "received_at": NOW,
            "lon": 121.262,
            "lat": 31.385,
            "warn_at": None,
            "due_at": None,
        } | given
        conn.execute(
            text(
                "WITH c AS (INSERT INTO case_now (id, number, version, status, source, title,"
                " description, urgent, supervised, desk, sector, community, state, received_at,"
                " updated_at, geom) VALUES (gen_random_uuid(), :number, 1, :status, :source,"
                " :title, :description, false, false, :desk, :sector, :community, '{}',"
                " :received_at, :received_at, CASE WHEN CAST(:lon AS float8) IS NOT NULL THEN"
                " ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) END) RETURNING id)"
                " INSERT INTO deadline (case_id, code, seq, started_at, warn_at, due_at)"
                " SELECT id, 'refusal_feedback', 1, :received_at, CAST(:warn_at AS timestamptz),"
                " CAST(:due_at AS timestamptz) FROM c"
                " WHERE CAST(:due_at AS timestamptz) IS NOT NULL"
            ),
            fields,
        )

    return insert
