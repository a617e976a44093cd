"""A scanner that speaks clamd's INSTREAM, with one virus in its book: the EICAR test file."""

import socket
import struct
import threading

# Put together here, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"


class Clamd:
    """Listens on loopback TCP until closed; `most` is its own limit, `broken` makes it babble."""

    def __init__(self, *, most=64 * 1024 * 1024, broken=False):
        self._most, self._broken = most, broken
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.scanned = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that waits in accept would take one caller more.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                wire, _ = self._listener.accept()
            except OSError:
                return
            with wire:
                wire.sendall(self._answer(wire.makefile("rb")) + b"\0")

    def _answer(self, told):
        if self._broken or told.read(10) != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND"
        data = b""
        while length := struct.unpack("!I", told.read(4))[0]:
            data += told.read(length)
            if len(data) > self._most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.scanned += 1
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"
