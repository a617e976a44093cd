"""What a photo says of itself, and copies of it that say nothing: pure, on Pillow.

Where and when a photo was taken helps the 核查 (is it this place, was it after the disposal?) and
is the photographer's business otherwise, so everybody else gets a copy without it.
"""

import io
import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pi_heif
from PIL import ExifTags, Image, ImageOps

from cases.files.errors import FileTooLarge, WrongType
from cases.files.kinds import HEIC, JPEG, PNG, WEBP, FileType
from geo.datums import Datum, read_point

__all__ = ["Photo", "read_photo"]

MOST_PIXELS = 64_000_000
# The copy for others: enough for a screen and a page, and bounded in memory.
CLEAN_EDGE = 4096
THUMBNAIL_EDGE = 320
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
_SHANGHAI = timezone(timedelta(hours=8))
_TIME = re.compile(r"^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"^([+-])(\d\d):(\d\d)$")

pi_heif.register_heif_opener()
# Pillow only warns at first; we count the pixels ourselves before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
# The largest photo takes some 400 MB while it is decoded, so only two are open at once.
_ROOM = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo's facts (CGCS2000) and its copies: `clean` without any, `thumbnail` small."""

    width: int
    height: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    clean: bytes
    clean_media: str
    thumbnail: bytes


def read_photo(data: bytes, kind: FileType) -> Photo:
    """Decode a photo once; its size is that of the upright picture.

    Raises:
        WrongType: it cannot be decoded.
        FileTooLarge: it has too many pixels.
    """
    with _ROOM:
        try:
            with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise FileTooLarge(
                        f"照片超过 {MOST_PIXELS // 1_000_000} 百万像素，请用较小的尺寸再传"
                    )
                return _read(picture, kind)
        except FileTooLarge:
            raise
        # A decoder meets any bytes at all, and says in many ways that it cannot go on.
        except Exception as error:
            raise WrongType("照片损坏或不完整，无法解码；请重新拍摄或另存为 JPEG 再传") from error


def _read(picture: Image.Image, kind: FileType) -> Photo:
    taken_at, lon, lat = _facts(picture)
    width, height = picture.size
    # Made smaller before anything is copied; a JPEG is decoded at half the size at once.
    picture.thumbnail((CLEAN_EDGE, CLEAN_EDGE))
    lying = picture.width > picture.height
    upright = ImageOps.exif_transpose(picture)
    if (upright.width > upright.height) != lying:
        width, height = height, width
    plain = _flat(upright)
    clean = io.BytesIO()
    if kind is PNG:
        plain.save(clean, "PNG", optimize=False, compress_level=6)
    else:
        plain.save(clean, "JPEG", quality=90)
    small = io.BytesIO()
    plain.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    plain.save(small, "JPEG", quality=80)
    return Photo(
        width=width,
        height=height,
        taken_at=taken_at,
        lon=lon,
        lat=lat,
        clean=clean.getvalue(),
        clean_media=PNG.media if kind is PNG else JPEG.media,
        thumbnail=small.getvalue(),
    )


def _flat(picture: Image.Image) -> Image.Image:
    """Only the colours: on white where it is transparent, and without anything attached."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        colours = picture.convert("RGBA")
        page = Image.new("RGB", picture.size, "white")
        page.paste(colours, mask=colours.getchannel("A"))
        return page
    page = Image.new("RGB", picture.size)
    page.paste(picture.convert("RGB"))
    return page


def _facts(picture: Image.Image) -> tuple[datetime | None, float | None, float | None]:
    try:
        exif = picture.getexif()
        own = exif.get_ifd(ExifTags.IFD.Exif)
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    # Broken facts are no facts; the photo itself may be sound.
    except Exception:
        return None, None, None
    lon, lat = _place(place)
    return _moment(own), lon, lat


def _moment(own: dict[int, Any]) -> datetime | None:
    told = _TIME.match(str(own.get(ExifTags.Base.DateTimeOriginal, "")))
    if told is None:
        return None
    offset = _OFFSET.match(str(own.get(ExifTags.Base.OffsetTimeOriginal, "")))
    zone = _SHANGHAI
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        zone = timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        # Without its zone it is the wall clock of a telephone in Shanghai.
        return datetime(*map(int, told.groups()), tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    if lon is None or lat is None:
        return None, None
    # EXIF means WGS 84; some telephones of the country name their own datum instead.
    shifted = "GCJ" in str(gps.get(ExifTags.GPS.GPSMapDatum, "")).upper()
    read = read_point(lon=lon, lat=lat, crs=Datum.GCJ02 if shifted else Datum.WGS84)
    if read.point is None:
        return None, None
    return round(read.point.lon, 7), round(read.point.lat, 7)


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(side).strip().upper() == negative else value
