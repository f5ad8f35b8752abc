"""Use cases: look through replies for what may not be meant, and decide what becomes of them.

A flag is a proposal. A person excludes the reply, keeps it, or takes a decision back, with a reason; what is excluded
counts in no figure from then on, and is removed from nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from analysis import opened_data
from analysis.dataset.arrays import Dataset
from analysis.dataset.remembering import remembered
from analysis.findings.exclusions import Comparison, comparable, compare
from analysis.flags import batteries, campaigns, contradictions, kept_signatures, speeding
from analysis.flags.batteries import StraightLine
from analysis.flags.campaigns import Campaign
from analysis.flags.contradictions import Contradiction
from analysis.flags.speeding import Fast
from data.analysis_records import Decision, Flag, ReviewDecision, ReviewedReply, ReviewRule
from data.errors import InvalidInput, NotFound
from data.invitation_records import ContactsRevision
from data.records import ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import consultations, duplicates, published_forms, question_roles
from survey.access import Action, Actor, require
from survey.acts import subject_of
from survey.duplicates import SameOrganisation
from survey.logic.values import ExpressionError
from survey.policies import policies_of
from survey.questionnaire import Kind

REASON_LIMIT = 1000
NAME_LIMIT = 200
EXPRESSION_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a reply is flagged; the defaults are those of the modules that find.

    items     so many items of a battery with the same point
    speed     speed index
    nearly    likeness of two names of organisations, in percent
    likeness  likeness of two open answers, in percent; copies: so many alike make a campaign
    """

    items: int = batteries.FEWEST_ITEMS
    speed: float = speeding.FASTEST
    nearly: float = duplicates.NEARLY
    likeness: float = campaigns.LIKENESS
    copies: int = campaigns.FEWEST_REPLIES


USUAL = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A reply's answer in a campaign: the question, its likeness to the first text, and how many are alike."""

    question: str
    text: str
    likeness: float
    replies: int


