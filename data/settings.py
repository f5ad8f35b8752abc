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
    proxies: int = Field(default=0, ge=0, le=10, description="How many proxies stand before the app and are believed")
    hosts: str = Field(default="", description="Further names by which the app is asked for, with commas between")
    demo: bool = Field(default=False, description="Demo mode: offers a demo secretariat account on the sign-in page")
    upload_limit_mb: int = Field(default=10, ge=1, le=500, description="Largest file a respondent may send")
    draft_days: int = Field(default=180, ge=1, le=3650, description="Days a draft's personal link works after a save")
    rate_limits: bool = Field(default=True, description="Hold up an address that asks too often")
    session_hours: int = Field(default=12, ge=1, le=720, description="Hours a staff session lasts")

    smtp_url: str = Field(
        default="",
        repr=False,
        description="Mail server: smtp://user:password@host:587, smtps://... for TLS at once; empty: no mail is sent",
    )
    mail_from: str = Field(default="", description="Sender of mails, such as Secretariat <office@example.org>")
    mail_pause_seconds: float = Field(default=1.0, ge=0, le=600, description="Seconds between two mails of a mailing")

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

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            usable = usable and not (parts.query or parts.fragment or parts.username or parts.path.strip("/"))
        except ValueError:
            usable = False
        if url and not usable:
            raise ValueError("write https://host or https://host:port")
        return url

    @field_validator("hosts")
    @classmethod
    def _plain_names(cls, names: str) -> str:
        if any(sign in names for sign in "/:*@?# "):
            raise ValueError("write names without ports and blanks, such as soundings.example.org,soundings.local")
        return names

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith("sqlite:"):
            raise ValueError("only sqlite: addresses are supported")
        return url

    @property
    def host_names(self) -> tuple[str, ...]:
        """The further names, in small letters."""
        return tuple(name.lower() for name in self.hosts.split(",") if name)

    @property
    def behind_tls(self) -> bool:
        """True when people reach the app by https:."""
        return self.base_url.startswith("https:")

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
