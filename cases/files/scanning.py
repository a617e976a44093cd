r"""The virus scan: clamd's INSTREAM over a Unix socket or TCP.

    → zINSTREAM\0  then  <length, 4 bytes big-endian><bytes> …  then  a length of 0
    ← "stream: OK\0"  or  "stream: <name> FOUND\0"  or  "… ERROR\0"

A scanner that is set up and does not answer lets nothing through.
"""

import socket
import struct

from cases.files.errors import FileInfected, FileTooLarge, ScannerUnavailable

__all__ = ["check_address", "scan"]

_PIECE = 64 * 1024
_LONGEST_REPLY = 4096


def check_address(address: str) -> str:
    """An address as `unix:/path` or `host:port`, told wrong before it is used.

    Raises:
        ValueError: neither of the two.
    """
    if address.startswith("unix:"):
        if len(address) > len("unix:"):
            return address
    else:
        host, _, port = address.rpartition(":")
        if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return address
    raise ValueError("expected unix:/path/of/clamd.sock or host:port")


def scan(address: str, data: bytes, *, timeout_s: float = 30.0) -> None:
    """Have a file scanned; silence means clean.

    Raises:
        FileInfected: says what was found.
        FileTooLarge: the scanner's own limit is below the file's size.
        ScannerUnavailable: it does not answer, or not in its own words.
    """
    try:
        reply = _ask(address, data, timeout_s)
    except OSError as error:
        raise ScannerUnavailable("病毒扫描程序没有应答，文件没有保存，请稍后再传") from error
    if reply.endswith(" FOUND"):
        found = reply.removesuffix(" FOUND").partition(": ")[2][:100]
        raise FileInfected(f"文件含病毒（{found}），没有保存；请在本机查杀后再传")
    if "size limit exceeded" in reply:
        raise FileTooLarge("文件超过病毒扫描程序的大小上限，没有保存；请压缩后再传")
    if not reply.endswith(": OK"):
        raise ScannerUnavailable("病毒扫描程序出错，文件没有保存，请联系管理员")


def _ask(address: str, data: bytes, timeout_s: float) -> str:
    with _connected(address, timeout_s) as wire:
        try:
            wire.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), _PIECE):
                piece = memoryview(data)[at : at + _PIECE]
                wire.sendall(struct.pack("!I", len(piece)))
                wire.sendall(piece)
            wire.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            # It hangs up as soon as its own limit is passed; what it said is still to be read.
            pass
        reply = b""
        while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
            more = wire.recv(_LONGEST_REPLY)
            if not more:
                break
            reply += more
    return reply.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(address: str, timeout_s: float) -> socket.socket:
    if address.startswith("unix:"):
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(timeout_s)
        try:
            wire.connect(address.removeprefix("unix:"))
        except OSError:
            wire.close()
            raise
        return wire
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_s)
