"""The rules of a consultation on the page Collect: title and dates, and what `survey.policies` knows."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord
from survey import consultation_rules, consultations, published_forms
from survey.access import Actor
from survey.policies import NAMES, Identification, Late, PolicyIssue, moment_written, policies_of, read_moment, written
from survey.translator import Words
from survey.ui import resources, session
from survey.ui.parts import part_words
from survey.ui.shared_forms import SharedForm
from survey.words import MESSAGES

_TICKED = ("one_per_organisation", "sign_off_required")
_KEPT = tuple(name for name in NAMES if name.startswith("keep_"))
"""Rules that are set beside what they erase (`survey.ui.retention`)."""
CODES_SHOWN = 20
"""Codes of one group beside the limits; a list of countries would fill the page."""


def show_dates(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """Title, opening, first deadline and closing, on the clock of the stated zone."""
    _ = words.translate
    zone = policies_of(consultation).clock
    present = {name: moment_written(getattr(consultation, name), zone) for name in date_words(words)}
    present["title"] = consultation.title.get(words.language, "")
    form = SharedForm(f"date_{consultation.slug}_{words.language}_", consultation.revision, present)
    with st.expander(_("Title and dates")), st.form(f"dates_{consultation.slug}"):
        _tell_saved(consultation, "dates", words)
        st.text_input(_("Title"), key=f"{form.key}title")
        told = _("Dates in {zone}, for example 2026-10-31T23:59; empty: none.", zone=zone.key)
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        for name, label in date_words(words).items():
            st.text_input(label, key=form.key + name)
        if st.form_submit_button(_("Save")):
            typed = form.typed()
            try:
                consultations.change(
                    resources.store(),
                    consultation.slug,
                    title={words.language: typed["title"]},
                    actor=actor,
                    now=now,
                    revision=form.revision,
                    **{
                        name: read_moment(typed[name].strip(), end_of_day=name != "opens_at", zone=zone)
                        for name in date_words(words)
                    },
                )
            except SoundingsError as error:
                form.refused(error, words)
            else:
                form.saved()
                session.remember(f"saved_dates_{consultation.slug}", True)
                st.rerun()


def show_rules(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """Who is known, what is late, corrections, the zone, limits and approval."""
    _ = words.translate
    present: dict[str, str | bool] = {n: v for n, v in written(policies_of(consultation)).items() if n not in _KEPT}
    present |= {name: present[name] == "yes" for name in _TICKED}
    form = SharedForm(f"rule_{consultation.slug}_", consultation.revision, present)
    key = form.key
    with st.expander(_("Rules")), st.form(f"rules_{consultation.slug}"):
        _tell_saved(consultation, "rules", words)
        st.selectbox(
            _("Who answers"),
            [str(each) for each in Identification],
            format_func=lambda each: identification_words(Identification(each), words),
            key=f"{key}identification",
        )
        lasting = _("It cannot be changed any more once somebody began to answer.")
        st.html(f'<div class="sd-muted">{html.escape(lasting)}</div>')
        st.selectbox(
            _("After the first deadline"),
            [str(each) for each in Late],
            format_func=lambda each: _late_words(Late(each), words),
            key=f"{key}late",
        )
        st.text_input(_("Days of grace"), key=f"{key}grace_days")
        zone_choice(str(present["zone"]), f"{key}zone", words)
        for name, label in (
            ("corrections_until", _("Corrections of what was sent until; empty: none")),
            ("visible_until", _("What was sent can be seen until; empty: always")),
        ):
            st.text_input(label, key=key + name)
        questionnaire = published_forms.questionnaire(resources.store(), consultation)
        groups = consultation_rules.groups(questionnaire, consultation.roles)
        names = part_words(words)
        st.selectbox(
            _("Replies are limited by"),
            list(dict.fromkeys(["", *groups, str(present["quota_role"]), str(session.widget(f"{key}quota_role"))])),
            format_func=lambda role: names[role] if role else _("nothing"),
            key=f"{key}quota_role",
        )
        st.text_input(_("Most replies of each group, such as s=20, *=50; * is every other"), key=f"{key}quotas")
        if groups:
            codes = "<br>".join(
                f"{html.escape(names[role])}{words.colon}<code>{html.escape(', '.join(known[:CODES_SHOWN]))}</code>"
                + (" …" if len(known) > CODES_SHOWN else "")
                for role, known in groups.items()
            )
            st.html(f'<div class="sd-muted">{codes}</div>')
        for name, label in protection_words(words).items():
            st.text_input(label, key=key + name)
        for name, label in (
            ("one_per_organisation", _("One response of each invited organisation")),
            ("sign_off_required", _("Somebody who may approve must send the response")),
        ):
            st.checkbox(label, key=key + name)
        if st.form_submit_button(_("Save the rules")):
            changed = form.changed()
            texts = {n: ("yes" if value else "no") if n in _TICKED else str(value) for n, value in changed.items()}
            save_rules(consultation, form, texts, actor, now, words)


def zone_choice(present: str, key: str, words: Words) -> str:
    """The zone in which dates are written and shown, out of those that places have."""
    zones = sorted(each for each in available_timezones() if "/" in each and not each.startswith(("Etc/", "SystemV/")))
    if not session.has_widget(key):
        session.set_widget(key, present)
    zones = list(dict.fromkeys(["UTC", present, str(session.widget(key)), *zones]))
    return st.selectbox(words.translate("Time zone of the dates"), zones, key=key) or present


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is chosen for a new consultation before it is published."""

    rules: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False

    def moment(self, name: str) -> datetime | None:
        """One of the dates, read in the chosen zone; InvalidInput("date.unreadable")."""
        zone = ZoneInfo(self.rules.get("zone", "UTC"))
        return read_moment(self.dates.get(name, "").strip(), end_of_day=name != "opens_at", zone=zone)


