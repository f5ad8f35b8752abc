"""The contact frame as margins: how many organisations were invited, by what the questionnaire asks as well."""

from collections import Counter

from analysis.findings.method import FrameMargin
from data.records import ConsultationRecord, Scope
from data.store import Transaction
from survey import published_forms, question_roles

ROLES = ("region", "organisation_type")


def frame_margins(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> tuple[FrameMargin, ...]:
    """Invited organisations within a scope by region and by type, under the present codes; () when nobody was invited.

    Left out: a part that no question plays, invited organisations of which the contact list does not tell it, and a
    margin of which it tells nothing.
    """
    line = published_forms.lineage_of(kept, consultation.id)
    counts = kept.frame_counts(consultation.id, scope)
    found = []
    for role in ROLES:
        variable = question_roles.roles_in(kept, consultation, line.newest).get(role, "")
        present: dict[str, str] = {}
        for number in reversed(line.numbers):
            form = line.questionnaires[number]
            question = question_roles.roles_in(kept, consultation, number).get(role, "")
            for choice in form.choices(form.question(question)) if question else ():
                present.setdefault(choice.name, line.code(number, question, choice.name))
        targets: Counter[str] = Counter()
        for each in counts:
            code = getattr(each, role)
            if code in present:
                targets[present[code]] += each.invited
        if variable and targets:
            found.append(FrameMargin(variable=variable, targets=dict(targets)))
    return tuple(found)
