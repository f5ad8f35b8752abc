"""Use cases of frozen states: freeze the present one, list them, make the figures of one again, compare two."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis import estimates, inventory, opened_data, review, states
from analysis.dataset.snapshot import figures_mark, shown
from analysis.disclosure import Audience
from analysis.findings.estimates import ESTIMATED
from analysis.findings.estimates import estimates as estimated
from analysis.findings.method import Method, WeightKind, WeightReport
from analysis.findings.moves import Move, document, moves
from analysis.findings.rewording import Reworded, worded_otherwise
from analysis.opened_data import Filters
from data.analysis_records import FrozenResponse, SnapshotRecord
from data.errors import Conflict, InvalidInput
from data.records import ResponseRecord, ResponseStatus
from data.store import Store
from survey import consultations
from survey.access import Action, Actor, decide, require
from survey.policies import policies_of

NOTE_LIMIT = 300
TRIES = 3
"""How often a state is read again when answers came meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A snapshot, and whether this act took it; the same state is frozen once."""

    record: SnapshotRecord
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A frozen state whose figures were made again.

    figures       all of them as canonical bytes, unprotected
    holds         True when all that was frozen is there and gives the same SHA-256
    same_figures  True when the figures are byte by byte those of then; None when some responses were erased, for then
                  nobody can tell
    altered       references of responses whose answers of then are no longer what they were
    program       version of the program that took it
    reads_alike   as `states.FrozenState`
    """

    slug: str
    record: SnapshotRecord
    figures: bytes
    holds: bool
    same_figures: bool | None
    altered: tuple[str, ...]
    program: str
    reads_alike: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One response that is not the same in two states.

    change     "came", "changed", "withdrawn", "deleted" (in the trash), "excluded" by a review, or "went" for other
               reasons
    reference  "" for those who may not read answers, and in an anonymous consultation
    questions  names of the questions whose answers differ, when it changed and answers may be read
    """

    change: str
    reference: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two states beside each other, for those who may see internal figures.

    counts           change -> how many responses
    erased           how many responses of the first and of the second state were erased since: nothing is known of them
    conditions       what figures rest on and is not the same: questionnaire, roles, contact frame, rules, program;
                     nothing is said of what one of them has not kept
    reworded         question -> what it says in other words in the second state
    apart            why questions are not compared: their codes mean something else there; only their n are in `moves`
    """

    slug: str
    before: SnapshotRecord
    after: SnapshotRecord
    counts: dict[str, int]
    differences: tuple[Difference, ...]
    erased: tuple[int, int]
    conditions: tuple[str, ...]
    moves: tuple[Move, ...]
    reworded: Mapping[str, tuple[Reworded, ...]]
    apart: tuple[InvalidInput, ...]


CHANGES = ("came", "changed", "withdrawn", "deleted", "excluded", "went")


