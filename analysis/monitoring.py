"""Use case: watch who has answered and who has not."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from analysis import ledger
from analysis.charts.spec import CoverageRow, MonitoringSource, TimelinePoint
from analysis.disclosure import SUPPRESSED, Audience, Policy, Suppressed
from analysis.disclosure.suppression import hidden_beside_total
from analysis.disclosure.system import rounded
from analysis.disclosure.tables import option_part
from analysis.opened_data import screen_audience
from analysis.stats.arrivals import Forecast, Stream, forecast
from data.analysis_records import ReleaseRecord
from data.formulas import guarded
from data.invitation_records import DayCount, FrameCount, InvitationRecord
from data.records import ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import consultations, published_forms, question_roles
from survey.access import Action, Actor
from survey.consultations import Standing
from survey.grants import scope_words
from survey.policies import closing, policies_of
from survey.translator import LANGUAGES
from survey.versions.lineage import Lineage

DIMENSIONS = ("region", "organisation_type", "language")
"""By what replies are held against the contact frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Organisations of the frame of one region, type or language: how many are invited, began, and sent."""

    label: str
    invited: int
    begun: int | Suppressed
    sent: int | Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionStand:
    """One section: responses that came so far, drafts that stand there, the median time, from how many responses.

    minutes  None when no time was taken
    """

    label: str
    reached: int | Suppressed
    left: int | Suppressed
    minutes: float | Suppressed | None
    timed: int | Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a consultation stands.

    replies, late, drafts  submitted replies, those after the first deadline among them, drafts not sent
    invited, replied       organisations of the contact frame, and how many of them replied
    off_frame              replies that belong to no organisation of the frame
    """

    consultation: ConsultationRecord
    replies: int | Suppressed
    late: int | Suppressed
    drafts: int | Suppressed
    invited: int
    replied: int | Suppressed
    off_frame: int | Suppressed
    arrivals: tuple[TimelinePoint, ...]
    """Unprotected: the chart hides small counts of its days or weeks by the audience's rules."""
    coverage: tuple[CoverageRow, ...]
    cells: Mapping[str, tuple[Cell, ...]]
    """Of DIMENSIONS, those that the frame tells something of."""
    sections: tuple[SectionStand, ...]
    expected: Forecast | None
    """Replies at `target`; None when there is none or too little to go by."""
    anonymous: bool
    """Nobody knows which organisations replied: there is nothing to hold against the frame."""
    target: datetime | None
    """The first deadline, after it the closing; None when neither lies ahead or no answers are taken."""
    source: MonitoringSource
    audience: Audience
    rules: Policy

    @property
    def shows_frame(self) -> bool:
        """True when replies can be held against a contact list."""
        return bool(self.invited) and not self.anonymous


