"""A street with as many open cases, people and cameras as one likes, written by SQL in seconds."""

import threading
import time

from sqlalchemy import text

from store.engine import transaction

# Strewn evenly over the shipped street: the hardest case for stacks, every cell is filled.
_CASES = text("""
    WITH model AS (SELECT * FROM case_now WHERE number NOT LIKE 'B%' LIMIT 1),
    ground AS (SELECT ST_Transform(ST_Union(geom), 4549) AS area FROM area WHERE level = 'sector'),
    spots AS (
        SELECT row_number() OVER () + (SELECT count(*) FROM case_now WHERE number LIKE 'B%') AS n,
               ST_Transform(p.geom, 4490) AS geom
        FROM ground, ST_Dump(ST_GeneratePoints(area, CAST(:count AS int), 4)) p),
    rows AS (
        SELECT gen_random_uuid() AS id, 'B' || lpad(n::text, 11, '0') AS number, s.geom,
               CAST(:now AS timestamptz) - n * interval '1 second' AS at,
               CAST(:now AS timestamptz) + (n % 97 - 20) * interval '20 minutes' AS due,
               (ARRAY['12345', 'grid', '12319', '110'])[n % 4 + 1] AS source
        FROM spots s),
    put AS (
        INSERT INTO case_now (id, number, version, status, source, title, description, category,
            address, urgent, supervised, desk, sector, community, state, received_at, updated_at,
            kind, grades, audience, parties, handed_over, chain_head, geom)
        SELECT r.id, r.number, 1, m.status, r.source, m.title, m.description, m.category, m.address,
               false, false, m.desk, m.sector, m.community,
               jsonb_set(m.state || jsonb_build_object('id', r.id, 'number', r.number,
                   'received_at', r.at), '{place,point}', jsonb_build_object(
                   'lon', ST_X(r.geom), 'lat', ST_Y(r.geom))),
               r.at, r.at, m.kind, m.grades, m.audience, m.parties, m.handed_over, m.chain_head,
               r.geom
        FROM rows r, model m)
    INSERT INTO deadline (case_id, code, seq, started_at, warn_at, due_at)
    SELECT id, 'acceptance', 1, at, due - interval '1 hour', due FROM rows""")

_PEOPLE = text("""
    WITH ground AS (
        SELECT ST_Transform(ST_Union(geom), 4549) AS area FROM area WHERE level = 'sector'),
    spots AS (SELECT row_number() OVER () AS n, ST_Transform(p.geom, 4490) AS geom
              FROM ground, ST_Dump(ST_GeneratePoints(area, CAST(:count AS int), 5)) p),
    put AS (
        INSERT INTO person (id, post, name, chip, duty_mode, sector)
        SELECT 'b' || n, 'patrol-140901', '巡防' || n, '巡', 'rota', '140901' FROM spots
        RETURNING id)
    INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)
    SELECT 'b' || n, CAST(:now AS timestamptz), geom, 8, CAST(:now AS timestamptz) FROM spots""")

# Whoever is off duty is on no map: all of them are one post's, on a shift around the clock.
_ON_DUTY = text("""
    WITH rota AS (
        UPDATE staff SET duty_mode = 'rota'
        WHERE id IN (SELECT staff_id FROM holding WHERE post = 'patrol-140901') RETURNING id)
    INSERT INTO shift (desk, day, start_at, end_at, staff_id)
    SELECT '140901', CAST(CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai' AS date),
           CAST(:now AS timestamptz) - interval '1 hour',
           CAST(:now AS timestamptz) + interval '1 day', id FROM rota""")

_CAMERAS = text("""
    WITH ground AS (
        SELECT ST_Transform(ST_Union(geom), 4549) AS area FROM area WHERE level = 'sector')
    INSERT INTO camera (id, name, geom, heading, fov, range_m, status, sector, updated_at)
    SELECT 'b' || row_number() OVER (), '路口', ST_Transform(p.geom, 4490),
           (random() * 359)::real, 60, 60, 'online', '140901', CAST(:now AS timestamptz)
    FROM ground, ST_Dump(ST_GeneratePoints(area, CAST(:count AS int), 6)) p""")

# A tenth of the people each second, each some metres on.
_STEP = text("""
    INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)
    SELECT id, clock_timestamp(), ST_Translate(geom, (random() - 0.5) * 4e-5,
           (random() - 0.5) * 4e-5), 8, clock_timestamp()
    FROM person_now WHERE id LIKE 'b%' AND random() < 0.1 ON CONFLICT DO NOTHING""")


def fill(engine, now, *, cases, people=0, cameras=0):
    """Add so many; one real case must be there to be copied."""
    with transaction(engine) as conn:
        for statement, count in ((_CASES, cases), (_PEOPLE, people), (_CAMERAS, cameras)):
            if count:
                conn.execute(statement, {"count": count, "now": now})
        if people:
            conn.execute(_ON_DUTY, {"now": now})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("ANALYZE"))


class Walk:
    """While it is open, people walk: a tenth of them is told anew each second."""

    def __init__(self, engine):
        self.engine, self.stopped = engine, threading.Event()
        self.thread = threading.Thread(target=self._walk, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def _walk(self):
        while not self.stopped.is_set():
            begun = time.monotonic()
            with transaction(self.engine) as conn:
                conn.execute(_STEP)
                conn.execute(text("NOTIFY pianqu_positions"))
            self.stopped.wait(max(0.0, 1.0 - (time.monotonic() - begun)))

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(10)
