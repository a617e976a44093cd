"""The tables of the gazetteer and of confirmed places; they mirror the schema (revision 0010)."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.metadata import metadata


def _geometry(kind: str, *, nullable: bool = True) -> Column[object]:
    return Column("geom", Geometry(kind, srid=4490, spatial_index=False), nullable=nullable)


gazetteer_place = Table(
    "gazetteer_place",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("road", Text),
    Column("lane", Integer),
    Column("sublane", Integer),
    Column("number", Integer),
    Column("suffix", Text, nullable=False, server_default=text("''")),
    Column("to_number", Integer),
    _geometry("POINT"),
    Column("radius_m", Double, nullable=False),
    Column("size_m", Double, nullable=False, server_default=text("0")),
    Column("quality", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("town", Text),
    Column("area_code", Text),
    Column("parent", Text, ForeignKey("gazetteer_place.id", deferrable=True, initially="DEFERRED")),
    Column("direction", Text),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("valid_from", Date),
    Column("valid_to", Date),
)
Index("ix_gazetteer_place_geom", gazetteer_place.c.geom, postgresql_using="gist")

gazetteer_road = Table(
    "gazetteer_road",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    _geometry("LINESTRING", nullable=False),
    Column("kind", Text, nullable=False),
    Column("width_m", Double, nullable=False),
    Column("radius_m", Double, nullable=False),
    Column("sure_name", Boolean, nullable=False),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("valid_from", Date),
    Column("valid_to", Date),
)
Index("ix_gazetteer_road_geom", gazetteer_road.c.geom, postgresql_using="gist")

gazetteer_alias = Table(
    "gazetteer_alias",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("place_id", Text, ForeignKey("gazetteer_place.id", ondelete="CASCADE")),
    Column("road_id", Text, ForeignKey("gazetteer_road.id", ondelete="CASCADE")),
    Column("rank", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    UniqueConstraint("place_id", "text", name="gazetteer_alias_of_place"),
    UniqueConstraint("road_id", "text", name="gazetteer_alias_of_road"),
)

gazetteer_anchor = Table(
    "gazetteer_anchor",
    metadata,
    Column("road_id", Text, ForeignKey("gazetteer_road.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("road", Text, nullable=False),
    Column("along_m", Double, nullable=False),
    Column("offset_m", Double, nullable=False),
    Column("place_id", Text, ForeignKey("gazetteer_place.id", ondelete="SET NULL")),
    Column("quality", Text, nullable=False),
)

gazetteer_change = Table(
    "gazetteer_change",
    metadata,
    Column("version", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
)

gazetteer_import = Table(
    "gazetteer_import",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("content_sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("crs", Text),
    Column("mapping", JSONB, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("version", BigInteger, ForeignKey("gazetteer_change.version")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_gazetteer_import_content_sha256", "content_sha256"),
)

geocode_label = Table(
    "geocode_label",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("account", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("chosen", Text),
    _geometry("POINT"),
    Column("radius_m", Double),
    Column("unmatched_name", Text),
    Column("candidates", JSONB, nullable=False, server_default=text("'[]'")),
    Column("outcome", Text, nullable=False),
    Column("gazetteer_version", Text, nullable=False),
    Index("ix_geocode_label_at", "at"),
    Index("ix_geocode_label_case_id", "case_id"),
    Index(
        "ix_geocode_label_unmatched_name",
        "unmatched_name",
        postgresql_where=text("unmatched_name IS NOT NULL"),
    ),
)
Index("ix_geocode_label_geom", geocode_label.c.geom, postgresql_using="gist")
