"""Use case: watch who has answered and who has not."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analysis.charts.spec import CoverageRow, MonitoringSource, TimelinePoint
from analysis.disclosure import Audience, Suppressed, policy
from analysis.review import screen_audience
from data.records import ConsultationRecord, InvitationRecord
from data.store import Store, Transaction
from survey import consultations
from survey.access import Action, Actor, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a consultation stands.

    replies, late, drafts  submitted replies, those after the first deadline among them, drafts not sent
    invited, replied       organisations of the contact frame, and how many of them replied
    off_frame              replies that belong to no organisation of the frame
    """

    consultation: ConsultationRecord
    replies: int
    late: int | Suppressed
    drafts: int | Suppressed
    invited: int
    replied: int
    off_frame: int | Suppressed
    arrivals: tuple[TimelinePoint, ...]
    """Unprotected: the chart hides small counts of its days or weeks by the audience's rules."""
    coverage: tuple[CoverageRow, ...]
    source: MonitoringSource
    audience: Audience


def progress(
    store: Store, slug: str, *, actor: Actor, language: str, now: datetime, audience: Audience | None = None
) -> Progress:
    """Replies over time and replies of invited by region; counts below the audience's threshold are hidden."""
    audience = audience or screen_audience(actor)
    internal = audience is Audience.INTERNAL
    require(actor, Action.READ_INTERNAL_FIGURES if internal else Action.READ_PROTECTED_FIGURES)
    rules = policy(audience)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        labels, present = _regions(kept, consultation, language)
        responses = kept.responses(consultation.id)
        invitations = kept.invitations(consultation.id)
        drafts = kept.count_drafts(consultation.id)
    moments = [response.submitted_at for response in responses if response.submitted_at is not None]
    per_day = Counter(moment.astimezone(UTC).date() for moment in moments)
    region_of = {invitation.id: present.get(invitation.region, invitation.region) for invitation in invitations}
    per_region = Counter(region_of.values())
    repliers = {response.invitation_id for response in responses} & region_of.keys()
    replied = Counter(region_of[key] for key in repliers if key is not None)
    codes = [code for code in labels if code in per_region] + sorted(set(per_region) - set(labels))
    title = consultation.title
    return Progress(
        consultation=consultation,
        audience=audience,
        replies=len(responses),
        late=rules.count(sum(response.late for response in responses)),
        drafts=rules.count(drafts),
        invited=len(invitations),
        replied=len(repliers),
        off_frame=rules.count(sum(response.invitation_id is None for response in responses)),
        arrivals=tuple(TimelinePoint(day=day, replies=per_day[day]) for day in _days(sorted(per_day))),
        coverage=tuple(
            CoverageRow(label=labels.get(code, code), invited=per_region[code], replied=rules.count(replied[code]))
            for code in codes
        ),
        source=MonitoringSource(
            title=title.get(language) or title.get("en") or slug,
            fictional=consultation.fictional,
            as_of=now.replace(second=0, microsecond=0),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invited organisation and whether it has replied."""

    invitation: InvitationRecord
    region: str
    replied: bool


def invited(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[Invited, ...]:
    """The contact frame, with who has replied; for those who may read contact data."""
    require(actor, Action.READ_CONTACTS)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        labels, present = _regions(kept, consultation, language)
        frame = kept.invitations(consultation.id)
        repliers = {response.invitation_id for response in kept.responses(consultation.id)}
    words = {code: labels[joined] for code, joined in present.items()}
    return tuple(
        Invited(invitation=each, region=words.get(each.region, each.region), replied=each.id in repliers)
        for each in frame
    )


def _regions(
    kept: Transaction, consultation: ConsultationRecord, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """(code -> words of every region, code of an older version -> its present code)."""
    line = consultations.lineage_of(kept, consultation.id)
    labels: dict[str, str] = {}
    present: dict[str, str] = {}
    for number in reversed(line.numbers):
        form = line.questionnaires[number]
        region = consultations.roles_in(kept, consultation, number).get("region", "")
        for choice in form.choices(form.question(region)) if region else ():
            code = line.code(number, region, choice.name)
            words = choice.label.in_language(language, form.default_language) or choice.name
            labels.setdefault(code, words)
            present.setdefault(choice.name, code)
    return labels, present


def _days(found: list[date]) -> list[date]:
    if not found:
        return []
    return [found[0] + timedelta(days=offset) for offset in range((found[-1] - found[0]).days + 1)]
