"""Which sent responses may be of the same organisation. A name that was typed is a hint and takes nobody's place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from data.records import EVERYTHING, ConsultationRecord, ResponseRecord, Scope
from data.store import Transaction
from survey import published_forms, question_roles
from survey.contact_lists import Alike
from survey.organisation_names import initials, is_acronym, latin, meanings, plain, variants
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
    frame = kept.invited_organisations(consultation.id, scope)
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


class Likeness(StrEnum):
    """Why two responses may be of the same organisation, the surest first.

    INVITED   both are of the same organisation of the contact list, by link, by what staff said, or by name
    NAME      the same name, whatever the spelling
    ADDRESS   the same e-mail address for contact
    MEANING   the same words in another language or script
    ACRONYM   one name is made of the initials of the other
    SPELLING  nearly the same name
    """

    INVITED = "invited"
    NAME = "name"
    ADDRESS = "address"
    MEANING = "meaning"
    ACRONYM = "acronym"
    SPELLING = "spelling"


NEARLY = 90.0
"""Likeness of two names in percent, their words in order of the alphabet and in Latin letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameOrganisation:
    """Sent responses that may be of one organisation, in the order in which they were sent.

    responses  (response, the name that was typed)
    reasons    why, the surest first; each holds for two of them at least
    """

    responses: tuple[tuple[int, str], ...]
    reasons: tuple[Likeness, ...]


def same_organisations(
    kept: Transaction, consultation: ConsultationRecord, scope: Scope = EVERYTHING, *, nearly: float = NEARLY
) -> tuple[SameOrganisation, ...]:
    """Groups of sent responses within a scope that may be of one organisation, also under names in several languages.

    nearly  from which likeness in percent two names are nearly the same
    """
    sent = kept.sent_responses(consultation.id, scope)
    names = _names(kept, consultation, scope)
    invited = invited_by_name(kept, consultation.id, scope)
    keys = {each.id: each.invitation_id or invited.get(same_name(names.get(each.id, ""))) for each in sent}
    addresses = _addresses(kept.contacts(consultation.id, scope))
    order = [each.id for each in sorted(sent, key=lambda one: (one.submitted_at, one.id))]
    typed = {key: names[key] for key in order if names.get(key, "").strip()}
    pairs = [
        *_pairs(Likeness.INVITED, ((keys[key], key) for key in order if keys[key] is not None)),
        *_pairs(Likeness.NAME, ((same_name(name), key) for key, name in typed.items())),
        *_pairs(Likeness.ADDRESS, ((addresses[key], key) for key in order if key in addresses)),
        *_pairs_of_names(typed, nearly),
    ]
    return tuple(
        SameOrganisation(responses=tuple((key, names.get(key, "")) for key in members), reasons=reasons)
        for members, reasons in _joined(order, pairs)
    )


def organisation_keys(
    kept: Transaction, consultation: ConsultationRecord, scope: Scope = EVERYTHING
) -> Mapping[int, str]:
    """Sent response -> a key that responses of one organisation have in common, as far as that is sure.

    They count for the same organisation of the contact list, or were sent in the same name, also in the same words of
    another language. A response without a name or a link has none.
    """
    names = _names(kept, consultation, scope)
    invited = invited_by_name(kept, consultation.id, scope)
    sent = kept.sent_responses(consultation.id, scope)
    typed = {each.id: name for each in sent if (name := names.get(each.id, "").strip())}
    same = {key: same_name(name) for key, name in typed.items()}
    keys = {each.id: each.invitation_id or invited.get(same.get(each.id, "")) for each in sent}
    sure = [
        *_pairs(Likeness.INVITED, ((keys[each.id], each.id) for each in sent if keys[each.id] is not None)),
        *_pairs(Likeness.NAME, ((name, key) for key, name in same.items())),
        *_pairs(Likeness.MEANING, ((said, key) for key, name in typed.items() if (said := _said(name)))),
    ]
    order = [each.id for each in sent]
    alone = {each.id: f"reply {each.id}" for each in sent if each.id in typed or keys[each.id] is not None}
    return alone | {key: f"group {members[0]}" for members, _reasons in _joined(order, sure) for key in members}


