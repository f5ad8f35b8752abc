"""docs/access.md: who may do what, as `survey.access` decides it.

`PYTHONPATH=. python tests/access_page.py` writes the page anew; a test holds it.
"""

# ruff: noqa: E501 - the page stands here with its long lines

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from data.records import EVERYTHING, Scope
from survey.access import Action, Actor, ActorKind, ConsultationRole, Grant, Role, decide

PAGE = Path(__file__).parents[1] / "docs/access.md"
PART = Scope(regions=frozenset({"afr"}))
ACTIONS = {
    Action.MANAGE_PEOPLE: "invite people, stop accounts, say what they are everywhere",
    Action.CREATE_CONSULTATIONS: "begin a questionnaire of no consultation, publish a new consultation",
    Action.GRANT_ROLES: "grant and revoke roles in the consultation",
    Action.MANAGE_CONSULTATIONS: "dates, rules, parts of questions, outcome, open and close, words of mails",
    Action.EDIT_QUESTIONNAIRE: "prepare its questionnaire, publish a version",
    Action.TRANSLATE: "take the texts for translators, take translations in",
    Action.READ_INTERNAL_FIGURES: "figures without protection, on screen",
    Action.READ_PROTECTED_FIGURES: "figures as a meeting may see them; findings, recommendations, reports, files",
    Action.READ_ANSWERS: "uploaded files, answers one by one",
    Action.READ_CONTACTS: "the contact list, who has replied, possible duplicates",
    Action.REVIEW_REPLIES: "say whose reply it is",
    Action.WRITE_FINDINGS: "keep findings, write recommendations, put reports together",
    Action.READ_LOG: "the log of acts of the consultation",
}


def page() -> str:
    """The whole page."""
    lines = [_HEAD, "", "## Everywhere", ""]
    lines += _table(list(Role), lambda action, role: "yes" if decide(_person(role), action).allowed else "–")
    lines += ["", _HERE, ""]
    lines += _table(list(ConsultationRole), _here)
    return "\n".join([*lines, "", _FOOT])


def _table(roles: Sequence[Any], cell: Callable[[Action, Any], str]) -> list[str]:
    heads = ["what", *(role.replace("_", " ") for role in roles)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for action, words in ACTIONS.items():
        lines.append("| " + " | ".join([words, *(cell(action, role) for role in roles)]) + " |")
    return lines


def _here(action: Action, role: ConsultationRole) -> str:
    whole, part = (
        decide(_person(Role.MEMBER, Grant(consultation="c", role=role, scope=scope)), action, "c")
        for scope in (EVERYTHING, PART)
    )
    if not whole.allowed:
        return "–"
    if not part.allowed:
        return "all of it only"
    assert part.scope == PART
    return "yes"


def _person(role: Role, *grants: Grant) -> Actor:
    return Actor(kind=ActorKind.PERSON, person_id=1, login="p", role=role, grants=grants)


_HEAD = """# Who may do what

Written by `tests/access_page.py` from what `survey/access.py` decides; a test holds both together.

Everybody with an account is something *everywhere* (administrator, secretariat, report writer, or member), and may have a role in single consultations besides.
A member is nothing but what single consultations grant. Somebody without any role in a consultation does not learn that it exists: its name is answered like one that is not there.
Who answers is nobody here: the personal code opens their own response and nothing else."""

_HERE = """## In one consultation

A role can be for the whole consultation, or for a part of it: some regions, some languages, or both (*sees only Africa*). *yes* holds for a part too: within it.
*all of it only* is what concerns the whole consultation, and is denied to a role for a part."""

_FOOT = """## What a part means

- The part is applied where rows are read (`data/store.py`): responses, drafts, files, contacts, invitations, mails, counts, the times of sections. Nothing outside it comes out, so no page, file or cache can show it.
- A response lies in the region that its question of that part says, and in the language in which it was answered; an invited organisation in those that the contact list says. Without a region or a language it lies in no part.
- Region codes follow the renames of new versions. A code that meant another region in some version lets nothing through.
- A finding or recommendation is kept with the part in which it was made, and shown to those who see at least that part. What was made from everything is not shown to somebody who sees a part.
- Charts and files of a part name it beside the title. Counts stay protected as everywhere; in a part the total is protected too, because a small one tells who is in it.
- A translator with some languages takes in translations into these only.
- Two people with different parts who put their figures together know more than each alone. Grant parts that may be put together.

## What takes two rights

- To bring in answers, to ask that a response be deleted, to agree to it, and to restore one: dates and rules, and answers one by one. A role for a part does none of it. The trash is emptied for all consultations at once, by the program or an administrator.
- To prepare, publish and withdraw the public page of results: dates and rules, and findings. So owners, the secretariat and administrators publish; an editor or an analyst alone does not, nor a role for a part. Who sees the page is nobody here.
- To bring in a contact list, send mails, make letters and renew personal links: dates and rules, and the contact list.
- Of the log an owner reads what belongs to the consultation; what belongs to none (accounts, sign-ins, projects) is for administrators.

## Granting

On the page Collect, under *Who may do what* of a consultation, or at the console: `python -m survey grant LOGIN SLUG --role analyst --region afr`, `python -m survey revoke LOGIN SLUG`, `python -m survey access SLUG --json`.
The account has to be there (page People). One person has one role in a consultation; another takes its place. It holds from the next click on. Nobody changes their own.
An administrator changes what somebody is everywhere, on the page People or with `python -m survey role LOGIN member`. A role for a part is only for members, because everybody else sees more already.
Each of these acts stands in the log.

After an upgrade from a version without these roles everybody keeps what they had: administrators, the secretariat and report writers are that everywhere.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
