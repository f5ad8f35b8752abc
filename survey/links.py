"""Personal links of invited organisations: make, renew and revoke. What a link opens is for `survey.responses`.

Each mail, letter and list of links has links of its own, because only hashes are kept; all links of an organisation
open the same response (docs/decisions/0008-personal-links.md).
"""

from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from data.errors import InvalidInput
from data.records import ConsultationRecord
from data.store import Store, Transaction
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.codes import hash_of, new_link_code, normalised


def address(base_url: str, slug: str, token: str = "") -> str:
    """Where a personal link leads; without a token the link that is the same for everybody."""
    return f"{base_url}/respond?{urlencode({'c': slug, 'i': token} if token else {'c': slug})}"


def is_reachable(base_url: str) -> bool:
    """False for an address that only this computer knows: nobody else can follow a link to it."""
    host = urlsplit(base_url).hostname or ""
    try:
        known = ip_address(host)
    except ValueError:
        return host not in ("", "localhost") and not host.endswith(".localhost")
    return not (known.is_loopback or known.is_unspecified)


def require_reachable(consultation: ConsultationRecord, base_url: str) -> None:
    """Nothing with links goes out while they lead nowhere; InvalidInput("link.only_here").

    A fictional consultation sends nothing to the world, so its tables and letters can be tried on one computer.
    """
    if not consultation.fictional and not is_reachable(base_url):
        raise InvalidInput("link.only_here", address=base_url)


def made(kept: Transaction, invitation_ids: Iterable[int], *, purpose: str, now: datetime) -> dict[int, str]:
    """A new link for each organisation, known in the clear only here: invitation -> token."""
    tokens = {invitation_id: new_link_code() for invitation_id in invitation_ids}
    kept.add_invitation_links(
        [
            {"invitation_id": key, "token_hash": hash_of(normalised(token)), "purpose": purpose, "created_at": now}
            for key, token in tokens.items()
        ]
    )
    return tokens


def renew_link(store: Store, slug: str, invitation_id: int, *, actor: Actor, now: datetime) -> str:
    """Earlier links of the organisation open nothing any more; returns the token of its new one.

    Its response stays, and the new link opens it. Raises NotFound("invitation.unknown").
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    with store.write() as kept:
        found = kept.invitation(kept.consultation(slug).id, invitation_id)
        kept.revoke_invitation_links(found.id, now)
        token = made(kept, (found.id,), purpose="renewed", now=now)[found.id]
        note_staff(kept, slug, "link.renewed", of=found.id, actor=actor, now=now)
    return token


def revoke_links(store: Store, slug: str, invitation_id: int, *, actor: Actor, now: datetime) -> int:
    """No link of the organisation opens anything any more; how many did. Raises NotFound("invitation.unknown")."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    with store.write() as kept:
        found = kept.invitation(kept.consultation(slug).id, invitation_id)
        count = kept.revoke_invitation_links(found.id, now)
        note_staff(kept, slug, "link.revoked", of=found.id, actor=actor, now=now)
    return count
