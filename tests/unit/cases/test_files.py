"""What a file is by its content, what a photo says, and what the scanner says."""

import io
import socket
import struct
import zlib
from datetime import UTC, datetime

import pytest
from clamd import EICAR, Clamd
from hypothesis import given
from hypothesis import strategies as st
from photos import HEIC, PDF, office, photo
from PIL import Image

from cases.files import kinds
from cases.files.errors import (
    FileInfected,
    FileRefused,
    FileTooLarge,
    ScannerUnavailable,
    WrongType,
)
from cases.files.exif import read_photo
from cases.files.kinds import recognise, safe_name
from cases.files.scanning import check_address, scan

MACRO = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/></Types>'


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (photo(), "image/jpeg"),
        (photo(kind="PNG"), "image/png"),
        (photo(kind="WEBP"), "image/webp"),
        (HEIC, "image/heic"),
        (PDF, "application/pdf"),
        (office(), kinds.DOCX.media),
        (office("xl/workbook.xml"), kinds.XLSX.media),
        ("处置情况：已清运。".encode(), "text/plain; charset=utf-8"),
        ("处置情况：已清运。".encode("gb18030"), "text/plain; charset=gb18030"),
    ],
)
def test_what_it_is(data, media):
    assert recognise(data).media == media


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"MZ\x90\x00\x03\x00", "不认识"),
        (b"\x7fELF\x02\x01\x01\x00", "不认识"),
        (b"GIF89a\x01\x00\x01\x00\x00", "不认识"),
        (b"  <html><script>", "网页"),
        (b"<svg onload=alert(1)>", "网页"),
        (b"#!/bin/sh\nrm -rf", "脚本"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Office"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "视频"),
        (b"%PDF-1.7 cut off", "不完整"),
        (b"PK\x03\x04 rubbish", "损坏"),
        (office()[:-60], "损坏"),
        (office("somewhere/else.xml"), "压缩包"),
        (office(types=MACRO), "带宏"),
        (office(**{"word/vbaProject.bin": b"x"}), "带宏"),
        (office(**{"word/activeX/activeX1.xml": b"x"}), "带宏"),
        (office(**{"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>'}), "实体"),
    ],
)
def test_what_is_not_taken(data, words):
    with pytest.raises(WrongType, match=words):
        recognise(data)


def test_a_package_that_unpacks_without_end():
    with pytest.raises(FileTooLarge, match="压缩"):
        recognise(office(**{"word/media/bomb": bytes(40 * 1024 * 1024)}))


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xd8\xff", b"\0\0\0 ftyp"])
)
def test_any_bytes_are_one_or_refused(data, head):
    try:
        kind = recognise(head + data)
        if kind.photo:
            read_photo(head + data, kind)
    except FileRefused:
        pass


def test_names_are_only_names():
    assert safe_name("../../etc/passwd", kinds.PDF) == "passwd.pdf"
    assert safe_name("C:\\photos\\处置前.JPG", kinds.JPEG) == "处置前.JPG"
    assert safe_name("annex\u202egpj.exe", kinds.JPEG) == "annexgpj.exe.jpg"
    assert safe_name('a"b\r\nX: y.pdf', kinds.PDF) == "abX y.pdf"
    assert safe_name(". .", kinds.PDF) == "附件.pdf"
    assert len(safe_name("长" * 500, kinds.DOCX)) <= 105


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_photo_tells_and_its_copy_does_not(kind):
    data = photo(kind=kind, at=(121.2655, 31.3885), taken="2026:03:11 09:30:00")
    seen = read_photo(data, recognise(data))
    assert (seen.width, seen.height) == (400, 300)
    assert seen.taken_at.astimezone(UTC) == datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
    assert abs(seen.lon - 121.2655) < 1e-6
    assert abs(seen.lat - 31.3885) < 1e-6
    for copy in (seen.clean, seen.thumbnail):
        with Image.open(io.BytesIO(copy)) as plain:
            assert not plain.getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(plain.info)
    with Image.open(io.BytesIO(seen.thumbnail)) as small:
        assert max(small.size) == 320


def test_the_copy_is_upright():
    data = photo(400, 300, turned=6)
    seen = read_photo(data, kinds.JPEG)
    assert (seen.width, seen.height) == (300, 400)
    with Image.open(io.BytesIO(seen.clean)) as plain:
        assert plain.size == (300, 400)
        assert min(plain.getpixel((290, 10))) > 240  # the white corner is now on the right


def test_a_heic_photo_is_decoded():
    seen = read_photo(HEIC, kinds.HEIC)
    assert (seen.width, seen.height, seen.clean_media) == (64, 32, "image/jpeg")
    assert seen.taken_at.hour == 9


@pytest.mark.parametrize("at", [(0.0, 0.0), (31.3, 121.2), (-73.9, 40.7)])
def test_a_place_that_is_none_is_left_out(at):
    seen = read_photo(photo(at=at), kinds.JPEG)
    assert (seen.lon, seen.lat, seen.taken_at) == (None, None, None)


def test_photos_that_are_no_photos():
    with pytest.raises(WrongType, match="损坏"):
        read_photo(photo()[:900], kinds.JPEG)
    header = struct.pack("!IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = (
        struct.pack("!I", 13) + b"IHDR" + header + struct.pack("!I", zlib.crc32(b"IHDR" + header))
    )
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk
        + struct.pack("!I", 0)
        + b"IDAT"
        + struct.pack("!I", zlib.crc32(b"IDAT"))
    )
    with pytest.raises(FileTooLarge, match="百万像素"):
        read_photo(bomb, kinds.PNG)


def test_the_scanner_says_yes_or_no():
    with Clamd() as clamd:
        scan(clamd.address, photo())
        scan(clamd.address, bytes(300_000))
        assert clamd.scanned == 2
        with pytest.raises(FileInfected, match="Eicar-Test-Signature"):
            scan(clamd.address, b"text " + EICAR)


def test_a_scanner_with_a_limit_of_its_own():
    with Clamd(most=100_000) as clamd, pytest.raises(FileTooLarge, match="病毒扫描程序"):
        scan(clamd.address, bytes(400_000))


def test_a_scanner_that_is_not_there_lets_nothing_through(free_port, tmp_path):
    with pytest.raises(ScannerUnavailable):
        scan(f"127.0.0.1:{free_port()}", b"x")
    with pytest.raises(ScannerUnavailable):
        scan(f"unix:{tmp_path}/none", b"x")
    with Clamd(broken=True) as clamd, pytest.raises(ScannerUnavailable):
        scan(clamd.address, b"x")
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(ScannerUnavailable):
        scan(f"127.0.0.1:{mute.getsockname()[1]}", b"x", timeout_s=0.2)


def test_addresses_of_scanners():
    assert check_address("unix:/run/clamd.sock")
    assert check_address("127.0.0.1:3310")
    for wrong in ("", "unix:", "localhost", "host:port", "host:0"):
        with pytest.raises(ValueError, match="expected"):
            check_address(wrong)