def take(store: Store, slug: str, *, actor: Actor, now: datetime, note: str = "") -> Taken:
    """The present state is frozen: what the actor sees of the consultation, under its SHA-256.

    The same state again is the snapshot that was taken before.
    Raises InvalidInput "snapshot.note_too_long"; Conflict "snapshot.changing" when answers come without pause.
    """
    scope = require(actor, Action.WRITE_FINDINGS, slug)
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise InvalidInput("snapshot.note_too_long", limit=NOTE_LIMIT)
    for _ in range(TRIES):
        with store.read() as kept:
            consultation, seen = consultations.admitted(kept, slug, actor, Action.WRITE_FINDINGS)
            state = kept.data_revision(consultation.id, seen)
            numbers = kept.version_numbers(consultation.id)
            excluded = kept.excluded_responses(consultation.id, seen)
            responses = tuple(each for each in kept.responses(consultation.id, seen) if each.id not in excluded)
            revisions = kept.newest_revisions(consultation.id, seen)
            contacts = kept.contacts_revision(consultation.id, seen)
        present = opened_data.present_state(store, slug, actor=actor)
        figures = _figures(store, slug, actor, "", now)
        with store.write(takes_long=True) as kept:
            unchanged = kept.data_revision(consultation.id, seen) == state
            unchanged = unchanged and kept.excluded_responses(consultation.id, seen) == excluded
            unchanged = unchanged and kept.contacts_revision(consultation.id, seen) == contacts
            if not unchanged or kept.version_numbers(consultation.id) != numbers:
                continue
            known = [each for each in kept.snapshots(consultation.id, seen) if each.sha256 == present.sha256]
            if known:
                return Taken(record=known[0], is_new=False)
            kept.add_snapshot(
                states.rows_of(responses, revisions, present.standing),
                consultation_id=consultation.id,
                sha256=present.sha256,
                taken_at=now,
                taken_by=actor.name or actor.label,
                note=note,
                title=dict(consultation.title),
                conditions=present.conditions,
                replies=len(responses),
                figures_mark=figures_mark(figures, responses),
                scope=scope.as_mapping(),
            )
            kept.record(
                at=now,
                actor=actor.label,
                action="snapshot.taken",
                subject=f"{slug}/{shown(present.sha256)}",
                consultation=slug,
                details={"sha256": present.sha256, "replies": len(responses), "note": note},
            )
            return Taken(record=states.find(kept.snapshots(consultation.id, seen), present.sha256), is_new=True)
    raise Conflict("snapshot.changing")


