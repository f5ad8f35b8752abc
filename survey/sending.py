"""What a response must not run against when it is sent: one per organisation, and how many of a group are taken."""

from collections.abc import Mapping

from data.errors import Conflict, InvalidInput
from data.records import ConsultationRecord, ResponseRecord
from data.store import Transaction
from survey import consultations
from survey.organisations import invited_by_name, same_name
from survey.policies import Policies, policies_of
from survey.questionnaire import Answer


def require_place(
    kept: Transaction,
    consultation: ConsultationRecord,
    response: ResponseRecord,
    sent: Mapping[str, Answer],
    invitation_id: int | None,
) -> None:
    """Returns when the response may be sent beside those that were sent.

    consultation  with the roles that questions have in the version of this response
    Raises Conflict("response.organisation_sent") for a second one of an invited organisation where one is taken;
    InvalidInput("response.group_full", group, limit) when enough of its group were sent.
    """
    rules = policies_of(consultation)
    if rules.one_per_organisation and invitation_id is not None and kept.invited_sent(invitation_id, response.id):
        raise Conflict("response.organisation_sent")
    if rules.quota_role:
        _require_room(kept, consultation, response, sent, rules)


def _require_room(
    kept: Transaction,
    consultation: ConsultationRecord,
    response: ResponseRecord,
    sent: Mapping[str, Answer],
    rules: Policies,
) -> None:
    question = consultation.roles.get(rules.quota_role, "")
    mine = sent.get(question)
    if not isinstance(mine, str):
        return
    line = consultations.lineage_of(kept, consultation.id)
    code = line.code(response.version_number, question, mine)
    limit = rules.limit(code)
    if limit is None:
        return
    count = 0
    for version in line.numbers:
        name = consultations.roles_in(kept, consultation, version).get(rules.quota_role, "")
        answers = kept.submitted_answers(consultation.id, version, name) if name else ()
        count += sum(key != response.id and line.code(version, name, answer) == code for key, answer in answers)
    if count >= limit:
        form = consultations.form(kept, consultation.id, response.version_number).questionnaire
        labels = {choice.name: choice.label for choice in form.choices(form.question(question))}
        group = labels[mine].in_language(response.language, mine) if mine in labels else mine
        raise InvalidInput("response.group_full", group=group, limit=limit)


def same_organisation_sent(
    kept: Transaction, consultation: ConsultationRecord, response: ResponseRecord, name: str
) -> bool:
    """True when another response was sent in the name of this organisation, in any version."""
    line = consultations.lineage_of(kept, consultation.id)
    wanted = same_name(name)
    for version in line.numbers if wanted else ():
        question = consultations.roles_in(kept, consultation, version).get("organisation", "")
        answers = kept.submitted_answers(consultation.id, version, question) if question else ()
        if any(key != response.id and same_name(answer) == wanted for key, answer in answers):
            return True
    return False


def invitation_of(
    kept: Transaction, consultation: ConsultationRecord, response: ResponseRecord, name: str
) -> int | None:
    """The invitation that a response answers: the one of its link, else the one of the organisation's name."""
    if policies_of(consultation).anonymous:
        return None
    return response.invitation_id or invited_by_name(kept, consultation.id).get(same_name(name))
