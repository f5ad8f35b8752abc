"""The keys that contact data are sealed with: AES-256-GCM, each key 32 random bytes, kept outside the database.

The first key seals, all of them open. They come from SOUNDINGS_CONTACT_KEY or from a file, which is read again when it
changes, so that an app that runs follows `python -m data rotate-key`.
"""

import base64
import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import InvalidInput, Unavailable

_MARK = "sealed"
_NONCE_BYTES = 12
_COMMENT = (
    "# Soundings: the keys of the contact data. The first seals, the others still open what is older.\n"
    "# Without this file nobody can read those data again. Keep a copy of it, apart from the back-ups.\n"
)


def new_key() -> str:
    """A key as it is written: 32 random bytes in the URL-safe alphabet."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def key_id(key: str) -> str:
    """What names a key beside everything that it sealed; it does not tell the key."""
    return hashlib.sha256(b"soundings contact key\n" + _bytes_of(key)).hexdigest()[:12]


class ContactKeys:
    """The keys in force, by their settings: `given` in the environment, else in the file `path`.

    may_make  False on a server whose hosts share no folder: a key that one of them made the others would not have
    """

    def __init__(self, given: str, path: Path, *, may_make: bool = True) -> None:
        self.path = path
        self._may_make = may_make
        self.given = bool(given.strip())
        self._read_at = 0
        self._keys: dict[str, str] = {}
        self._boxes: dict[str, AESGCM] = {}
        if self.given:
            self._take(_listed(given))

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the keys, that of the sealing one first; () when there is none."""
        self._follow()
        return tuple(self._keys)

    def seal(self, text: str, purpose: str) -> str:
        """The text so that only a holder of the key can read it, and only for the same purpose."""
        ids = self.ids
        if not ids:
            raise Unavailable("contact_key.missing", path=str(self.path))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = self._boxes[ids[0]].encrypt(nonce, text.encode(), purpose.encode())
        return f"{_MARK}:{ids[0]}:{base64.urlsafe_b64encode(nonce + box).decode()}"

    def unseal(self, sealed: str, purpose: str) -> str:
        """What was sealed; Unavailable("contact_key.missing"), ("contact_key.wrong") without its key."""
        mark, _, rest = sealed.partition(":")
        name, _, box = rest.partition(":")
        if not self.ids:
            raise Unavailable("contact_key.missing", path=str(self.path))
        if mark != _MARK or name not in self._boxes:
            raise Unavailable("contact_key.wrong", key=name or "?")
        try:
            whole = base64.urlsafe_b64decode(box)
            return self._boxes[name].decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unavailable("contact_key.wrong", key=name) from None

    def make(self) -> bool:
        """True when a first key was made, in a file that only its owner can read; an existing file is never changed."""
        if self.ids:
            return False
        if not self._may_make:
            raise Unavailable("contact_key.server")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster, or it is there and has no key
            self._follow()
            if not self._keys:
                raise Unavailable("contact_key.missing", path=str(self.path)) from None
            return False
        except OSError as error:
            raise Unavailable("contact_key.unwritable", path=str(self.path), reason=error.strerror or "") from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_COMMENT}{new_key()}\n")
            file.flush()
            os.fsync(file.fileno())
        return True

    def put_first(self, key: str) -> None:
        """A key of the file that seals from now on; the others stay behind it."""
        self._write([key, *(self._keys[name] for name in self.ids)])

    def keep_first(self) -> int:
        """Only the sealing key stays in the file; how many were dropped."""
        first, *others = [self._keys[name] for name in self.ids]
        self._write([first])
        return len(others)

    def _write(self, keys: list[str]) -> None:
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(_COMMENT + "".join(f"{key}\n" for key in keys))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise Unavailable("contact_key.unwritable", path=str(self.path), reason=error.strerror or "") from None
        self._read_at = 0
        self._follow()

    def _follow(self) -> None:
        """Reads the file again when it changed."""
        if self.given:
            return
        try:
            changed_at = self.path.stat().st_mtime_ns
            if changed_at == self._read_at:
                return
            text = self.path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return  # what was read stays: a key that is moved while the app runs shall not stop it
        except OSError as error:
            raise Unavailable("contact_key.unreadable", path=str(self.path), reason=error.strerror or "") from None
        lines = (line.strip() for line in text.splitlines())
        self._take([line for line in lines if line and not line.startswith("#")])
        self._read_at = changed_at

    def _take(self, keys: list[str]) -> None:
        named = {key_id(key): key for key in keys}
        self._boxes = {name: AESGCM(_bytes_of(key)) for name, key in named.items()}
        self._keys = named


def check_keys(given: str) -> None:
    """Returns when the setting holds keys; ValueError else."""
    for key in _listed(given):
        try:
            _bytes_of(key)
        except InvalidInput:
            raise ValueError("write keys of 32 bytes as `python -m data new-key` prints them") from None


def _listed(given: str) -> list[str]:
    return [each for each in re.split(r"[\s,;]+", given) if each]


def _bytes_of(key: str) -> bytes:
    try:
        found = base64.b64decode(key, altchars=b"-_", validate=True)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise InvalidInput("contact_key.invalid")
    return found
