"""What a response must not run against when it is sent: one per organisation, and how many of a group are taken."""

from collections import Counter
from collections.abc import Mapping

from data.errors import Conflict, InvalidInput
from data.records import ConsultationRecord, ResponseRecord
from data.store import Transaction
from survey import published_forms, question_roles
from survey.organisations import invited_by_name, same_name
from survey.policies import Policies, policies_of
from survey.questionnaire import Answer


def require_place(
    kept: Transaction,
    consultation: ConsultationRecord,
    response: ResponseRecord,
    sent: Mapping[str, Answer],
    name: str,
) -> None:
    """Returns when the response may be sent beside those that were sent.

    consultation  with the roles that questions have in the version of this response
    name          of the organisation, as it was typed. It takes no place: anybody can type it. Who holds the personal
                  link can always send.
    Raises Conflict("response.organisation_sent") in the name of an invited organisation that replied, where one is
    taken; InvalidInput("response.group_full", group, limit) when enough of its group were sent.
    """
    rules = policies_of(consultation)
    if rules.one_per_organisation and response.invitation_id is None and not response.correcting:
        invitation = invited_by_name(kept, consultation.id).get(same_name(name))
        if invitation is not None and kept.invited_sent(invitation, response.id):
            raise Conflict("response.organisation_sent")
    group = group_of(kept, consultation, response.version_number, sent)
    limit = rules.limit(group)
    if not group or limit is None:
        return
    if sent_by_group(kept, consultation, rules, but=response.id)[group] >= limit:
        label = group_label(kept, consultation, response.version_number, sent, response.language)
        raise InvalidInput("response.group_full", group=label, limit=limit)


def group_of(kept: Transaction, consultation: ConsultationRecord, version: int, sent: Mapping[str, Answer]) -> str:
    """The group that is counted, as the newest version writes its code; "" where no groups are limited."""
    question = _counted(consultation)
    mine = sent.get(question)
    if not question or not isinstance(mine, str):
        return ""
    return published_forms.lineage_of(kept, consultation.id).code(version, question, mine)


def sent_by_group(
    kept: Transaction, consultation: ConsultationRecord, rules: Policies, *, but: int = 0
) -> Counter[str]:
    """How many were sent of each group in all versions, the response with the key `but` apart."""
    if not rules.quota_role:
        return Counter()
    line = published_forms.lineage_of(kept, consultation.id)
    consultation = kept.consultation_by_id(consultation.id)
    found: Counter[str] = Counter()
    for version in line.numbers:
        name = question_roles.roles_in(kept, consultation, version).get(rules.quota_role, "")
        counts = kept.count_answers(consultation.id, version, name, but=but) if name else {}
        for answer, count in counts.items():
            found[line.code(version, name, answer)] += count
    return found


def group_label(
    kept: Transaction, consultation: ConsultationRecord, version: int, sent: Mapping[str, Answer], language: str
) -> str:
    """The group in the words of the questionnaire."""
    question = _counted(consultation)
    mine = str(sent.get(question, ""))
    form = published_forms.form(kept, consultation.id, version).questionnaire
    labels = {choice.name: choice.label for choice in form.choices(form.question(question))}
    return labels[mine].in_language(language, mine) if mine in labels else mine


def _counted(consultation: ConsultationRecord) -> str:
    rules = policies_of(consultation)
    return consultation.roles.get(rules.quota_role, "") if rules.quota_role else ""
