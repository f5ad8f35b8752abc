"""Every setting: name, type, default, help. The only reader of the environment.

A setting is given as an environment variable `SOUNDINGS_<NAME>`; `python -m data where` prints what holds.
"""

import os
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.contact_keys import check_keys
from data.errors import InvalidInput

_PREFIX = "SOUNDINGS_"


def default_database_url() -> str:
    """SQLite in the platform's user data folder."""
    return f"sqlite:///{(user_data_path('soundings', appauthor=False) / 'soundings.db').as_posix()}"


class Settings(BaseSettings):
    """What an operator may set; values are checked when they are read."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    database_url: str = Field(default_factory=default_database_url, description="Where everything is kept")
    address: str = Field(default="127.0.0.1", description="Address the app listens on")
    port: int = Field(default=8501, ge=1, le=65535, description="Port the app listens on")
    public_url: str = Field(default="", description="Address that people type, for links; empty: the local address")
    demo: bool = Field(default=False, description="Demo mode: offers a demo secretariat account on the sign-in page")
    upload_limit_mb: int = Field(default=10, ge=1, le=500, description="Largest file a respondent may send")
    draft_days: int = Field(default=180, ge=1, le=3650, description="Days a draft's personal link works after a save")
    rate_limits: bool = Field(default=True, description="Hold up an address that asks too often")
    session_hours: int = Field(default=12, ge=1, le=720, description="Hours a staff session lasts")

    contact_key: str = Field(
        default="", repr=False, description="Keys of the contact data, the sealing one first; empty: those of the file"
    )
    contact_key_file: str = Field(default="", description="File of those keys; empty: beside the database file")
    erasure_journal: str = Field(
        default="", description="File of what was erased, for restored back-ups; empty: beside the database file"
    )
    backup_days: int = Field(default=35, ge=1, le=3650, description="Days after which back-ups are deleted")
    controller: str = Field(default="", description="Who is responsible for the data, with address (GDPR Art. 30)")
    controller_contact: str = Field(default="", description="How the controller can be reached")
    data_protection_officer: str = Field(default="", description="Name and address of the data protection officer")
    recipients: str = Field(default="", description="Who else receives personal data, such as the host of the server")
    transfers: str = Field(default="", description="Other countries that personal data go to, and the safeguards")

    smtp_url: str = Field(
        default="",
        repr=False,
        description="Mail server: smtp://user:password@host:587, smtps://... for TLS at once; empty: no mail is sent",
    )
    mail_from: str = Field(default="", description="Sender of mails, such as Secretariat <office@example.org>")
    mail_pause_seconds: float = Field(default=1.0, ge=0, le=600, description="Seconds between two mails of a mailing")

    @field_validator("contact_key")
    @classmethod
    def _whole_keys(cls, given: str) -> str:
        check_keys(given)
        return given

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if url and not usable:
            raise ValueError("write smtp://host:port or smtps://host:port")
        return url

    @field_validator("mail_from")
    @classmethod
    def _one_sender(cls, sender: str) -> str:
        if sender and ("@" not in parseaddr(sender)[1] or not sender.isprintable()):
            raise ValueError("write an address, or Name <address>")
        return sender

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith("sqlite:"):
            raise ValueError("only sqlite: addresses are supported")
        return url

    @property
    def base_url(self) -> str:
        """The address that people type, without a slash at the end."""
        address = "127.0.0.1" if self.address in ("0.0.0.0", "::", "") else self.address
        return (self.public_url or f"http://{address}:{self.port}").rstrip("/")

    @property
    def sqlite_path(self) -> Path | None:
        """The database file; None for a database in memory."""
        path = self.database_url.split("///", 1)[-1].split("?", 1)[0]
        return Path(path) if path and path != ":memory:" and "///" in self.database_url else None

    @property
    def contact_key_path(self) -> Path:
        """The file of the keys of the contact data."""
        return Path(self.contact_key_file) if self.contact_key_file else self._beside("contact-key")

    @property
    def erasure_journal_path(self) -> Path:
        """The file that remembers what was erased."""
        return Path(self.erasure_journal) if self.erasure_journal else self._beside("erasures.jsonl")

    def _beside(self, ending: str) -> Path:
        """A file of the name of the database; in the user data folder when the database is no file."""
        path = self.sqlite_path or user_data_path("soundings", appauthor=False) / "soundings.db"
        return path.with_name(f"{path.stem}.{ending}")


_NAMES = tuple(_PREFIX + name.upper() for name in Settings.model_fields)


def read_settings() -> Settings:
    """The settings in force; InvalidInput("setting.invalid") names the first one that is wrong."""
    return _read(tuple(map(os.environ.get, _NAMES)))


@lru_cache(maxsize=16)
def _read(_environment: tuple[str | None, ...]) -> Settings:
    # Reading takes a millisecond, and every rerun of a page asks; the same environment gives the same settings.
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = _PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidInput("setting.invalid", name=name, reason=first["msg"]) from None