Evidence: TypeAlias = StraightLine | Fast | SameOrganisation | Copied | Contradiction


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedReply:
    """A reply under one flag: what speaks for it, and what was decided.

    evidence   () for one that is not flagged any more and was decided on
    decision   None before the first; is_changed: the reply was changed after it
    """

    response_id: int
    reference: str
    submitted_at: datetime
    organisation: str
    language: str
    evidence: tuple[Evidence, ...]
    decision: ReviewDecision | None
    is_changed: bool

    @property
    def revision(self) -> int:
        """What a decision must name, so that nobody else's is lost; 0 before the first."""
        return 0 if self.decision is None else self.decision.revision

    @property
    def standing(self) -> Decision:
        """What holds now."""
        return Decision.OPEN if self.decision is None else self.decision.decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A consultation's replies as they stand in the review.

    replies   submitted replies
    excluded  of these, those that do not count
    flagged   flag -> the replies under it, in the order in which they came
    rules     the editors' rules of contradiction; unreadable: those that the present questionnaire cannot compute
    labels    question or battery -> its words; points: (battery, code) -> the words of a point of its scale
    """

    replies: int
    excluded: int
    flagged: Mapping[Flag, tuple[FlaggedReply, ...]]
    rules: tuple[ReviewRule, ...]
    unreadable: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[tuple[str, str], str] = field(default_factory=dict)


def flagged(store: Store, slug: str, *, actor: Actor, language: str, thresholds: Thresholds = USUAL) -> Review:
    """Every reply that is flagged at these thresholds, or was decided on; within the actor's part.

    Raises InvalidInput("review.threshold") for a threshold outside its bounds.
    """
    _require_bounds(thresholds)
    consultation, scope = _admitted(store, slug, actor)
    dataset = opened_data.every_reply(store, consultation, scope)
    evidence, unreadable = _evidence(store, consultation, scope, dataset, thresholds)
    with store.read() as kept:
        decided = {(each.response_id, each.flag): each for each in kept.review_decisions(consultation.id, scope)}
        responses = {each.id: each for each in kept.reviewed_replies(consultation.id, scope)}
        excluded = kept.excluded_responses(consultation.id, scope)
        rules = kept.review_rules(consultation.id)
    names = {each.response_id: each.organisation for each in dataset.respondents}
    for found in evidence[Flag.DUPLICATE].values():  # a name that is kept apart from the answers
        names |= {key: name for each in found if isinstance(each, SameOrganisation) for key, name in each.responses}
    codebook = dataset.codebook
    return Review(
        replies=dataset.size,
        excluded=len(excluded & responses.keys()),
        flagged={
            flag: tuple(
                _reply(response, names.get(key, ""), evidence[flag].get(key, ()), decided.get((key, flag)))
                for key, response in responses.items()
                if key in evidence[flag] or (key, flag) in decided
            )
            for flag in Flag
        },
        rules=rules,
        unreadable=unreadable,
        labels={
            **{each.name: codebook.words(each.label, language, each.name) for each in codebook.variables},
            **{each.name: codebook.words(each.label, language, each.name) for each in codebook.batteries},
        },
        points={
            (battery.name, code.name): codebook.words(code.label, language, code.name)
            for battery in codebook.batteries
            for item in battery.items
            for code in dataset.variables[item].codes
        },
    )


def decide_replies(
    store: Store,
    slug: str,
    flag: Flag,
    replies: Sequence[tuple[int, int]],
    decision: Decision,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The decision holds for all these replies under this flag, or for none of them; each stands in the log.

    replies  (response, revision of the decision that was seen; 0 when there was none)
    Raises   InvalidInput("review.reason"), ("review.nothing_chosen"); NotFound("response.unknown") for a reply outside
             the actor's part; Conflict("review.changed") when somebody else has decided on one of them meanwhile.
    """
    require(actor, Action.READ_CONTACTS, slug)
    require(actor, Action.REVIEW_REPLIES, slug)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidInput("review.reason", limit=REASON_LIMIT)
    if not replies:
        raise InvalidInput("review.nothing_chosen")
    with store.write() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.REVIEW_REPLIES)
        responses = {each.id: each for each in kept.reviewed_replies(consultation.id, scope)}
        before = {each.response_id: each for each in kept.review_decisions(consultation.id, scope) if each.flag is flag}
        for key, revision in replies:
            response = responses.get(key)
            if response is None:
                raise NotFound("response.unknown")
            kept.decide_review(
                key,
                flag,
                expected_revision=revision,
                decision=decision,
                reason=reason,
                decided_by=actor.label,
                decided_at=now,
                response_revision=response.revision,
            )
            kept.record(
                at=now,
                actor=actor.label,
                action=f"reply.{_ACTS[decision]}",
                subject=subject_of(consultation, response.reference),
                consultation=slug,
                details={"flag": flag, "reason": reason},
                changes={"decision": [before[key].decision if key in before else None, decision]},
            )


_ACTS = {Decision.EXCLUDED: "excluded", Decision.KEPT: "kept", Decision.OPEN: "reopened"}


