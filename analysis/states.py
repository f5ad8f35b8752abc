"""States of a consultation's data: what the number under a figure is made of, and a frozen state opened again.

A frozen state holds no answers: it refers to the revisions of responses, which are only ever added to. What was erased
is missing from it, and it says how much. The words of open answers are shown as they stand now: whoever changed them,
withdrew the response or took the permission back is not quoted from an old state; in counts they are as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from analysis import ledger
from analysis.contact_frame import frame_margins
from analysis.dataset.arrays import Dataset, TextColumn
from analysis.dataset.joined import joining
from analysis.dataset.remembering import Generation, generation_of, remembered
from analysis.dataset.snapshot import (
    FEWEST_DIGITS,
    answers_digest,
    conditions,
    digest,
    response_digest,
    versions_digests,
    whole,
)
from analysis.dataset.texts import Texts
from analysis.disclosure import Audience
from analysis.findings.method import FrameMargin
from data.errors import InvalidInput, NotFound
from data.records import (
    ConsultationRecord,
    FrozenResponse,
    ResponseRecord,
    ResponseStatus,
    Scope,
    SnapshotRecord,
)
from data.store import Store, Transaction
from data.version import VERSION
from survey import published_forms, question_roles
from survey.questionnaire import Questionnaire
from survey.versions.lineage import Lineage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenState:
    """A frozen state as figures are made of it.

    answers   digest of the answers that are there still
    holds     True when all that it was made of is there and gives its SHA-256 again
    altered   references of responses whose answers are no longer those that were frozen; nothing in the program does it
    """

    record: SnapshotRecord
    dataset: Dataset
    questionnaire: Questionnaire
    responses: tuple[FrozenResponse, ...]
    answers: str
    holds: bool
    altered: tuple[str, ...]

    @property
    def generation(self) -> Generation:
        """Between which erasures it was opened."""
        return self.dataset.generation

    @property
    def margins(self) -> tuple[FrameMargin, ...]:
        """The contact frame as it was."""
        kept = self.record.conditions["frame"]
        return tuple(FrameMargin(variable=name, targets=dict(targets)) for name, targets in kept)


def find(records: Sequence[SnapshotRecord], digits: str) -> SnapshotRecord:
    """The one snapshot whose SHA-256 begins with these digits.

    Raises InvalidInput "snapshot.too_short", "snapshot.ambiguous"; NotFound "snapshot.unknown".
    """
    digits = digits.strip().lower()
    if len(digits) < FEWEST_DIGITS:
        raise InvalidInput("snapshot.too_short", digits=FEWEST_DIGITS)
    found = [record for record in records if record.sha256.startswith(digits)]
    if not found:
        raise NotFound("snapshot.unknown", digits=digits)
    if len(found) > 1:
        raise InvalidInput("snapshot.ambiguous", digits=digits)
    return found[0]


def conditions_of(
    store: Store, consultation: ConsultationRecord, scope: Scope, versions: int, dataset: Dataset
) -> dict[str, Any]:
    """What present figures rest on besides the answers.

    versions  how many there are
    """
    return conditions(
        program=VERSION,
        consultation=consultation.slug,
        versions=_versions(store, consultation.id, versions),
        codebook=_codebook(dataset),
        roles=consultation.roles,
        protection={str(audience): _protection(consultation, audience) for audience in Audience},
        frame=[(each.variable, each.targets) for each in margins_of(store, consultation, scope, versions)],
        scope=scope.as_mapping(),
    )


def _protection(consultation: ConsultationRecord, audience: Audience) -> tuple[int, int]:
    rules = ledger.rules_of(consultation, audience)
    return rules.threshold, rules.rounding


@lru_cache(maxsize=16)
def _versions(store: Store, consultation_id: int, _count: int) -> list[list[object]]:
    with store.read() as kept:
        return versions_digests(kept.versions(consultation_id))


@remembered(16)
def _codebook(dataset: Dataset) -> str:
    return digest(dataset.codebook)


def margins_of(store: Store, consultation: ConsultationRecord, scope: Scope, versions: int) -> tuple[FrameMargin, ...]:
    """The contact frame's margins as they are now."""
    with store.read() as kept:
        state = kept.invited_counts(consultation.id, scope)
    return _margins(store, consultation.slug, scope, versions, tuple(sorted(consultation.roles.items())), state)


