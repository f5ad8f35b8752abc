"""The contact frame as margins: how many organisations were invited, by what the questionnaire asks as well."""

from collections import Counter
from collections.abc import Mapping, Sequence

from analysis.findings.method import TAB, FrameMargin
from data.records import ConsultationRecord, FrameCount, Scope
from data.store import Transaction
from survey import published_forms, question_roles

ROLES = ("region", "organisation_type")


def frame_margins(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> tuple[FrameMargin, ...]:
    """Invited organisations within a scope by region, by type and by both, under the present codes; () when nobody was.

    Left out: a part that no question plays, invited organisations of which the contact list does not tell it, and a
    margin of which it tells nothing.
    """
    line = published_forms.lineage_of(kept, consultation.id)
    counts = kept.frame_counts(consultation.id, scope)
    found = []
    asked: list[tuple[str, str, dict[str, str]]] = []
    for role in ROLES:
        variable = question_roles.roles_in(kept, consultation, line.newest).get(role, "")
        present: dict[str, str] = {}
        for number in reversed(line.numbers):
            form = line.questionnaires[number]
            question = question_roles.roles_in(kept, consultation, number).get(role, "")
            for choice in form.choices(form.question(question)) if question else ():
                present.setdefault(choice.name, line.code(number, question, choice.name))
        margin = _margin(counts, [(variable, role, present)])
        if variable and margin.targets:
            found.append(margin)
            asked.append((variable, role, present))
    if len(asked) > 1 and (together := _margin(counts, asked)).targets:
        found.append(together)
    return tuple(found)


def _margin(counts: Sequence[FrameCount], asked: Sequence[tuple[str, str, Mapping[str, str]]]) -> FrameMargin:
    """By the (variable, its role, code in the contact list -> present code) of each, counted together."""
    targets: Counter[str] = Counter()
    for each in counts:
        codes = [present.get(getattr(each, role), "") for _variable, role, present in asked]
        if all(codes):
            targets[TAB.join(codes)] += each.invited
    return FrameMargin(variable=TAB.join(variable for variable, _role, _present in asked), targets=dict(targets))
