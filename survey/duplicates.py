"""Which sent responses may be of the same organisation. A name that was typed is a hint and takes nobody's place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.records import EVERYTHING, ConsultationRecord, ResponseRecord, Scope
from data.store import Transaction
from survey import published_forms, question_roles
from survey.contact_lists import Alike
from survey.organisations import invited_by_name, same_name
from survey.policies import policies_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A sent response that may be of an organisation of the contact list, or that may be there twice.

    name           as it was typed
    organisation   of the contact list, "" for none; invitation_id is its key
    is_near        the name is nearly that of the organisation, not the same
    counts         it counts as the reply of that organisation already
    others         other sent responses of the same organisation or in the same name
    """

    response_id: int
    reference: str
    submitted_at: datetime
    name: str
    organisation: str = ""
    invitation_id: int | None = None
    is_near: bool = False
    counts: bool = False
    others: int = 0


def doubts(kept: Transaction, consultation: ConsultationRecord, scope: Scope = EVERYTHING) -> tuple[Doubt, ...]:
    """Every response within a scope that staff should look at, by organisation and name.

    What came by a personal link is that organisation's and never doubted.
    """
    frame = {each.id: each.organisation for each in kept.invitations(consultation.id, scope)}
    invited, alike = invited_by_name(kept, consultation.id, scope), Alike(frame.values())
    names, sent = _names(kept, consultation, scope), kept.sent_responses(consultation.id, scope)
    of = {each.id: each.invitation_id or invited.get(same_name(names.get(each.id, ""))) for each in sent}
    keys: dict[int, int | str] = {each.id: of[each.id] or same_name(names.get(each.id, "")) for each in sent}
    counts = Counter(key for key in keys.values() if key)
    found = []
    for each in sent:
        if each.is_linked:
            continue
        name, invitation = names.get(each.id, ""), of[each.id]
        others = counts[keys[each.id]] - 1
        near = invited.get(same_name(alike.to(name))) if invitation is None and name else None
        is_near = near is not None
        if near is not None:
            invitation, others = near, others + counts[near]
        if others > 0 or (invitation is not None and each.invitation_id is None):
            found.append(
                Doubt(
                    response_id=each.id,
                    reference=each.reference,
                    submitted_at=each.submitted_at,
                    name=name,
                    organisation="" if invitation is None else frame.get(invitation, ""),
                    invitation_id=invitation,
                    is_near=is_near,
                    counts=each.invitation_id is not None,
                    others=others,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.organisation or one.name, one.submitted_at, one.reference)))


def is_sent_in_name(kept: Transaction, consultation: ConsultationRecord, response: ResponseRecord, name: str) -> bool:
    """True when another response was sent in the name of this organisation, in any version, or by its link."""
    wanted = same_name(name)
    if not name.strip():
        return False
    if any(key != response.id and same_name(typed) == wanted for key, typed in _names(kept, consultation).items()):
        return True
    invitation = invited_by_name(kept, consultation.id).get(wanted)
    return invitation is not None and kept.invited_sent(invitation, response.id)


def _names(kept: Transaction, consultation: ConsultationRecord, scope: Scope = EVERYTHING) -> Mapping[int, str]:
    """Response -> the organisation's name as it was typed, of those that were sent; kept apart from answers or not."""
    line = published_forms.lineage_of(kept, consultation.id)
    consultation = kept.consultation_by_id(consultation.id)
    is_apart = "organisation" in policies_of(consultation).apart
    sent = {each.id for each in kept.sent_responses(consultation.id, scope)} if is_apart else set()
    apart = {key: details for key, details in kept.contacts(consultation.id, scope).items() if key in sent}
    found: dict[int, str] = {}
    for version in line.numbers:
        question = question_roles.roles_in(kept, consultation, version).get("organisation", "")
        if question:
            found |= dict(kept.submitted_answers(consultation.id, version, question, scope))
            found |= {key: details[question] for key, details in apart.items() if details.get(question)}
    return found
