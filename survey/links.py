"""Personal links of invited organisations: make, renew and revoke. What a link opens is for `survey.responses`.

Each mail, letter and list of links has links of its own, because only hashes are kept; all links of an organisation
open the same response (docs/decisions/0008-personal-links.md).
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from data.store import Store, Transaction
from survey.access import Action, Actor, require
from survey.codes import hash_of, new_link_code, normalised


def address(base_url: str, slug: str, token: str) -> str:
    """Where a personal link leads."""
    return f"{base_url}/respond?{urlencode({'c': slug, 'i': token})}"


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
    require(actor, Action.MANAGE_CONSULTATIONS)
    with store.write() as kept:
        found = kept.invitation(kept.consultation(slug).id, invitation_id)
        kept.revoke_invitation_links(found.id, now)
        token = made(kept, (found.id,), purpose="renewed", now=now)[found.id]
        kept.record(at=now, actor=actor.label, action="link.renewed", subject=f"{slug}/{found.id}", details={})
    return token


def revoke_links(store: Store, slug: str, invitation_id: int, *, actor: Actor, now: datetime) -> int:
    """No link of the organisation opens anything any more; how many did. Raises NotFound("invitation.unknown")."""
    require(actor, Action.MANAGE_CONSULTATIONS)
    with store.write() as kept:
        found = kept.invitation(kept.consultation(slug).id, invitation_id)
        count = kept.revoke_invitation_links(found.id, now)
        kept.record(at=now, actor=actor.label, action="link.revoked", subject=f"{slug}/{found.id}", details={})
    return count
