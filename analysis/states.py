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
from analysis.contact_frame import contact_list, frame_margins, frozen_list, standings
from analysis.dataset.arrays import Dataset, TextColumn
from analysis.dataset.codebook import LATE, NO_TEXT, PSEUDO_VARIABLES, Codebook, Variable
from analysis.dataset.joined import joining
from analysis.dataset.remembering import Generation, generation_of, remembered
from analysis.dataset.snapshot import (
    FEWEST_DIGITS,
    answers_digest,
    conditions,
    digest,
    links_digest,
    response_digest,
    versions_digests,
    whole,
)
from analysis.dataset.texts import Texts
from analysis.disclosure import Audience, Policy
from analysis.findings.listed import ContactList
from analysis.findings.method import FrameMargin
from data.analysis_records import FrozenResponse, SnapshotRecord
from data.errors import InvalidInput, NotFound
from data.invitation_records import ContactsRevision, Standing
from data.records import ConsultationRecord, ResponseRecord, ResponseStatus, Scope
from data.store import Store, Transaction
from data.version import VERSION
from survey import published_forms, question_roles
from survey.logic.instances import split
from survey.questionnaire import LIST_KINDS, NUMBER_KINDS, Questionnaire
from survey.versions.lineage import Lineage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenState:
    """A frozen state as figures are made of it.

    contacts  the contact frame as it was, with the replies that counted for it and are there still
    answers   digest of the answers that are there still
    holds     True when all that it was made of is there and gives its SHA-256 again
    altered   references of responses whose answers are no longer those that were frozen; nothing in the program does it
    reads_alike  False when this program reads the questionnaire otherwise than the one that froze it, such as which
                 choices are no answer: figures may then be others. Nobody can tell once replies were erased: True
    """

    record: SnapshotRecord
    dataset: Dataset
    questionnaire: Questionnaire
    responses: tuple[FrozenResponse, ...]
    contacts: ContactList
    answers: str
    holds: bool
    altered: tuple[str, ...]
    reads_alike: bool

    @property
    def generation(self) -> Generation:
        """Between which erasures it was opened."""
        return self.dataset.generation

    @property
    def margins(self) -> Sequence[FrameMargin]:
        """The contact frame as it was, as margins."""
        return self.contacts.margins


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standings:
    """How the replies of a data set stand to the contact frame.

    revision  of the contact frame
    replies   reply -> how it stands, of those that are of an organisation on it
    sha256    digest of that, made with the salts of the replies
    """

    revision: ContactsRevision
    replies: Mapping[int, Standing]
    sha256: str


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
    store: Store,
    consultation: ConsultationRecord,
    scope: Scope,
    versions: int,
    dataset: Dataset,
    listed: Standings,
) -> dict[str, Any]:
    """What present figures rest on besides the answers.

    versions  how many there are
    listed    how the replies of the data set stand to the contact frame
    """
    roles = tuple(sorted(consultation.roles.items()))
    frame = _margins(store, consultation.slug, scope, versions, roles, listed.revision)
    return conditions(
        program=VERSION,
        consultation=consultation.slug,
        versions=_versions(store, consultation.id, versions),
        codebook=_codebook(dataset),
        roles=consultation.roles,
        protection={str(audience): _protection(consultation, audience) for audience in Audience},
        frame=[(each.variable, each.targets) for each in frame],
        invited=listed.revision.invited,
        links=listed.sha256,
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
    return _codebook_digest(dataset.codebook)


def _codebook_digest(codebook: Codebook) -> str:
    """The digest without the program's own words for what no question asks: they say nothing of figures."""
    bare = tuple(
        _without_words(each) if each.name in PSEUDO_VARIABLES and not each.section else each
        for each in codebook.variables
    )
    return digest(replace(codebook, variables=bare))


def _without_words(variable: Variable) -> Variable:
    codes = tuple(replace(each, label=NO_TEXT) for each in variable.codes) if variable.name == LATE else variable.codes
    return replace(variable, label=NO_TEXT, codes=codes)


def margins_of(store: Store, consultation: ConsultationRecord, scope: Scope, versions: int) -> tuple[FrameMargin, ...]:
    """The contact frame's margins as they are now."""
    with store.read() as kept:
        revision = kept.contacts_revision(consultation.id, scope)
    return _margins(store, consultation.slug, scope, versions, tuple(sorted(consultation.roles.items())), revision)


@lru_cache(maxsize=16)
def _margins(
    store: Store,
    slug: str,
    scope: Scope,
    _versions: int,
    _roles: tuple[tuple[str, str], ...],
    _revision: ContactsRevision,
) -> tuple[FrameMargin, ...]:
    with store.read() as kept:
        return frame_margins(kept, kept.consultation(slug), scope)


def contacts_of(
    store: Store, consultation: ConsultationRecord, scope: Scope, versions: int, dataset: Dataset, rules: Policy
) -> ContactList:
    """The contact list as it is now, with the replies that count for it; one value as long as nothing of it changes."""
    with store.read() as kept:
        revision = kept.contacts_revision(consultation.id, scope)
    roles = tuple(sorted(consultation.roles.items()))
    return _contacts(store, consultation.slug, scope, versions, roles, revision, dataset, rules)


@remembered(4)  # a page asks for it with each card
def _contacts(
    store: Store,
    slug: str,
    scope: Scope,
    _versions: int,
    _roles: tuple[tuple[str, str], ...],
    _revision: ContactsRevision,
    _dataset: Dataset,
    rules: Policy,
) -> ContactList:
    with store.read() as kept:
        return contact_list(kept, kept.consultation(slug), scope, rules)


@remembered(4)
def frozen_contacts(frozen: FrozenState, rules: Policy) -> ContactList:
    """The contact list as a frozen state has kept it."""
    return replace(frozen.contacts, rules=rules)


def standings_of(
    store: Store, consultation: ConsultationRecord, scope: Scope, versions: int, dataset: Dataset
) -> Standings:
    """How present replies stand to the contact frame as it is now."""
    with store.read() as kept:
        revision = kept.contacts_revision(consultation.id, scope)
    roles = tuple(sorted(consultation.roles.items()))
    return _standings(store, consultation.slug, scope, versions, roles, revision, dataset)


@remembered(4)
def _standings(
    store: Store,
    slug: str,
    scope: Scope,
    _versions: int,
    _roles: tuple[tuple[str, str], ...],
    revision: ContactsRevision,
    dataset: Dataset,
) -> Standings:
    found: dict[int, tuple[str, Standing]] = {}
    if revision.invited:
        with store.read() as kept:
            found = standings(kept, kept.consultation(slug), scope, dataset)
    return Standings(
        revision=revision,
        replies={key: standing for key, (_salt, standing) in found.items()},
        sha256=links_digest(found.values()),
    )


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
        line = line_of(kept, consultation, record)
    under: Mapping[str, Any] = record.conditions
    roles = question_roles.roles_by_version(line, under["roles"], line.newest)
    was = [replace(each.response, publish=each.now.publish) for each in held]
    digests = {each.response.reference: response_digest(each.response) for each in held}
    answers = answers_digest(under["versions"], digests.values())
    found = dict(under)
    if "links" in under:
        links = [(each.response.salt, each.standing) for each in held if each.standing.listed]
        found["links"] = links_digest(links)
    builder = joining(line, roles)
    builder.add(was)
    return FrozenState(
        record=record,
        dataset=replace(_as_they_stand(builder.dataset(), line, held), generation=generation),
        questionnaire=line.questionnaire,
        responses=held,
        contacts=frozen_list(record, held),
        answers=answers,
        holds=whole(answers, found) == record.sha256,
        altered=tuple(each.response.reference for each in held if digests[each.response.reference] != each.sha256),
        reads_alike=bool(record.erased) or _codebook_digest(builder.dataset().codebook) == under["codebook"],
    )


def line_of(kept: Transaction, consultation: ConsultationRecord, record: SnapshotRecord) -> Lineage:
    """The versions of the questionnaire that there were when the snapshot was taken."""
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


def handed_over(line: Lineage, frozen: FrozenState) -> tuple[ResponseRecord, ...]:
    """The responses of a frozen state that count still, as they were, with the permission of now; of their words those
    alone that stand so now. What was withdrawn or deleted since is nobody's to take along."""

    coded = (*LIST_KINDS, *NUMBER_KINDS)
    worded = {
        number: {question.name for question in form.questions() if question.kind not in coded}
        for number, form in line.questionnaires.items()
    }

    def kept(each: FrozenResponse, key: str) -> bool:
        same = each.now.submission.get(key) == each.response.submission[key]
        return same or split(key)[0] not in worded[each.response.version_number]

    return tuple(
        replace(
            each.response,
            publish=each.now.publish,
            submission={key: answer for key, answer in each.response.submission.items() if kept(each, key)},
        )
        for each in frozen.responses
        if each.now.status is ResponseStatus.SUBMITTED
    )


def _standing(line: Lineage, each: FrozenResponse) -> frozenset[str]:
    """Joined names of the answers of then that the response still has."""
    was, now = each.response, each.now
    if now.status is not ResponseStatus.SUBMITTED:
        return frozenset()
    same = {name: answer for name, answer in was.submission.items() if now.submission.get(name) == answer}
    return frozenset(line.carry(was.version_number, same))


def rows_of(
    responses: Sequence[ResponseRecord], revisions: Mapping[int, int], standing: Mapping[int, Standing]
) -> list[dict[str, object]]:
    """What a snapshot keeps of the responses: references to what was sent, and what can change without being sent.

    revisions  response -> number of what was sent last
    standing   response -> how it stands to the contact frame, of those of an organisation on it
    """
    nobody = Standing()
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
            **dict(zip(("listed", "listed_region", "listed_type"), standing.get(each.id, nobody), strict=True)),
        }
        for each in responses
    ]
