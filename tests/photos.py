"""Files that tests upload: photos with facts, documents with and without tricks."""

import base64
import io
import zipfile

from PIL import Image

# 64 x 32 pixels of red with DateTimeOriginal 2026:03:11 09:30:00; made once, Pillow writes none.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAABoAAgAAAAAB/AABAAAAAAAAAEoAAAA4aWluZgAA"
    "AAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/Wlwcn"
    "AAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroC"
    "QGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm"
    "5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AA"
    "AAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQ"
    "ABAAAAbG1kYXQAAAAWKAGvGYDvSaW//9/jH/X2r/imtaY+bgAAAAZFeGlmAABNTQAqAAAACAABh2kABAAAAAEAAAAa"
    "AAAAAAABkAMAAgAAABQAAAAsAAAAADIwMjY6MDM6MTEgMDk6MzA6MDAA"
)
EXIF, GPS = 0x8769, 0x8825


def photo(width=400, height=300, *, kind="JPEG", at=None, taken=None, turned=None, shade=90):
    """A photo; `at` is (lon, lat), `taken` EXIF's own form, `turned` its orientation."""
    picture = Image.new("RGB", (width, height), (shade, 120, 60))
    # Its left upper corner is white, so that one sees which way up it is.
    picture.paste((255, 255, 255), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
    if taken:
        exif[EXIF] = {0x9003: taken}
    if at:
        side = "E" if at[0] >= 0 else "W"
        exif[GPS] = {1: "N", 2: dms(at[1]), 3: side, 4: dms(abs(at[0]))}
    file = io.BytesIO()
    picture.save(file, kind, exif=exif.tobytes())
    return file.getvalue()


def dms(degrees):
    whole, minutes = int(degrees), int(degrees % 1 * 60)
    return (float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4))


PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def office(main="word/document.xml", *, types=b"<Types/>", **more):
    """A DOCX or XLSX; `more` adds entries by their path."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr(main, b"<document>ok</document>")
        for name, data in more.items():
            package.writestr(name, data)
    return file.getvalue()
