"""Sign-in by an identity provider: the visit there and back, and whose account it is.

A subject that came before has its account. One that is new gets the account whose sign-in name the provider vouches
for, or a new one where a list in the settings says which role it gets; nobody else comes in.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import InvalidInput, NotAllowed
from data.people_records import PersonRecord, Way
from data.store import Store, Transaction
from survey import passwords
from survey.access import Role
from survey.codes import hash_of, new_token
from survey.identity_provider import Claims, Provider
from survey.people import DEMO_PEOPLE
from survey.sessions import IDLE_MINUTES, actor_for, open_session

VISIT_MINUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Whoever has this sign-in name, or, when it begins with "*@", a name at this host, gets this role."""

    name: str
    role: Role

    def fits(self, login: str) -> bool:
        """True when the name is meant."""
        return login.endswith(self.name[1:]) if self.name.startswith("*") else login == self.name


def allow_list(text: str) -> tuple[Allowed, ...]:
    """The setting read: `ana@example.org=administrator, *@example.org=secretariat`; the first that fits holds.

    Raises InvalidInput("setting.invalid") for what cannot be read.
    """
    found = []
    for part in text.split(","):
        name, equals, role = (piece.strip() for piece in part.partition("="))
        if not name and not equals:
            continue
        host = name[2:] if name.startswith("*@") else name
        if not equals or role not in tuple(Role) or not host or "*" in host:
            raise InvalidInput("setting.invalid", name="SOUNDINGS_OIDC_ACCOUNTS", reason=part.strip())
        found.append(Allowed(name=name.casefold(), role=Role(role)))
    return tuple(found)


def begin(store: Store, provider: Provider, *, now: datetime) -> tuple[str, str]:
    """(where the browser goes, what it keeps meanwhile)."""
    browser, state, nonce, verifier = (new_token() for _each in range(4))
    address = provider.address(state=state, nonce=nonce, verifier=verifier)
    with store.write() as kept:
        kept.add_provider_visit(
            hash_of(browser),
            now,
            state_hash=hash_of(state),
            nonce=nonce,
            verifier=verifier,
            expires_at=now + timedelta(minutes=VISIT_MINUTES),
        )
    return address, browser


def come_back(
    store: Store,
    provider: Provider,
    *,
    browser: str,
    state: str,
    code: str,
    login_claim: str,
    allowed: tuple[Allowed, ...],
    now: datetime,
    hours: int,
    idle_minutes: int = IDLE_MINUTES,
    device: str = "",
) -> str:
    """A session token for whoever the provider vouches for.

    Raises NotAllowed("oidc.state") when this browser was not sent there with this state, or too long ago, or came back
    before; what `Provider.claims` raises; and NotAllowed("oidc.unknown", name=) for somebody without an account.
    """
    with store.write() as kept:
        visit = kept.take_provider_visit(hash_of(browser))
    if visit is None or visit.expires_at <= now or not hmac.compare_digest(visit.state_hash, hash_of(state)):
        raise NotAllowed("oidc.state")
    claims = provider.claims(code, nonce=visit.nonce, verifier=visit.verifier)
    with store.write() as kept:
        person = _person(kept, claims, login_claim, allowed, now)
        return open_session(
            kept, person, now=now, hours=hours, idle_minutes=idle_minutes, device=device, way=Way.PROVIDER
        )


def _person(
    kept: Transaction, claims: Claims, login_claim: str, allowed: tuple[Allowed, ...], now: datetime
) -> PersonRecord:
    person_id = kept.provider_person(claims.issuer, claims.subject)
    if person_id is not None:
        person = kept.person(person_id)
        if not person.active:
            raise NotAllowed("oidc.unknown", name=person.login)
        return person
    login = _vouched_login(claims, login_claim)
    found = kept.credentials(login)
    if found is not None:
        # Two subjects with one name are two people; the account stays with the first.
        if not found["active"] or kept.has_provider_account(found["id"], claims.issuer):
            raise NotAllowed("oidc.unknown", name=login)
        person = kept.person(found["id"])
    else:
        rule = next((each for each in allowed if each.fits(login)), None)
        if rule is None:
            raise NotAllowed("oidc.unknown", name=login)
        new_id = kept.add_person(
            login=login,
            name=(claims.text("name") or login)[:200],
            password_hash=passwords.NONE,
            role=rule.role,
            created_at=now,
        )
        person = kept.person(new_id)
        kept.record(at=now, actor=actor_for(person).label, action="person.joined", subject=login, details={})
    kept.add_provider_account(person_id=person.id, issuer=claims.issuer, subject=claims.subject, created_at=now)
    details = {"issuer": claims.issuer}
    kept.record(at=now, actor=actor_for(person).label, action="person.provider", subject=login, details=details)
    return person


def _vouched_login(claims: Claims, login_claim: str) -> str:
    """The sign-in name; an e-mail address only when the provider says that it was verified."""
    login = claims.text(login_claim).casefold()
    if not login or len(login) > 200 or any(letter.isspace() for letter in login) or login in DEMO_PEOPLE:
        raise NotAllowed("oidc.no_name", claim=login_claim)
    if login_claim == "email" and claims.said.get("email_verified") is not True:
        raise NotAllowed("oidc.unverified", name=login)
    return login