def choose_beginning(words: Words) -> Beginning:
    """Zone, dates, who answers, and whether a new consultation takes answers at once."""
    _ = words.translate
    zone = zone_choice("UTC", "new_zone", words)
    told = _("Dates in {zone}, for example 2026-10-31T23:59; empty: none.", zone=zone)
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    dates = {name: st.text_input(label, key=f"new_{name}") or "" for name, label in date_words(words).items()}
    identification = st.selectbox(
        _("Who answers"),
        list(Identification),
        format_func=lambda each: identification_words(Identification(each), words),
        key="new_identification",
    )
    lasting = _("It cannot be changed any more once somebody began to answer.")
    st.html(f'<div class="sd-muted">{html.escape(lasting)}</div>')
    begins = st.radio(
        _("After publishing"),
        ["waits", "opens"],
        format_func={
            "waits": _("It waits until you open it above"),
            "opens": _("It takes answers at once, or from the opening date"),
        }.__getitem__,
        key="new_begins",
    )
    rules = {"zone": zone, "identification": str(identification or Identification.IDENTIFIED)}
    return Beginning(rules=rules, dates=dates, waits=begins == "waits")


def date_words(words: Words) -> dict[str, str]:
    """What the dates of a consultation are called."""
    _ = words.translate
    return {
        "opens_at": _("Opens"),
        "deadline_at": _("First deadline; later answers are marked as late"),
        "closes_at": _("Closes"),
    }


def protection_words(words: Words) -> dict[str, str]:
    """Rule by which figures are protected -> what it is called."""
    _ = words.translate
    return {
        "meeting_threshold": _("Smallest count that a meeting sees"),
        "meeting_rounding": _("Round a meeting's counts to multiples of; 0: not at all"),
        "public_threshold": _("Smallest count that the public sees"),
        "public_rounding": _("Round the public's counts to multiples of; 0: not at all"),
    }


def save_rules(
    consultation: ConsultationRecord,
    form: SharedForm,
    typed: Mapping[str, str],
    actor: Actor,
    now: datetime,
    words: Words,
) -> None:
    """Sets the rules that were typed, or shows everything that is wrong with them."""
    try:
        consultation_rules.set_policies(
            resources.store(), consultation.slug, typed, actor=actor, now=now, revision=form.revision
        )
    except SoundingsError as error:
        form.refused(error, words)
        for issue in error.params.get("issues", ()):  # type: ignore[attr-defined]
            if isinstance(issue, PolicyIssue):
                st.error(words.translate(MESSAGES[issue.code], **issue.params))
    else:
        form.saved()
        session.remember(f"saved_rules_{consultation.slug}", True)
        st.rerun()


def _tell_saved(consultation: ConsultationRecord, what: str, words: Words) -> None:
    """Says once that what was sent is saved; the page was drawn again after it."""
    key = f"saved_{what}_{consultation.slug}"
    if session.recall(key):
        session.forget(key)
        st.success(words.translate("Saved."))


def identification_words(identification: Identification, words: Words) -> str:
    """What is known of respondents, for people."""
    _ = words.translate
    return {
        Identification.IDENTIFIED: _("Named: answers with the name of the organisation"),
        Identification.PSEUDONYMOUS: _("Pseudonymous: the name is kept apart from the answers"),
        Identification.ANONYMOUS: _("Anonymous: nobody can tell whose answer it is"),
    }[identification]


def _late_words(late: Late, words: Words) -> str:
    _ = words.translate
    return {
        Late.ACCEPT: _("Answers are taken and marked as late"),
        Late.GRACE: _("Answers are taken and marked as late for some days, then refused"),
        Late.REFUSE: _("Answers are refused"),
    }[late]
