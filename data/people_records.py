"""Typed records about people with an account: how they sign in, what may be wrong there, and their roles."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.records import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Somebody with an account."""

    id: int
    login: str
    name: str
    role: str
    active: bool


class Way(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"
    PROVIDER = "provider"
    DEMO = "demo"


class Awaits(StrEnum):
    """What a session still waits for before it opens anything."""

    NOTHING = ""
    CODE = "code"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A staff session, without its token. `device` is what the browser says about itself."""

    id: int
    person_id: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    idle_minutes: int
    device: str
    way: Way
    awaits: Awaits


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRecord:
    """The secret that an authenticator app shares with us; `last_step` is the half minute of the last code taken."""

    person_id: int
    secret: str
    confirmed_at: datetime | None
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderVisit:
    """What one browser was sent to the identity provider with."""

    state_hash: str
    nonce: str
    verifier: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Wrong attempts under one key, and when the right one came last."""

    failures: int = 0
    failed_at: datetime | None = None
    blocked_until: datetime | None = None
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """What somebody may do in one consultation (`slug`): a role and the part of it that they see."""

    person_id: int
    login: str
    name: str
    slug: str
    role: str
    scope: Scope
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """A one-time link that creates an account or sets a password; only its token's hash is kept."""

    id: int
    role: str
    login: str
    name: str
    expires_at: datetime
    used_at: datetime | None
