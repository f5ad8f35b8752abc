"""Which questions ask who the respondents are, so that nobody takes the answers for findings."""

from analysis.dataset.codebook import Codebook

RESPONDENT_ROLES = ("organisation", "region", "country", "organisation_type", "level")
"""Parts of a consultation whose questions describe who answers; so do the others of their sections."""
ALONE = ("consent", "publish", "contact")
"""Parts that say nothing of the others of their section."""


def profile_questions(codebook: Codebook) -> frozenset[str]:
    """Questions (and names of batteries) that ask who the respondents are.

    Those that play a part of RESPONDENT_ROLES or ALONE, and all of the sections in which the former stand, unless that
    leaves no question.
    """
    named = {role: set(codebook.roles.get(role, "").split()) for role in (*RESPONDENT_ROLES, *ALONE)}
    themselves = frozenset().union(*named.values())
    describing = frozenset().union(*(named[role] for role in RESPONDENT_ROLES))
    asked = [variable for variable in codebook.variables if variable.section]
    sections = {variable.section for variable in asked if variable.name in describing}
    if sections >= {variable.section for variable in asked}:
        sections = set()
    return frozenset(
        variable.battery or variable.name
        for variable in codebook.variables
        if variable.name in themselves or variable.section in sections
    )
