"""A heap of values that is too large for memory: on the disk, sealed with a key that only this object has."""

import pickle
import secrets
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import Unavailable

IN_MEMORY = 32 * 2**20
"""Bytes that stay in memory; a smaller heap never reaches the disk."""
_LENGTH = 8


class Spool:
    """Values are added, then read once in that order; nothing of them is left when the `with` ends."""

    def __init__(self) -> None:
        # The file has no name, and nobody can read it: not this process either, once the key is gone.
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - `with` closes it
        self._cipher = AESGCM(secrets.token_bytes(32))
        self._count = 0

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, value: Any) -> None:
        """One more value; Unavailable("store.full") when there is no room."""
        sealed = self._cipher.encrypt(self._nonce(self._count), pickle.dumps(value), None)
        self._count += 1
        try:
            self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        except OSError:
            raise Unavailable("store.full") from None

    def values(self) -> Iterator[Any]:
        """All of them, in order."""
        self._file.seek(0)
        for number in range(self._count):
            size = int.from_bytes(self._file.read(_LENGTH), "big")
            yield pickle.loads(self._cipher.decrypt(self._nonce(number), self._file.read(size), None))

    @staticmethod
    def _nonce(number: int) -> bytes:
        return number.to_bytes(12, "big")
