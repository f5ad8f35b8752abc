"""A wire between the app and its database server that can be cut and joined again, or swallow what comes.

What is swallowed reaches this end's kernel and is thrown away there by a filter of packets at the socket, so nobody
confirms it and nobody is told: that is what a broken line or a firewall does.
"""

import ctypes
import socket
import struct
import threading
from types import TracebackType

_ATTACH_FILTER, _DETACH_FILTER = 26, 27
"""SO_ATTACH_FILTER and SO_DETACH_FILTER of Linux, which Python does not name."""
_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
"""A filter of one instruction: of every packet keep 0 bytes."""


class Wire:
    """Carries what is sent to a port of this machine to the Unix socket of a server, while it is entered."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._ends: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._delivering = threading.Event()
        self._delivering.set()
        self.port = 0

    def __enter__(self) -> "Wire":
        self.join()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._delivering.set()

    def join(self) -> None:
        """Connections come through, on the same port as before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener, self.port = listener, int(listener.getsockname()[1])
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Every connection ends, and no other is taken."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)  # who waits in accept() goes on
            self._listener.close()
            self._listener = None
        while self._ends:
            end = self._ends.pop()
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has ended already

    def swallow(self) -> None:
        """Nothing comes through any more, in neither direction, and nobody is told."""
        self._delivering.clear()
        for each in self._near():
            each.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(_NOTHING)))

    def deliver(self) -> None:
        """All that comes from now on comes through."""
        for each in self._near():
            each.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)
        self._delivering.set()

    def _near(self) -> list[socket.socket]:
        """This side's listener and its connections; those that come while it swallows have the listener's filter."""
        assert self._listener is not None
        return [self._listener, *(each for each in self._ends if each.family == socket.AF_INET and each.fileno() >= 0)]

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self._target)
            except OSError:  # the server is away
                near.close()
                continue
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                self._delivering.wait()
                target.sendall(content)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
