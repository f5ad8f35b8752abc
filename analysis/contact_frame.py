"""The contact frame as margins: how many organisations were invited, by what the questionnaire asks as well; and as a
list, with the replies of those who are on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from analysis.dataset.arrays import Dataset
from analysis.disclosure import Policy
from analysis.findings.listed import ContactList, Listed, ListedReply
from analysis.findings.method import TAB, FrameMargin
from data.analysis_records import FrozenResponse, SnapshotRecord
from data.invitation_records import FrameCount, ListedAs, Standing
from data.invitation_records import ListedReply as Kept
from data.records import EVERYTHING, ConsultationRecord, Scope
from data.store import Transaction
from survey import published_forms, question_roles

ROLES = ("region", "organisation_type")
_Part: TypeAlias = tuple[str, str, Mapping[str, str]]
"""A variable, the role that it plays, and code in the contact list -> present code."""


def frame_margins(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> tuple[FrameMargin, ...]:
    """Invited organisations within a scope by region, by type and by both, under the present codes; () when nobody was.

    Left out: a part that no question plays, invited organisations of which the contact list does not tell it, and a
    margin of which it tells nothing.
    """
    counts = kept.frame_counts(consultation.id, scope)
    found = []
    asked: list[_Part] = []
    for part in _parts(kept, consultation):
        margin = _margin(counts, [part])
        if margin.targets:
            found.append(margin)
            asked.append(part)
    if len(asked) > 1 and (together := _margin(counts, asked)).targets:
        found.append(together)
    return tuple(found)


def contact_list(kept: Transaction, consultation: ConsultationRecord, scope: Scope, rules: Policy) -> ContactList:
    """The contact frame within a scope, with every submitted reply that counts for an organisation of it."""
    replies = kept.listed_replies(consultation.id, scope)
    return ContactList(
        invited=kept.contacts_revision(consultation.id, scope).invited,
        margins=frame_margins(kept, consultation, scope),
        replies=_replies(replies, _parts(kept, consultation)),
        elsewhere=frozenset(_elsewhere(kept, consultation, scope, replies)),
        rules=rules,
    )


def _elsewhere(
    kept: Transaction, consultation: ConsultationRecord, scope: Scope, replies: Sequence[Kept]
) -> dict[int, str]:
    """Response within the scope -> its salt, of those of an organisation that the contact frame has in another part."""
    if scope == EVERYTHING:
        return {}
    found = kept.responses_of_listed(consultation.id, scope)
    here = {each.response_id for each in replies}
    return {key: salt for key, salt in found.items() if key not in here}


def standings(
    kept: Transaction, consultation: ConsultationRecord, scope: Scope, dataset: Dataset
) -> dict[int, tuple[str, Standing]]:
    """Response -> its salt and how it stands to the contact frame, of those of the data set that are of an organisation
    on it, within the scope or elsewhere."""
    replies = kept.listed_replies(consultation.id, scope)
    listed = Listed(dataset, ContactList(replies=_replies(replies, ())))
    counting = listed.counting
    present = {role: codes for _variable, role, codes in _parts(kept, consultation)}
    further, elsewhere = Standing(ListedAs.FURTHER), Standing(ListedAs.ELSEWHERE)
    others = _elsewhere(kept, consultation, scope, replies)
    there = others.keys() & set(dataset.respondents.ids.tolist()) if others else ()

    @cache
    def told(*codes: str) -> Standing:
        known = [present.get(role, {}).get(code, "") for role, code in zip(ROLES, codes, strict=True)]
        return Standing(ListedAs.COUNTS, *known)

    found = {
        each.response_id: (
            each.salt,
            told(each.region, each.organisation_type) if each.response_id in counting else further,
        )
        for each in replies
        if each.response_id in listed.responses
    }
    return found | {key: (others[key], elsewhere) for key in there}


def frozen_list(record: SnapshotRecord, responses: Sequence[FrozenResponse]) -> ContactList:
    """The contact frame as a snapshot has kept it; without replies, and `invited` None, where it has not kept these."""
    under = record.conditions
    variables = {role: under["roles"][role] for role in ROLES if under["roles"].get(role)}
    return ContactList(
        invited=under.get("invited"),
        margins=tuple(FrameMargin(variable=name, targets=dict(targets)) for name, targets in under["frame"]),
        replies=tuple(
            ListedReply(
                response=each.response.id,
                organisation=each.response.id if each.standing.listed is ListedAs.COUNTS else None,
                by_link=False,
                codes={variable: getattr(each.standing, role) for role, variable in variables.items()},
            )
            for each in responses
            if each.standing.listed in (ListedAs.COUNTS, ListedAs.FURTHER)
        ),
        elsewhere=frozenset(each.response.id for each in responses if each.standing.listed is ListedAs.ELSEWHERE),
    )


def _replies(replies: Sequence[Kept], parts: Sequence[_Part]) -> tuple[ListedReply, ...]:
    @cache
    def told(*codes: str) -> Mapping[str, str]:
        """Few combinations are there, and many replies."""
        listed = dict(zip(ROLES, codes, strict=True))
        return {variable: present.get(listed[role], "") for variable, role, present in parts}

    return tuple(
        ListedReply(
            response=each.response_id,
            organisation=each.invitation_id,
            by_link=each.is_linked,
            codes=told(each.region, each.organisation_type),
        )
        for each in replies
    )


def _parts(kept: Transaction, consultation: ConsultationRecord) -> list[_Part]:
    """The roles that a question plays."""
    line = published_forms.lineage_of(kept, consultation.id)
    found: list[_Part] = []
    for role in ROLES:
        variable = question_roles.roles_in(kept, consultation, line.newest).get(role, "")
        present: dict[str, str] = {}
        for number in reversed(line.numbers):
            form = line.questionnaires[number]
            question = question_roles.roles_in(kept, consultation, number).get(role, "")
            for choice in form.choices(form.question(question)) if question else ():
                present.setdefault(choice.name, line.code(number, question, choice.name))
        if variable:
            found.append((variable, role, present))
    return found


def _margin(counts: Sequence[FrameCount], asked: Sequence[_Part]) -> FrameMargin:
    """By the variables of all parts, counted together."""
    targets: Counter[str] = Counter()
    for each in counts:
        codes = [present.get(getattr(each, role), "") for _variable, role, present in asked]
        if all(codes):
            targets[TAB.join(codes)] += each.invited
    return FrameMargin(variable=TAB.join(variable for variable, _role, _present in asked), targets=dict(targets))
