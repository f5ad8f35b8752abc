"""Responses of all versions under the names and codes of the newest one, and what each was asked."""

from collections.abc import Mapping
from typing import Any

from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import Builder
from analysis.dataset.codebook import join_codebooks, joined_role
from data.records import AnswerValue
from survey.versions.lineage import Lineage


def joining(line: Lineage, roles: Mapping[int, Mapping[str, str]]) -> Builder:
    """An empty data set that takes replies to every version.

    A question counts as not asked in a version that has not got it, and where its answer stays apart because the
    present kind cannot hold it.

    Raises  as `build_codebook`.
    """
    asked_in_version = asked_by_relevance(line.questionnaires)
    codebook = join_codebooks(line, roles)
    if len(line.numbers) == 1:
        return Builder(codebook, asked=lambda reply, _answers: asked_in_version(reply))

    def asked(reply: Any, answers: Mapping[str, AnswerValue]) -> frozenset[str]:
        apart = {line.apart[name] for name in answers.keys() & line.apart.keys()}
        joined = (line.joined(reply.version_number, name) for name in asked_in_version(reply))
        return frozenset(joined) - apart

    parts = {
        number: {role: joined_role(line, roles[number], number, role) for role in roles[number]}
        for number in line.numbers
    }
    return Builder(codebook, asked=asked, roles=parts, carry=line.carry)