@lru_cache(maxsize=16)
def _margins(
    store: Store,
    slug: str,
    scope: Scope,
    _versions: int,
    _roles: tuple[tuple[str, str], ...],
    _state: tuple[tuple[str, str, int], ...],
) -> tuple[FrameMargin, ...]:
    with store.read() as kept:
        return frame_margins(kept, kept.consultation(slug), scope)


def open_frozen(store: Store, consultation: ConsultationRecord, record: SnapshotRecord, scope: Scope) -> FrozenState:
    """The data as they were when the snapshot was taken, as far as they were not erased.

    scope  what the reader may see; the snapshot lies within it
    """
    with store.read() as kept:
        now = kept.data_revision(consultation.id, scope)
        generation = generation_of(store, consultation.id, kept.erasure_counts())
    roles = tuple(sorted(consultation.roles.items()))  # with them permissions beside the answers can change
    return _frozen(store, consultation.slug, scope, record.sha256, record.present, now, roles, generation)


@remembered(4)
def _frozen(
    store: Store,
    slug: str,
    scope: Scope,
    sha256: str,
    _present: int,
    _now: tuple[int, int, str, int],
    _roles: tuple[tuple[str, str], ...],
    generation: Generation,
) -> FrozenState:
    with store.read() as kept:
        consultation = kept.consultation(slug)
        record = find(kept.snapshots(consultation.id, scope), sha256)
        held = kept.frozen_responses(record.id)
        line = _line(kept, consultation, record)
    under: Mapping[str, Any] = record.conditions
    roles = question_roles.roles_by_version(line, under["roles"], line.newest)
    was = [replace(each.response, publish=each.now.publish) for each in held]
    digests = {each.response.reference: response_digest(each.response) for each in held}
    answers = answers_digest(under["versions"], digests.values())
    builder = joining(line, roles)
    builder.add(was)
    return FrozenState(
        record=record,
        dataset=replace(_as_they_stand(builder.dataset(), line, held), generation=generation),
        questionnaire=line.questionnaire,
        responses=held,
        answers=answers,
        holds=whole(answers, under) == record.sha256,
        altered=tuple(each.response.reference for each in held if digests[each.response.reference] != each.sha256),
    )


def _line(kept: Transaction, consultation: ConsultationRecord, record: SnapshotRecord) -> Lineage:
    newest = max(int(number) for number, _digest in record.conditions["versions"])
    return published_forms.lineage_of(kept, consultation.id).until(newest)


def _as_they_stand(dataset: Dataset, line: Lineage, held: Sequence[FrozenResponse]) -> Dataset:
    """The same counts, with those words of open answers alone that stand so now in a response that counts."""
    stand = {each.response.id: _standing(line, each) for each in held}
    ids = dataset.respondents.ids.tolist()
    columns = {
        name: replace(
            column,
            texts=Texts.of(
                [words if name in stand[key] else None for key, words in zip(ids, column.texts.rows(), strict=True)]
            ),
        )
        if isinstance(column, TextColumn)
        else column
        for name, column in dataset.columns.items()
    }
    return replace(dataset, columns=columns)


def _standing(line: Lineage, each: FrozenResponse) -> frozenset[str]:
    """Joined names of the answers of then that the response still has."""
    was, now = each.response, each.now
    if now.status is not ResponseStatus.SUBMITTED:
        return frozenset()
    same = {name: answer for name, answer in was.submission.items() if now.submission.get(name) == answer}
    return frozenset(line.carry(was.version_number, same))


def rows_of(responses: Sequence[ResponseRecord], revisions: Mapping[int, int]) -> list[dict[str, object]]:
    """What a snapshot keeps of the responses: references to what was sent, and what can change without being sent.

    revisions  response -> number of what was sent last
    """
    return [
        {
            "response_id": each.id,
            "revision": revisions[each.id],
            "version_number": each.version_number,
            "language": each.language,
            "region": each.region,
            "publish": each.publish,
            "late": each.late,
            "submitted_at": each.submitted_at,
            "sha256": response_digest(each),
        }
        for each in responses
    ]
