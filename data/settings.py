"""Every setting: name, type, default, help. The only reader of the environment.

A setting is given as an environment variable `SOUNDINGS_<NAME>`; `python -m data where` prints what holds.
"""

import os
import re
from email.utils import parseaddr
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.contact_keys import check_keys
from data.errors import InvalidInput

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LEAST_PASSWORD, LEAST_PASSWORD_ALONE = 8, 15
"""Fewest characters beside a second factor, and where a password is all there is (NIST SP 800-63B-4, 3.1.1.2)."""
SESSION_COOKIE = "soundings_session"

_PREFIX = "SOUNDINGS_"
_SERVERS = ("postgresql:", "postgresql+psycopg:", "postgres:")


def default_database_url() -> str:
    """SQLite in the platform's user data folder."""
    return f"sqlite:///{(user_data_path('soundings', appauthor=False) / 'soundings.db').as_posix()}"


class Settings(BaseSettings):
    """What an operator may set; values are checked when they are read."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    database_url: str = Field(default_factory=default_database_url, description="Where everything is kept")
    database_connections: int = Field(
        default=8, ge=1, le=200, description="Connections to a PostgreSQL server that are kept; twice as many at most"
    )
    backup_folder: str = Field(default="", description="Where the app puts a back-up each day; empty: it makes none")
    backups_kept: int = Field(default=14, ge=1, le=1000, description="Scheduled back-ups that stay; older ones go")
    secrets_folder: str = Field(
        default="", description="Folder with a file for each setting that is secret, named as it is in small letters"
    )
    address: str = Field(default="127.0.0.1", description="Address the app listens on")
    port: int = Field(default=8501, ge=1, le=65535, description="Port the app listens on")
    public_url: str = Field(default="", description="Address that people type, for links; empty: the local address")
    proxies: int = Field(default=0, ge=0, le=10, description="How many proxies stand before the app and are believed")
    hosts: str = Field(default="", description="Further names by which the app is asked for, with commas between")
    demo: bool = Field(default=False, description="Demo mode: offers a demo secretariat account on the sign-in page")
    upload_limit_mb: int = Field(default=10, ge=1, le=500, description="Largest file a respondent may send")
    draft_days: int = Field(default=180, ge=1, le=3650, description="Days a draft's personal link works after a save")
    rate_limits: bool = Field(default=True, description="Hold up an address that asks too often")
    session_hours: int = Field(default=12, ge=1, le=720, description="Hours a staff session lasts at most")
    session_idle_minutes: int = Field(
        default=60, ge=5, le=43200, description="Minutes without a click after which a staff session ends"
    )
    secure_cookies: bool = Field(
        default=False, description="Session cookie over TLS only, also when the public address is not https"
    )
    password_length: int = Field(
        default=0,
        le=64,
        description="Fewest characters of a staff password; 0: 15, or 8 beside a required second factor",
    )
    require_second_factor: bool = Field(
        default=False, description="Nobody signs in with a password alone; a second factor is set up at once"
    )

    oidc_issuer: str = Field(default="", description="Identity provider (OpenID Connect), such as https://id.example")
    oidc_client_id: str = Field(default="", description="The name that the identity provider gave this program")
    oidc_client_secret: str = Field(default="", repr=False, description="The secret that it gave this program")
    oidc_name: str = Field(default="", description="What the button calls the provider; empty: its host")
    oidc_scopes: str = Field(default="openid email profile", description="What is asked for, with spaces between")
    oidc_login_claim: str = Field(default="email", description="The claim that names the account")
    oidc_acr: str = Field(
        default="", description="Levels of assurance (acr) of which the provider must name one, with spaces between"
    )
    oidc_amr: str = Field(
        default="", description="Ways to sign in (amr), such as mfa, that the provider must name, with spaces between"
    )
    oidc_accounts: str = Field(
        default="", description="Who gets an account by the provider, as ana@example.org=administrator, *@x.org=..."
    )
    password_sign_in: bool = Field(default=True, description="Offer passwords beside the identity provider")

    contact_key: str = Field(
        default="", repr=False, description="Keys of the contact data, the sealing one first; empty: those of the file"
    )
    contact_key_file: str = Field(default="", description="File of those keys; empty: beside the database file")
    erasure_journal: str = Field(
        default="", description="File of what was erased, for restored back-ups; empty: beside the database file"
    )
    column_files: bool = Field(
        default=True, description="Keep the coded answers of large consultations in files, so that figures come at once"
    )
    column_folder: str = Field(default="", description="Folder of those files; empty: beside the database file")
    counting: Literal["arrays", "duckdb", "postgresql"] = Field(
        default="arrays",
        description="Who counts answers: arrays in memory; DuckDB over files, or the PostgreSQL server, beyond memory",
    )
    counting_memory_mb: int = Field(
        default=1000, ge=100, description="Megabytes that DuckDB may take in a process, for all consultations together"
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

    @field_validator("password_length")
    @classmethod
    def _long_enough(cls, length: int) -> int:
        if length and length < LEAST_PASSWORD:
            raise ValueError(f"write 0, or {LEAST_PASSWORD} to 64")
        return length

    @field_validator("secrets_folder")
    @classmethod
    def _folder_is_there(cls, folder: str) -> str:
        if folder and not Path(folder).is_dir():
            raise ValueError("there is no such folder")
        return folder

    @field_validator("contact_key")
    @classmethod
    def _whole_keys(cls, given: str) -> str:
        check_keys(given)
        return given

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: str) -> str:
        if url and _server_in(url, "smtp", "smtps") is None:
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
        parts = _server_in(url, "http", "https")
        more = parts is None or parts.query or parts.fragment or parts.username or parts.path.strip("/")
        if url and more:
            raise ValueError("write https://host or https://host:port")
        return url

    @field_validator("hosts")
    @classmethod
    def _plain_names(cls, names: str) -> str:
        if any(sign in names for sign in "/:*@?# "):
            raise ValueError("write names without ports and blanks, such as soundings.example.org,soundings.local")
        return names

    @field_validator("oidc_issuer")
    @classmethod
    def _known_issuer(cls, url: str) -> str:
        parts = _server_in(url, "http", "https")
        usable = parts is not None and not parts.query and not parts.fragment
        safe = parts is not None and (parts.scheme == "https" or parts.hostname in LOOPBACK)
        if url and not (usable and safe):
            raise ValueError("write an address that begins with https://")
        return url

    @field_validator("oidc_scopes")
    @classmethod
    def _asks_who_it_is(cls, scopes: str) -> str:
        if "openid" not in scopes.split():
            raise ValueError("openid must be among them")
        return scopes

    @field_validator("oidc_acr", "oidc_amr")
    @classmethod
    def _named_with_spaces(cls, names: str) -> str:
        if names != " ".join(names.split()):
            raise ValueError("write names with one space between them")
        return names

    @model_validator(mode="after")
    def _a_way_in(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("SOUNDINGS_OIDC_ISSUER needs SOUNDINGS_OIDC_CLIENT_ID")
        for name, asked in (("ACR", self.oidc_acr), ("AMR", self.oidc_amr)):
            if asked and not self.oidc_issuer:
                raise ValueError(f"SOUNDINGS_OIDC_{name} needs SOUNDINGS_OIDC_ISSUER")
        if not self.oidc_issuer and not self.password_sign_in:
            raise ValueError("SOUNDINGS_PASSWORD_SIGN_IN=false needs SOUNDINGS_OIDC_ISSUER")
        return self

    @model_validator(mode="after")
    def _a_server_to_count_on(self) -> "Settings":
        if self.counting == "postgresql" and self.database_url.startswith("sqlite:"):
            raise ValueError("SOUNDINGS_COUNTING=postgresql needs SOUNDINGS_DATABASE_URL=postgresql://...")
        if self.counting == "duckdb" and not self.column_files:
            raise ValueError("SOUNDINGS_COUNTING=duckdb needs SOUNDINGS_COLUMN_FILES=true")
        if self.counting == "duckdb" and find_spec("duckdb") is None:
            raise ValueError("SOUNDINGS_COUNTING=duckdb needs the package duckdb, which is not installed here")
        return self

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:", *_SERVERS)):
            raise ValueError("write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return url

    @property
    def password_minimum(self) -> int:
        """Fewest characters of a new staff password (NIST SP 800-63B-4, 3.1.1.2)."""
        return self.password_length or (LEAST_PASSWORD if self.require_second_factor else LEAST_PASSWORD_ALONE)

    @property
    def host_names(self) -> tuple[str, ...]:
        """The further names, in small letters."""
        return tuple(name.lower() for name in self.hosts.split(",") if name)

    @property
    def behind_tls(self) -> bool:
        """True when people reach the app by https:."""
        return self.base_url.startswith("https:")

    @property
    def on_server(self) -> bool:
        """True for PostgreSQL, which other processes and machines share."""
        return self.database_url.startswith(_SERVERS)

    @property
    def sqlalchemy_url(self) -> str:
        """The address with the driver that is used."""
        scheme, mark, rest = self.database_url.partition("://")
        return f"postgresql+psycopg{mark}{rest}" if self.on_server and scheme else self.database_url

    @property
    def database_shown(self) -> str:
        """The address without the password."""
        return re.sub(r"(?<=//)([^/@:]*):[^/@]*@", r"\1:…@", self.database_url)

    @property
    def base_url(self) -> str:
        """The address that people type, without a slash at the end."""
        address = "127.0.0.1" if self.address in ("0.0.0.0", "::", "") else self.address
        return (self.public_url or f"http://{address}:{self.port}").rstrip("/")

    @property
    def is_secure(self) -> bool:
        """True when browsers reach the app over TLS only."""
        return self.secure_cookies or self.behind_tls

    def cookie(self, name: str) -> str:
        """What a cookie of ours is called here. Over TLS no other host, no plain connection and no path can set it."""
        return f"__Host-{name}" if self.is_secure else name

    @property
    def session_cookie(self) -> str:
        """Name of the staff session cookie."""
        return self.cookie(SESSION_COOKIE)

    @property
    def sqlite_path(self) -> Path | None:
        """The database file; None for a database in memory or on a server."""
        if self.on_server:
            return None
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

    @property
    def column_path(self) -> Path | None:
        """The folder of the files of columns; None when there are to be none."""
        if not self.column_files or not (self.on_server or self.column_folder or self.sqlite_path):
            return None
        return Path(self.column_folder) if self.column_folder else self._beside("columns")

    def _beside(self, ending: str) -> Path:
        """A file of the name of the database; in the user data folder when the database is no file."""
        path = self.sqlite_path
        if path is not None:
            return path.with_name(f"{path.stem}.{ending}")
        # Two databases on servers must not share one: what was erased in one would be erased in the other.
        address = urlsplit(self.database_url)
        place = re.sub(r"[^\w.-]+", "-", f"{address.hostname or ''}{address.path}").strip("-")
        name = place if self.on_server and place else "soundings"
        return user_data_path("soundings", appauthor=False) / f"{name}.{ending}"


def _server_in(url: str, *schemes: str) -> SplitResult | None:
    """The parts of an address of a server with one of these schemes; None for anything else."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in schemes and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


_NAMES = tuple(_PREFIX + name.upper() for name in Settings.model_fields)


def read_settings() -> Settings:
    """The settings in force; InvalidInput("setting.invalid") names the first one that is wrong."""
    return _read(tuple(map(os.environ.get, _NAMES)))


@lru_cache(maxsize=16)
def _read(_environment: tuple[str | None, ...]) -> Settings:
    # Reading takes a millisecond, and every rerun of a page asks; the same environment gives the same settings.
    folder = os.environ.get(f"{_PREFIX}SECRETS_FOLDER", "")
    try:
        # The library's own name for it, which its types do not tell.
        return Settings(_secrets_dir=folder if os.path.isdir(folder) else None)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        # What concerns several settings names them in its reason.
        name = _PREFIX + ("_".join(str(part) for part in first["loc"]).upper() or "*")
        raise InvalidInput("setting.invalid", name=name, reason=first["msg"]) from None
