"""The tables of this room, mirrored; the Alembic revisions are their truth."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
)

from store.metadata import metadata


def _point(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Geometry("POINT", 4490, spatial_index=False), nullable=nullable)


camera = Table(
    "camera",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    _point("geom"),
    Column("heading", REAL),
    Column("fov", REAL),
    Column("range_m", REAL),
    Column("status", Text, nullable=False),
    Column("sector", Text),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("heading >= 0 AND heading < 360", name="heading"),
    CheckConstraint("fov > 0 AND fov <= 360", name="fov"),
    CheckConstraint("range_m > 0", name="range"),
    CheckConstraint("status IN ('online', 'offline')", name="status"),
)
Index("ix_camera_geom", camera.c.geom, postgresql_using="gist")

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("post", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("chip", Text, nullable=False),
    Column("duty_mode", Text, nullable=False),
    Column("sector", Text),
    _point("post_geom", nullable=True),
    Column("post_radius_m", REAL),
    CheckConstraint("duty_mode IN ('fixed', 'rota', 'sign_in')", name="duty_mode"),
    CheckConstraint("post_radius_m > 0", name="post_radius"),
    CheckConstraint("(post_geom IS NULL) = (post_radius_m IS NULL)", name="post"),
)

person_position = Table(
    "person_position",
    metadata,
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("fix_at", DateTime(timezone=True), primary_key=True),
    _point("geom"),
    Column("accuracy_m", REAL, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("until_at", DateTime(timezone=True)),
    Index("ix_person_position_fix_at", "fix_at"),
    CheckConstraint("until_at > fix_at", name="until"),
)
