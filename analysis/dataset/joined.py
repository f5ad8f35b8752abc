"""Responses of all versions under the names and codes of the newest one, and what each was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.dataset.arrays import Dataset, build_dataset
from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.codebook import join_codebooks, joined_role
from data.records import ResponseRecord
from survey.versions.lineage import Lineage


def join_versions(
    line: Lineage, responses: Sequence[ResponseRecord], roles: Mapping[int, Mapping[str, str]]
) -> Dataset:
    """One data set of the replies to every version: each answer once, under the question that it was given to.

    A question counts as not asked in a version that has not got it, and where its answer stays apart because the
    present kind cannot hold it.

    roles   version number -> part -> question name in that version.
    Raises  as `build_codebook` and `build_dataset`.
    """
    asked_in_version = asked_by_relevance(line.questionnaires)
    if len(line.numbers) == 1:
        codebook = join_codebooks(line, roles)
        return build_dataset(codebook, responses, asked=asked_in_version)
    carried = [
        replace(response, submission=line.carry(response.version_number, response.submission)) for response in responses
    ]
    asked = {
        response.id: _asked(line, asked_in_version(response), response.version_number, joined)
        for response, joined in zip(responses, carried, strict=True)
    }
    parts = {
        number: {role: joined_role(line, roles[number], number, role) for role in roles[number]}
        for number in line.numbers
    }
    return build_dataset(join_codebooks(line, roles), carried, asked=lambda response: asked[response.id], roles=parts)


def _asked(line: Lineage, names: frozenset[str], version: int, joined: ResponseRecord) -> frozenset[str]:
    apart = {line.apart[name] for name in joined.submission.keys() & line.apart.keys()}
    return frozenset(line.joined(version, name) for name in names) - apart