def _said(name: str) -> frozenset[str]:
    """What a name says, when that is enough to know an organisation by; else nothing."""
    found = meanings(name)
    return found if len(found) >= _FEWEST_MEANINGS else frozenset()


_FEWEST_MEANINGS = 3
"""Two words, such as "Youth Council", are the name of many."""


def _pairs(reason: Likeness, keyed: Iterable[tuple[object, int]]) -> Iterator[tuple[int, int, Likeness]]:
    """Each response with the one before it that has the same key."""
    groups: defaultdict[object, list[int]] = defaultdict(list)
    for shared, key in keyed:
        groups[shared].append(key)
    for members in groups.values():
        for one, other in pairwise(members):
            yield one, other, reason


def _pairs_of_names(typed: Mapping[int, str], nearly: float) -> Iterator[tuple[int, int, Likeness]]:
    from rapidfuzz import fuzz, process  # slow import

    said, acronyms, spelled = [], defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for key, name in typed.items():
        for each in variants(name):
            if is_acronym(each):
                acronyms[each.replace(".", "").strip()].append(key)
            elif found := _said(each):
                said.append((found, key))
        words = sorted(latin(word) for word in plain(name).split())
        spelled[" ".join(words)].append(key)
    yield from _pairs(Likeness.MEANING, said)
    for key, name in typed.items():
        for each in variants(name):
            for other in acronyms.get(initials(each), ()):
                if other != key:
                    yield key, other, Likeness.ACRONYM
    texts = list(spelled)
    for start in range(0, len(texts), _CHUNK):
        like = process.cdist(texts[start : start + _CHUNK], texts, scorer=fuzz.ratio, score_cutoff=nearly, workers=1)
        for row, column in zip(*like.nonzero(), strict=True):
            if start + row < column:
                yield spelled[texts[start + row]][0], spelled[texts[column]][0], Likeness.SPELLING


_CHUNK = 500
"""Names that are held against all others at a time; all at once would take memory by the square of their number."""


def _joined(
    order: Sequence[int], pairs: Sequence[tuple[int, int, Likeness]]
) -> Iterator[tuple[tuple[int, ...], tuple[Likeness, ...]]]:
    """Groups of what pairs hang together, each with its reasons; members and groups in the order given."""
    leader = {key: key for key in order}

    def first(key: int) -> int:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for one, other, _reason in pairs:
        leader[first(other)] = first(one)
    members: defaultdict[int, list[int]] = defaultdict(list)
    reasons: defaultdict[int, set[Likeness]] = defaultdict(set)
    for key in order:
        members[first(key)].append(key)
    for one, _other, reason in pairs:
        reasons[first(one)].add(reason)
    for key, group in members.items():
        if len(group) > 1:
            yield tuple(group), tuple(reason for reason in Likeness if reason in reasons[key])


def _addresses(contacts: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    found = {}
    for key, details in contacts.items():
        address = next((value.strip().casefold() for value in details.values() if "@" in value), "")
        if address:
            found[key] = address
    return found


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
    apart: dict[int, dict[str, str]] = {}
    if "organisation" in policies_of(consultation).apart:  # only then is anything sealed opened for it
        sent = {each.id for each in kept.sent_responses(consultation.id, scope)}
        apart = {key: details for key, details in kept.contacts(consultation.id, scope).items() if key in sent}
    found: dict[int, str] = {}
    for version in line.numbers:
        question = question_roles.roles_in(kept, consultation, version).get("organisation", "")
        if question:
            found |= dict(kept.submitted_answers(consultation.id, version, question, scope))
            found |= {key: details[question] for key, details in apart.items() if details.get(question)}
    return found