def state_rule(store: Store, slug: str, name: str, expression: str, *, actor: Actor, now: datetime) -> int:
    """A rule by which answers contradict each other, and its key.

    expression  of the questionnaire's own language, true for a contradiction: ${budget} = 'none' and ${staff} > 20
    Raises      InvalidInput("review.rule_name"), ("review.rule_length"), ("review.rule_names") for what is no question,
                ("review.rule_unreadable"); Conflict("review.rule_exists").
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    name, expression = name.strip(), expression.strip()
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput("review.rule_name", limit=NAME_LIMIT)
    if not expression or len(expression) > EXPRESSION_LIMIT:
        raise InvalidInput("review.rule_length", limit=EXPRESSION_LIMIT)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        known = _known(kept, consultation)
    try:
        contradictions.require_rule(expression, known)
    except ExpressionError as error:
        near = expression[max(0, error.position - 12) : error.position + 12] if error.position >= 0 else expression
        raise InvalidInput("review.rule_unreadable", near=near.strip()) from None
    with store.write() as kept:
        key = kept.add_review_rule(
            consultation.id, name=name, expression=expression, created_at=now, created_by=actor.label
        )
        details = {"name": name, "expression": expression}
        kept.record(
            at=now, actor=actor.label, action="review_rule.stated", subject=slug, consultation=slug, details=details
        )
    return key


def drop_rule(store: Store, slug: str, rule_id: int, *, actor: Actor, now: datetime) -> None:
    """The rule flags nothing any more; what was decided stays. Raises NotFound("review.rule_unknown")."""
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        name = next((each.name for each in kept.review_rules(consultation.id) if each.id == rule_id), "")
        kept.remove_review_rule(consultation.id, rule_id)
        kept.record(
            at=now,
            actor=actor.label,
            action="review_rule.dropped",
            subject=slug,
            consultation=slug,
            details={"name": name},
        )


def comparable_questions(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[tuple[str, str], ...]:
    """(question, words) of what `with_and_without` can show."""
    consultation, scope = _admitted(store, slug, actor)
    return comparable(opened_data.every_reply(store, consultation, scope), language)


def with_and_without(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    language: str,
    proposed: bool = False,
    thresholds: Thresholds = USUAL,
) -> Comparison:
    """The results of a question with all replies, without those excluded under each flag, and without all of them.

    proposed  leaves out what is flagged and not decided, besides what is excluded
    """
    consultation, scope = _admitted(store, slug, actor)
    dataset = opened_data.every_reply(store, consultation, scope)
    with store.read() as kept:
        decided = kept.review_decisions(consultation.id, scope)
    without = {
        flag: {each.response_id for each in decided if each.flag is flag and each.decision is Decision.EXCLUDED}
        for flag in Flag
    }
    if proposed:
        _require_bounds(thresholds)
        meant = {(each.response_id, each.flag) for each in decided if each.decision is Decision.KEPT}
        for flag, found in _evidence(store, consultation, scope, dataset, thresholds)[0].items():
            without[flag] |= {key for key in found if (key, flag) not in meant}
    return compare(dataset, question, {flag: frozenset(keys) for flag, keys in without.items()}, language)


def _admitted(store: Store, slug: str, actor: Actor) -> tuple[ConsultationRecord, Scope]:
    """For who reads names and addresses and decides on replies."""
    require(actor, Action.READ_CONTACTS, slug)
    with store.read() as kept:
        return consultations.admitted(kept, slug, actor, Action.REVIEW_REPLIES)


_BOUNDS = {
    "items": (3, 100),
    "speed": (1.0, speeding.LARGEST_FACTOR),
    "nearly": (70.0, 100.0),
    "likeness": (campaigns.LOWEST_LIKENESS, 100.0),
    "copies": (2, 1000),
}


def bounds() -> Mapping[str, tuple[float, float]]:
    """Threshold -> the lowest and highest value that it may have."""
    return _BOUNDS


def _require_bounds(thresholds: Thresholds) -> None:
    for name, (low, high) in _BOUNDS.items():
        if not low <= getattr(thresholds, name) <= high:
            raise InvalidInput("review.threshold", name=name, low=low, high=high)


_ByReply: TypeAlias = Mapping[int, tuple[Evidence, ...]]


def _evidence(
    store: Store, consultation: ConsultationRecord, scope: Scope, dataset: Dataset, thresholds: Thresholds
) -> tuple[Mapping[Flag, _ByReply], frozenset[str]]:
    """Flag -> reply -> what speaks for it; names of rules that cannot be computed."""
    with store.read() as kept:
        times = kept.section_seconds(consultation.id, scope)
        rules = kept.review_rules(consultation.id)
        counted = kept.contacts_revision(consultation.id, scope)
    broken, unreadable = _broken_rules(store, consultation.slug, scope, dataset, rules)
    return {
        Flag.STRAIGHT_LINING: _grouped(batteries.straight_lines(dataset, fewest=thresholds.items)),
        Flag.SPEEDING: _grouped(speeding.fast_replies(times, fastest=thresholds.speed)),
        Flag.DUPLICATE: {
            key: (group,)
            for group in _same(store, consultation.slug, scope, dataset, counted, thresholds.nearly)
            for key, _name in group.responses
        },
        Flag.CAMPAIGN: _copied(
            _campaigns(store, consultation.id, scope, dataset, thresholds.likeness, thresholds.copies)
        ),
        Flag.CONTRADICTION: _grouped([*contradictions.none_and_others(dataset), *broken]),
    }, unreadable


@remembered(8)  # the data set stands for the state of the replies
def _campaigns(
    store: Store, consultation_id: int, scope: Scope, dataset: Dataset, likeness: float, copies: int
) -> tuple[Campaign, ...]:
    signed = kept_signatures.signed(store, consultation_id, scope, dataset)
    return campaigns.campaigns(dataset, likeness=likeness, fewest=copies, signed=signed)


@remembered(8)
def _same(
    store: Store, slug: str, scope: Scope, _dataset: Dataset, _counted: ContactsRevision, nearly: float
) -> tuple[SameOrganisation, ...]:
    with store.read() as kept:
        return duplicates.same_organisations(kept, kept.consultation(slug), scope, nearly=nearly)


@remembered(8)
def _broken_rules(
    store: Store, slug: str, scope: Scope, dataset: Dataset, rules: tuple[ReviewRule, ...]
) -> tuple[tuple[Contradiction, ...], frozenset[str]]:
    excluding = [
        each for each in dataset.codebook.variables if each.kind in (Kind.SELECT_MULTIPLE, Kind.RANK) and each.missing
    ]
    if not rules and not excluding:
        return (), frozenset()
    with store.read() as kept:
        consultation = kept.consultation(slug)
        line = published_forms.lineage_of(kept, consultation.id)
        replies = [
            (each.id, each.submitted_at or each.updated_at, line.carry(each.version_number, each.submission))
            for each in kept.responses(consultation.id, scope)
        ]
        known = _known(kept, consultation)
    found = [*contradictions.no_answer_and_others(excluding, replies)]
    unreadable = set()
    for rule in rules:
        try:  # a newer version may ask something else
            contradictions.require_rule(rule.expression, known)
        except InvalidInput:
            unreadable.add(rule.name)
            continue
        found += contradictions.contradictions(rule.name, rule.expression, replies)
    return tuple(found), frozenset(unreadable)


def _known(kept: Transaction, consultation: ConsultationRecord) -> frozenset[str]:
    """Questions that a rule may read: asked once for each response, and not kept apart from the answers."""
    line = published_forms.lineage_of(kept, consultation.id)
    roles = question_roles.roles_in(kept, consultation, line.newest)
    apart = {name for role in policies_of(consultation).apart for name in roles.get(role, "").split()}
    return frozenset(each.name for each in question_roles.askable(line.questionnaire)) - apart


def _grouped(found: Sequence[StraightLine | Fast | Contradiction]) -> _ByReply:
    grouped: dict[int, tuple[Evidence, ...]] = {}
    for each in found:
        grouped[each.response_id] = (*grouped.get(each.response_id, ()), each)
    return grouped


def _copied(found: Sequence[Campaign]) -> _ByReply:
    grouped: dict[int, tuple[Evidence, ...]] = {}
    for campaign in found:
        for copy in campaign.copies:
            evidence = Copied(
                question=campaign.question,
                text=campaign.text,
                likeness=copy.likeness,
                replies=len(campaign.copies),
            )
            grouped[copy.response_id] = (*grouped.get(copy.response_id, ()), evidence)
    return grouped


def _reply(
    response: ReviewedReply, organisation: str, evidence: tuple[Evidence, ...], decision: ReviewDecision | None
) -> FlaggedReply:
    return FlaggedReply(
        response_id=response.id,
        reference=response.reference,
        submitted_at=response.submitted_at,
        organisation=organisation,
        language=response.language,
        evidence=evidence,
        decision=decision,
        is_changed=decision is not None and decision.response_revision != response.revision,
    )