def progress(
    store: Store, slug: str, *, actor: Actor, language: str, now: datetime, audience: Audience | None = None
) -> Progress:
    """Replies over time and replies of invited by region; counts below the audience's threshold are hidden."""
    audience = audience or screen_audience(actor, slug)
    internal = audience is Audience.INTERNAL
    with store.read() as kept:
        consultation, scope = consultations.admitted(
            kept, slug, actor, Action.READ_INTERNAL_FIGURES if internal else Action.READ_PROTECTED_FIGURES
        )
        rules = ledger.rules_of(consultation, audience)
        shown_before = () if internal else kept.releases(consultation.id, scope)
        labels, present = _labels(kept, consultation, "region", language)
        types, type_now = _labels(kept, consultation, "organisation_type", language)
        counts = kept.reply_counts(consultation.id, scope)
        by_day = {date.fromisoformat(each.day): each for each in kept.replies_by_day(consultation.id, scope)}
        frame = kept.frame_counts(consultation.id, scope)
        form = published_forms.lineage_of(kept, consultation.id).questionnaire
        seen = scope_words(form, consultation.roles, scope, language)
        sections = _sections(kept, consultation, scope, counts.replies, language, rules)
    cells = {
        "region": _cells(
            frame,
            lambda each: present.get(each.region, each.region),
            labels,
            rules,
            hidden=_hidden_options(shown_before, consultation.roles.get("region", ""), scope),
        ),
        "organisation_type": _cells(
            frame,
            lambda each: type_now.get(each.organisation_type, each.organisation_type),
            types,
            rules,
            hidden=_hidden_options(shown_before, consultation.roles.get("organisation_type", ""), scope),
        ),
        "language": _cells(frame, lambda each: each.language, LANGUAGES, rules, hidden=frozenset()),
    }
    anonymous = policies_of(consultation).anonymous
    title = consultation.title
    invited, replied = sum(each.invited for each in frame), sum(each.sent for each in frame)
    target = _target(consultation, now)
    # A part can be so small that its total tells who is in it; the total of everybody is no secret.
    total = _shown(counts.replies, rules) if scope.is_narrow else counts.replies
    return Progress(
        consultation=consultation,
        audience=audience,
        rules=rules,
        replies=total,
        late=_shown(counts.late, rules),
        drafts=_shown(counts.drafts, rules),
        invited=invited,
        replied=_shown(replied, rules) if scope.is_narrow else replied,
        off_frame=_shown(counts.off_frame, rules),
        arrivals=tuple(
            TimelinePoint(day=day, replies=by_day[day].replies if day in by_day else 0) for day in _days(sorted(by_day))
        ),
        coverage=tuple(
            CoverageRow(label=each.label, invited=each.invited, replied=each.sent)
            for each in (() if anonymous else cells["region"])
        ),
        cells={name: found for name, found in cells.items() if not anonymous and any(each.label for each in found)},
        anonymous=anonymous,
        sections=sections,
        expected=None
        if target is None or isinstance(total, Suppressed)
        else _expected(by_day, consultation, counts.replies, invited - replied, now, target),
        target=target,
        source=MonitoringSource(
            title=" · ".join([title.get(language) or title.get("en") or slug, *seen]),
            fictional=consultation.fictional,
            as_of=now.replace(second=0, microsecond=0),
        ),
    )


def _hidden_options(before: Sequence[ReleaseRecord], question: str, scope: Scope) -> frozenset[str]:
    """Codes that the last released card of all replies in the scope hides, so that the frame does not tell them."""
    for record in reversed(before):
        if record.question == question and not record.filters and record.scope == scope:
            return frozenset(figure for name, group, figure, _ in record.hidden if name == question and not group)
    return frozenset()


def _cells(
    frame: tuple[FrameCount, ...],
    code_of: Callable[[FrameCount], str],
    labels: Mapping[str, str],
    rules: Policy,
    *,
    hidden: frozenset[str],
) -> tuple[Cell, ...]:
    """Counts by a code; how many began and sent is protected beside their totals, which are shown or follow.

    Who sent has begun, so that where one count is hidden the other is not told either.
    """
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in frame:
        for place, count in enumerate((each.invited, each.begun, each.sent)):
            sums[code_of(each)][place] += count
    codes = [code for code in labels if code in sums] + sorted(set(sums) - set(labels))
    elsewhere = {place for place, code in enumerate(codes) if option_part(code) in hidden}
    sent = [sums[code][2] for code in codes]
    unseen = hidden_beside_total(sent, rules.threshold, rounding=rules.rounding, hidden=elsewhere)
    begun = [sums[code][1] for code in codes]
    begun_unseen = hidden_beside_total(begun, rules.threshold, rounding=rules.rounding, hidden=unseen)
    return tuple(
        Cell(
            label=labels.get(code, code),
            invited=sums[code][0],
            begun=SUPPRESSED if place in begun_unseen else min(rounded(begun[place], rules.rounding), sums[code][0]),
            sent=SUPPRESSED if place in unseen else min(rounded(sent[place], rules.rounding), sums[code][0]),
        )
        for place, code in enumerate(codes)
    )


def _shown(value: int, rules: Policy) -> int | Suppressed:
    return SUPPRESSED if rules.hides(value) else rounded(value, rules.rounding)


def _target(consultation: ConsultationRecord, now: datetime) -> datetime | None:
    """The next date by which answers are due, None when there is none ahead or no answers are taken."""
    if consultations.standing(consultation, now) is not Standing.OPEN:
        return None
    ahead = (consultation.deadline_at, closing(consultation))
    return next((moment for moment in ahead if moment is not None and moment > now), None)


