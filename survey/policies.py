"""The rules that staff give a consultation: who is known, what is late, what may be corrected, in which time zone.

`Policies` is kept as JSON beside the consultation; what is not kept has the value that it has here by default. Nothing
is enforced here: `survey.consultation_rules`, `survey.consultations` and `survey.responses` ask.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from data.errors import InvalidInput
from data.records import ConsultationRecord


class Identification(StrEnum):
    """What is known of who answers.

    IDENTIFIED    as the questionnaire asks; an answer is joined to its invitation by the name
    PSEUDONYMOUS  the organisation's name is kept apart from the answers, like the address for contact
    ANONYMOUS     nothing joins answer and invitation, nothing personal is asked, times are whole days
    """

    IDENTIFIED = "identified"
    PSEUDONYMOUS = "pseudonymous"
    ANONYMOUS = "anonymous"


class Late(StrEnum):
    """What becomes of an answer after the first deadline."""

    ACCEPT = "accept"
    GRACE = "grace"
    REFUSE = "refuse"


LEAST_THRESHOLD = 5
"""No consultation may show smaller counts to anybody but its secretariat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The rules of one consultation.

    grace_days            days of the calendar after the first deadline in which late answers are taken, with Late.GRACE
    corrections_until     until when what was sent may be changed; None: never
    visible_until         until when a personal code shows what was sent; None: always
    zone                  IANA name of the zone in which dates are written and shown
    one_per_organisation  a second response of an invited organisation is refused
    quota_role, quotas    which question is counted ("region", ...), and code -> how many replies at most; "*" stands
                          for every code that is not named
    sign_off_required     only somebody who may approve can send
    keep_contacts_months, keep_drafts_months, keep_answers_months
                          months after closing when contact data, drafts that were never sent, and answers with their
                          files are erased (`survey.retention`); None: never
    meeting_threshold, public_threshold  the smallest count that a meeting, and the public, may see
    meeting_rounding, public_rounding    their counts are shown as multiples of it; 0: as they are
    """

    identification: Identification = Identification.IDENTIFIED
    late: Late = Late.ACCEPT
    grace_days: int = 0
    corrections_until: datetime | None = None
    visible_until: datetime | None = None
    zone: str = "UTC"
    one_per_organisation: bool = False
    quota_role: str = ""
    quotas: Mapping[str, int] = field(default_factory=dict)
    sign_off_required: bool = False
    keep_contacts_months: int | None = None
    keep_drafts_months: int | None = None
    keep_answers_months: int | None = None
    meeting_threshold: int = LEAST_THRESHOLD
    meeting_rounding: int = 0
    public_threshold: int = LEAST_THRESHOLD
    public_rounding: int = 0

    @property
    def anonymous(self) -> bool:
        """True when nobody shall be able to say whose answer it is."""
        return self.identification is Identification.ANONYMOUS

    @property
    def apart(self) -> tuple[str, ...]:
        """The parts of questions whose answers are kept apart from the others."""
        return ("contact",) if self.identification is Identification.IDENTIFIED else ("contact", "organisation")

    def noted(self, moment: datetime) -> datetime:
        """A moment as it is kept beside an answer: in an anonymous consultation the beginning of its day in UTC."""
        if not self.anonymous:
            return moment
        return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def clock(self) -> ZoneInfo:
        """The stated zone."""
        return ZoneInfo(self.zone)

    def limit(self, code: str) -> int | None:
        """How many replies of this group are taken; None: any number."""
        return self.quotas.get(code, self.quotas.get("*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyIssue:
    """Why a rule cannot be as it was typed."""

    name: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


_MOST_READ = 64
_READ: dict[int, tuple[Mapping[str, Any], Policies]] = {}
"""By the identity of what is kept, which is held as long as it stands here: the store gives the same document of a
consultation that did not change, and each save asks some five times."""


def policies_of(consultation: ConsultationRecord) -> Policies:
    """The rules of a consultation."""
    kept = consultation.policies
    known = _READ.get(id(kept))
    if known is None or known[0] is not kept:
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        known = _READ[id(kept)] = (kept, from_json(kept))
    return known[1]


def from_json(kept: Mapping[str, Any]) -> Policies:
    """Rules as they are kept."""
    if not kept:
        return _DEFAULT
    values = dict(kept)
    for name, kind in (("identification", Identification), ("late", Late)):
        if name in values:
            values[name] = kind(values[name])
    for name in DATES:
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    return Policies(**values)


def to_json(policies: Policies) -> dict[str, object]:
    """What is not as it is by default, for the JSON column."""
    kept: dict[str, object] = {}
    for each in fields(policies):
        value = getattr(policies, each.name)
        if value != getattr(_DEFAULT, each.name):
            kept[each.name] = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in kept.items()}


def changed(policies: Policies, typed: Mapping[str, str]) -> Policies:
    """The rules with those that were typed instead; dates are read in the zone that holds afterwards.

    Dates that were not typed follow the zone as `in_zone` says.

    Raises InvalidInput("policies.invalid", issues=(PolicyIssue, ...)) with every fault.
    """
    values: dict[str, Any] = {}
    issues: list[PolicyIssue] = []
    zone = typed.get("zone", policies.zone).strip() or "UTC"
    if zone not in available_timezones():
        issues.append(PolicyIssue(name="zone", code="policies.zone", params={"text": zone}))
        zone = policies.zone
    for name, text in typed.items():
        text = text.strip()
        if name == "zone":
            values[name] = zone
            continue
        try:
            if name in DATES:
                values[name] = read_moment(text, end_of_day=True, zone=ZoneInfo(zone))
            elif name in _READERS:
                values[name] = _READERS[name](text)
            else:
                issues.append(PolicyIssue(name=name, code="policies.unknown", params={"names": ", ".join(NAMES)}))
        except InvalidInput as error:
            issues.append(PolicyIssue(name=name, code=error.code, params=error.params))
    if not issues:
        old, new = policies.clock, ZoneInfo(zone)
        moved = {name: in_zone(getattr(policies, name), old, new, end_of_day=True) for name in DATES}
        policies = replace(policies, **{**moved, **values})
        issues = list(_faults(policies))
    if issues:
        raise InvalidInput("policies.invalid", count=len(issues), issues=tuple(issues))
    return policies


def written(policies: Policies) -> dict[str, str]:
    """Every rule as it is typed; `changed` reads it back."""
    found = {}
    for each in fields(policies):
        value = getattr(policies, each.name)
        if isinstance(value, datetime):
            found[each.name] = moment_written(value, policies.clock)
        elif isinstance(value, bool):
            found[each.name] = "yes" if value else "no"
        elif isinstance(value, Mapping):
            found[each.name] = ", ".join(f"{code}={limit}" for code, limit in value.items())
        else:
            found[each.name] = "" if value is None else str(value)
    return found


def _faults(policies: Policies) -> tuple[PolicyIssue, ...]:
    issues = []
    until, visible = policies.corrections_until, policies.visible_until
    if until is not None and visible is not None and visible < until:
        issues.append(PolicyIssue(name="visible_until", code="policies.visible_before"))
    if policies.late is Late.GRACE and not policies.grace_days:
        issues.append(PolicyIssue(name="grace_days", code="policies.grace_days"))
    if bool(policies.quotas) != bool(policies.quota_role):
        issues.append(PolicyIssue(name="quotas", code="policies.quota_role"))
    if policies.meeting_threshold < LEAST_THRESHOLD:
        params: dict[str, object] = {"least": LEAST_THRESHOLD}
        issues.append(PolicyIssue(name="meeting_threshold", code="policies.threshold", params=params))
    if policies.public_threshold < policies.meeting_threshold:
        params = {"least": policies.meeting_threshold}
        issues.append(PolicyIssue(name="public_threshold", code="policies.threshold", params=params))
    if policies.anonymous and policies.one_per_organisation:
        issues.append(PolicyIssue(name="one_per_organisation", code="policies.anonymous_one"))
    return tuple(issues)


def closing(consultation: ConsultationRecord) -> datetime | None:
    """The last moment at which answers are taken: the closing time, or earlier what the rule on late answers says."""
    rules, moments = policies_of(consultation), [consultation.closes_at]
    if consultation.deadline_at is not None and rules.late is not Late.ACCEPT:
        days = rules.grace_days if rules.late is Late.GRACE else 0
        # Days of the calendar: on the clock of the zone the end stays at its hour when clocks are changed.
        moments.append((consultation.deadline_at.astimezone(rules.clock) + timedelta(days=days)).astimezone(UTC))
    return min((moment for moment in moments if moment is not None), default=None)


def read_moment(text: str, *, end_of_day: bool, zone: ZoneInfo | None = None) -> datetime | None:
    """An ISO 8601 moment, in `zone` (UTC) unless it names its own; a bare date is the whole of that day.

    end_of_day  True for an end: a bare date, and 23:59, last until the next day begins; else a bare date is its first
                moment.
    "" is None. Raises InvalidInput("date.unreadable").
    """
    if not text:
        return None
    try:
        try:
            found = datetime.combine(date.fromisoformat(text), _DAYS_END if end_of_day else time())
        except ValueError:  # it names a time of day
            found = datetime.fromisoformat(text)
        if end_of_day and (found.hour, found.minute, found.second) == (23, 59, 0):
            found = datetime.combine(found.date(), _DAYS_END, found.tzinfo)
        return (found.replace(tzinfo=zone or UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("date.unreadable", text=text) from None


def in_zone(moment: datetime | None, before: ZoneInfo, after: ZoneInfo, *, end_of_day: bool) -> datetime | None:
    """What a moment becomes when another zone is stated: a whole day stays that day, a time of day stays that moment.

    Raises InvalidInput("date.unreadable") at the ends of the calendar.
    """
    if moment is None:
        return None
    local = moment.astimezone(before)
    whole = (local.hour, local.minute) == (23, 59) if end_of_day else local.time() == time()
    return read_moment(local.date().isoformat(), end_of_day=end_of_day, zone=after) if whole else moment


def moment_written(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as `read_moment` reads it, on the clock of the zone; "" for None."""
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise InvalidInput("policies.choice", text=text, choices=", ".join(kind)) from None

    return read


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise InvalidInput("policies.choice", text=text, choices="yes, no")
    return _FLAGS[text.lower()]


