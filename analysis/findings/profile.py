"""Which questions ask who the respondents are, so that nobody takes the answers for findings."""

from collections.abc import Iterable

from analysis.dataset.codebook import Codebook

RESPONDENT_ROLES = ("organisation", "region", "country", "organisation_type", "level")
"""Parts of a consultation whose questions describe who answers."""


def profile_questions(codebook: Codebook) -> frozenset[str]:
    """Questions (and names of batteries) that ask who the respondents are.

    All up to the last question with a role of RESPONDENT_ROLES, and the rest of that question's section; only the
    former when that section is the questionnaire's last.
    """
    order = [(variable.battery or variable.name, variable.name, variable.section) for variable in codebook.variables]
    named = set(_names(codebook.roles.get(role, "") for role in RESPONDENT_ROLES))
    last = max((place for place, (_asked, name, _section) in enumerate(order) if name in named), default=-1)
    if last < 0:
        return frozenset()
    section = order[last][2]
    end = last
    while section and end + 1 < len(order) and order[end + 1][2] == section:
        end += 1
    rest = [asked for asked, _name, place in order[end + 1 :] if place]
    return frozenset(asked for asked, _name, _section in order[: (end if rest else last) + 1])


def _names(roles: Iterable[str]) -> list[str]:
    return [name for role in roles for name in role.split()]
