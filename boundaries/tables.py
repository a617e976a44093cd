"""The tables of editions and areas; they mirror the schema (revision 0001)."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.metadata import metadata

edition = Table(
    "edition",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'draft'")),
    Column("provisional", Boolean, nullable=False),
    Column("valid_from", DateTime(timezone=True)),
    Column("valid_to", DateTime(timezone=True)),
    Column("notice", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("name", name="edition_name_key"),
)

area = Table(
    "area",
    metadata,
    Column("edition_id", BigInteger, ForeignKey("edition.id"), primary_key=True),
    Column("level", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("code", Text),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("provisional", Boolean, nullable=False),
    Column("properties", JSONB, nullable=False, server_default=text("'{}'")),
    Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
)
Index("ix_area_geom", area.c.geom, postgresql_using="gist")

base_feature = Table(
    "base_feature",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False, server_default=text("'{}'")),
    Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
)
Index("ix_base_feature_geom", base_feature.c.geom, postgresql_using="gist")