def listed(store: Store, slug: str, *, actor: Actor) -> tuple[SnapshotRecord, ...]:
    """The frozen states, the newest first; for who sees a part, those of no more than that."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        return kept.snapshots(consultation.id, scope)


def recompute(store: Store, digits: str, *, actor: Actor, now: datetime, slug: str = "") -> Recomputed:
    """The figures of a frozen state made again, and whether they are those of then.

    digits  of its SHA-256, from the first
    slug    of the consultation; "" looks through all, for who may see internal figures everywhere
    Raises  as `states.find`.
    """
    slug, record = _found(store, digits, actor, slug)
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_INTERNAL_FIGURES)
    state = states.open_frozen(store, consultation, record, scope)
    figures = _figures(store, slug, actor, record.sha256, now)
    mark = figures_mark(figures, [each.response for each in state.responses])
    return Recomputed(
        slug=slug,
        record=record,
        figures=figures,
        holds=state.holds,
        same_figures=None if record.erased else mark == record.figures_mark,
        altered=state.altered,
        program=str(record.conditions["program"]),
        reads_alike=state.reads_alike,
    )


def reads_alike(store: Store, slug: str, sha256: str, *, actor: Actor) -> bool:
    """Whether the questionnaire of a frozen state is read as when it was frozen (`states.FrozenState`).

    Raises  as `states.find`.
    """
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        record = states.find(kept.snapshots(consultation.id, scope), sha256)
    return states.open_frozen(store, consultation, record, scope).reads_alike


def compare(
    store: Store, before: str, after: str, *, actor: Actor, language: str, now: datetime, slug: str = ""
) -> Comparison:
    """Which responses and which figures differ between two frozen states of one consultation.

    before, after  digits of their SHA-256
    Raises  InvalidInput "snapshot.other_consultation"; as `states.find`.
    """
    (slug, first), (other, last) = (_found(store, digits, actor, slug) for digits in (before, after))
    if other != slug:
        raise InvalidInput("snapshot.other_consultation")
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_INTERNAL_FIGURES)
        excluded = kept.excluded_responses(consultation.id, scope)
    was, now_held = (states.open_frozen(store, consultation, each, scope).responses for each in (first, last))
    may_read = decide(actor, Action.READ_ANSWERS, slug).allowed and not policies_of(consultation).anonymous
    found = _differences(was, now_held, excluded)
    cards = [
        review.cards(
            store,
            slug,
            actor=actor,
            audience=Audience.INTERNAL,
            language=language,
            filters=Filters(snapshot=each.sha256),
            now=now,
        )
        for each in (first, last)
    ]
    datasets = [
        opened_data.open_data(store, slug, actor, Audience.INTERNAL, each.sha256).dataset for each in (first, last)
    ]
    reworded: dict[str, tuple[Reworded, ...]] = {}
    apart: dict[str, InvalidInput] = {}
    asked = {card.question for card in cards[0]}
    for question in (card.question for card in cards[1] if card.question in asked):
        try:
            reworded[question] = worded_otherwise(datasets[0], datasets[1], question, language)
        except InvalidInput as error:  # trend.recoded, trend.other_scale
            apart[question] = error
    names = sorted(set(first.conditions) & set(last.conditions))
    return Comparison(
        slug=slug,
        before=first,
        after=last,
        counts={change: sum(each.change == change for each in found) for change in CHANGES},
        differences=tuple(found) if may_read else (),
        erased=(first.erased, last.erased),
        conditions=tuple(name for name in names if first.conditions[name] != last.conditions[name]),
        moves=moves(cards[0], cards[1], apart=apart),
        reworded={question: found for question, found in reworded.items() if found},
        apart=tuple(apart.values()),
    )


def _found(store: Store, digits: str, actor: Actor, slug: str) -> tuple[str, SnapshotRecord]:
    if slug:
        with store.read() as kept:
            consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_INTERNAL_FIGURES)
            return slug, states.find(kept.snapshots(consultation.id, scope), digits)
    require(actor, Action.READ_INTERNAL_FIGURES)
    with store.read() as kept:
        record = states.find(kept.snapshots_beginning(digits.strip().lower()), digits)
        return kept.consultation_by_id(record.consultation_id).slug, record


def _figures(store: Store, slug: str, actor: Actor, snapshot: str, now: datetime) -> bytes:
    """All figures of a state in the first language of its questionnaire."""
    weights: list[tuple[str, WeightReport | str]] = []
    language = inventory.languages(store, slug, actor=actor, snapshot=snapshot)[0]
    for kind in (WeightKind.RAKED, WeightKind.EQUAL_REGIONS):
        try:
            report = estimates.weights(
                store, slug, Method(weights=kind), actor=actor, language=language, snapshot=snapshot
            )
        except InvalidInput as error:
            weights.append((str(kind), error.code))
        else:
            assert report is not None
            weights.append((str(kind), report))
    cards = review.cards(
        store,
        slug,
        actor=actor,
        audience=Audience.INTERNAL,
        language=language,
        filters=Filters(snapshot=snapshot),
        now=now,
    )
    opened = opened_data.open_data(store, slug, actor, Audience.INTERNAL, snapshot)
    contacts = opened_data.whole_list(store, opened, Audience.INTERNAL)
    # Without a list, or in a state that has not kept who counts for it, the figures are those of before.
    framed = [card for card in cards if contacts.invited and card.kind in ESTIMATED]
    return document(cards, weights, [(card.question, estimated(card, opened.dataset, contacts)) for card in framed])


def _differences(
    before: Sequence[FrozenResponse], after: Sequence[FrozenResponse], excluded: Collection[int]
) -> list[Difference]:
    """By what happened, then by reference, which tells nothing of when."""
    was, now = ({each.response.id: each for each in held} for held in (before, after))
    found = [Difference(change="came", reference=now[key].response.reference) for key in now.keys() - was.keys()]
    found += [
        Difference(change="excluded" if key in excluded else _why(was[key]), reference=was[key].response.reference)
        for key in was.keys() - now.keys()
    ]
    for key in was.keys() & now.keys():
        if was[key].sha256 != now[key].sha256:
            questions = _changed(was[key].response, now[key].response)
            found.append(Difference(change="changed", reference=now[key].response.reference, questions=questions))
    return sorted(found, key=lambda each: (CHANGES.index(each.change), each.reference))


def _why(gone: FrozenResponse) -> str:
    reasons = {ResponseStatus.WITHDRAWN: "withdrawn", ResponseStatus.DELETED: "deleted"}
    return reasons.get(gone.now.status, "went")


def _changed(was: ResponseRecord, now: ResponseRecord) -> tuple[str, ...]:
    names = dict.fromkeys([*was.submission, *now.submission])
    return tuple(name for name in names if was.submission.get(name) != now.submission.get(name))