def _expected(
    by_day: Mapping[date, DayCount],
    consultation: ConsultationRecord,
    replies: int,
    silent: int,
    now: datetime,
    target: datetime,
) -> Forecast | None:
    today = now.astimezone(UTC).date()
    first = min(by_day, default=today)
    deadline = consultation.deadline_at
    if deadline is not None and deadline <= now:  # the rush before it says nothing about the days after it
        first = max(first, deadline.astimezone(UTC).date() + timedelta(days=1))
    whole = [by_day.get(day) for day in _days([first, today - timedelta(days=1)])]
    invited = tuple(day.invited if day else 0 for day in whole)
    others = tuple(day.replies - day.invited if day else 0 for day in whole)
    return forecast(
        [Stream(counts=invited, silent=silent), Stream(counts=others)],
        (target.astimezone(UTC).date() - today).days,
        so_far=replies,
        first_weekday=(today.weekday() + 1) % 7,
        rng=np.random.default_rng(replies),  # the same data give the same forecast
    )


def _sections(
    kept: Transaction, consultation: ConsultationRecord, scope: Scope, replies: int, language: str, rules: Policy
) -> tuple[SectionStand, ...]:
    """Where responses stand, section by section of the newest version; a section that is gone counts for the first."""
    line = published_forms.lineage_of(kept, consultation.id)
    form = line.questionnaire
    places = {section.name: place for place, section in enumerate(form.sections())}
    standing = [0] * len(places)
    for (version, name), drafts in kept.drafts_by_section(consultation.id, scope).items():
        standing[places.get(_joined(line, version, name), 0)] += drafts
    times = {each.section: each for each in kept.section_times(consultation.id, scope)}
    reached, tells_left = _reached(replies, standing, rules), not any(map(rules.hides, standing))
    found = []
    for section in form.sections():
        place, time = places[section.name], times.get(section.name)
        timed = _shown(0 if time is None else time.responses, rules)
        minutes = None if time is None else time.median_seconds / 60
        found.append(
            SectionStand(
                label=section.label.in_language(language, form.default_language) or section.name,
                reached=reached[place],
                left=rounded(standing[place], rules.rounding) if tells_left else SUPPRESSED,
                minutes=timed if isinstance(timed, Suppressed) else minutes,
                timed=timed,
            )
        )
    return tuple(found)


def _reached(replies: int, standing: Sequence[int], rules: Policy) -> list[int | Suppressed]:
    """How many came as far as each section.

    One count less another is how many drafts stand between: where a section has few, only counts that lie far enough
    apart are shown. The number of replies, and that of all drafts unless it is small, is told as well.
    """
    counts = [replies + sum(standing[place:]) for place in range(len(standing))]
    shown = [] if rules.hides(replies) else [len(counts)]
    if not any(map(rules.hides, standing)):
        shown = shown and list(range(len(counts)))
    elif shown:
        known = [*counts, replies]
        for place in reversed(range(len(counts))):
            if not rules.hides(known[place] - known[shown[-1]]):
                shown.append(place)
        while shown[-1] and len(shown) > 1 and rules.hides(counts[0] - known[shown[-1]]):
            shown.pop()
    return [rounded(count, rules.rounding) if place in shown else SUPPRESSED for place, count in enumerate(counts)]