def _whole(text: str, *, most: int = 1_000_000) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise InvalidInput("policies.number", text=text, most=most)
    return int(text)


def _months(text: str) -> int | None:
    if not text:
        return None
    if not _whole(text, most=MOST_MONTHS):
        raise InvalidInput("policies.months")
    return int(text)


def _quotas(text: str) -> dict[str, int]:
    found = {}
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        code, sign, limit = (piece.strip() for piece in part.partition("="))
        if not sign or not code:
            raise InvalidInput("policies.quota", text=part)
        if code in found:
            raise InvalidInput("policies.quota_twice", text=code)
        found[code] = _whole(limit)
    return found


MOST_MONTHS = 600
_DAYS_END = time(23, 59, 59, 999_999)
"""The last moment of a day as the store keeps it; people read it as 23:59."""
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "identification": _one_of(Identification),
    "late": _one_of(Late),
    "grace_days": lambda text: _whole(text or "0", most=365),
    "one_per_organisation": _flag,
    "quota_role": str,
    "quotas": _quotas,
    "sign_off_required": _flag,
    "keep_contacts_months": _months,
    "keep_drafts_months": _months,
    "keep_answers_months": _months,
    "meeting_threshold": lambda text: _whole(text or "5", most=1000),
    "meeting_rounding": lambda text: _whole(text or "0", most=100),
    "public_threshold": lambda text: _whole(text or "5", most=1000),
    "public_rounding": lambda text: _whole(text or "0", most=100),
}
DATES = ("corrections_until", "visible_until")
NAMES = tuple(each.name for each in fields(Policies))
_DEFAULT = Policies()