def _joined(line: Lineage, version: int, name: str) -> str:
    try:
        return line.joined(version, name)
    except KeyError:  # a draft that never was saved stands in no section
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invited organisation and whether it has replied."""

    invitation: InvitationRecord
    region: str
    country: str
    replied: bool


def invited(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[Invited, ...]:
    """The contact frame, with who has replied; for those who may read contact data.

    Nobody of an anonymous consultation, where none is known to have replied or not.
    """
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        regions, countries = (_label_of(kept, consultation, role, language) for role in ("region", "country"))
        frame = _known_frame(kept, consultation, scope)
        repliers = kept.replied_invitations(consultation.id, scope)
    return tuple(
        Invited(
            invitation=each,
            region=regions(each.region),
            country=countries(each.country),
            replied=each.id in repliers,
        )
        for each in frame
    )


def _known_frame(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> tuple[InvitationRecord, ...]:
    return () if policies_of(consultation).anonymous else kept.invitations(consultation.id, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outreach:
    """A silent organisation whose reply would help, with the words of its region and type.

    gain   how much its reply would lessen the shortfall of its region, type and language; 0 when none is behind
    begun  it has a draft
    """

    invitation: InvitationRecord
    region: str
    country: str
    organisation_type: str
    gain: float
    begun: bool


def outreach(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[Outreach, ...]:
    """Whom to remind first: silent organisations, those first whose reply lifts the weakest coverage most.

    The shortfall of a region, type or language is how far its share of replies lies below the share of the whole
    frame. A reply lifts the share of each of the three by 1 / invited; the gain is by how much the squared shortfalls
    shrink. Those who began stand before others of the same gain. Nobody of an anonymous consultation.
    """
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        labels, present = _labels(kept, consultation, "region", language)
        types, type_now = _labels(kept, consultation, "organisation_type", language)
        countries = _label_of(kept, consultation, "country", language)
        frame = _known_frame(kept, consultation, scope)
        replied = kept.replied_invitations(consultation.id, scope)
        begun = kept.begun_invitations(consultation.id, scope)

    def cells(each: InvitationRecord) -> tuple[tuple[str, str], ...]:
        codes = (
            present.get(each.region, each.region),
            type_now.get(each.organisation_type, each.organisation_type),
            each.language,
        )
        return tuple(pair for pair in zip(DIMENSIONS, codes, strict=True) if pair[1])

    invited_in = Counter(cell for each in frame for cell in cells(each))
    sent_in = Counter(cell for each in frame if each.id in replied for cell in cells(each))
    goal = len(replied) / max(1, len(frame))

    def gain(cell: tuple[str, str]) -> float:
        short = max(0.0, goal - sent_in[cell] / invited_in[cell])
        return short**2 - max(0.0, short - 1 / invited_in[cell]) ** 2

    found = [
        Outreach(
            invitation=each,
            region=labels.get(present.get(each.region, ""), each.region),
            country=countries(each.country),
            organisation_type=types.get(type_now.get(each.organisation_type, ""), each.organisation_type),
            gain=sum(gain(cell) for cell in cells(each)),
            begun=each.id in begun,
        )
        for each in frame
        if each.id not in replied
    ]
    return tuple(sorted(found, key=lambda one: (-one.gain, not one.begun, one.invitation.organisation)))


def outreach_csv(store: Store, slug: str, *, actor: Actor, language: str, heads: tuple[str, ...]) -> bytes:
    """The list as CSV with addresses: organisation, region, country, type, language, e-mail, begun (1 or 0)."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([guarded(head) for head in heads])
    for each in outreach(store, slug, actor=actor, language=language):
        one = each.invitation
        cells = (one.organisation, each.region, each.country, each.organisation_type, one.language, one.email)
        writer.writerow([*(guarded(cell) for cell in cells), int(each.begun)])
    return target.getvalue().encode("utf-8-sig")


def _labels(
    kept: Transaction, consultation: ConsultationRecord, role: str, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """(code -> words of every choice of the question with that role, code of an older version -> its present code)."""
    line = published_forms.lineage_of(kept, consultation.id)
    labels: dict[str, str] = {}
    present: dict[str, str] = {}
    for number in reversed(line.numbers):
        form = line.questionnaires[number]
        question = question_roles.roles_in(kept, consultation, number).get(role, "")
        for choice in form.choices(form.question(question)) if question else ():
            code = line.code(number, question, choice.name)
            words = choice.label.in_language(language, form.default_language) or choice.name
            labels.setdefault(code, words)
            present.setdefault(choice.name, code)
    return labels, present


def _label_of(kept: Transaction, consultation: ConsultationRecord, role: str, language: str) -> Callable[[str], str]:
    """Code -> the words of the question with that role; the code itself where it offers none."""
    labels, present = _labels(kept, consultation, role, language)
    return lambda code: labels.get(present.get(code, ""), code)


def _days(found: list[date]) -> list[date]:
    """Every day from the first to the last; none when the last lies before the first."""
    if not found:
        return []
    return [found[0] + timedelta(days=offset) for offset in range((found[-1] - found[0]).days + 1)]
