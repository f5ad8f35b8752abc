"""The rules of a consultation on the page Collect: title and dates, and what `survey.policies` knows."""

import html
from datetime import datetime

import streamlit as st

from data.errors import InvalidInput
from data.records import ConsultationRecord
from survey import consultations
from survey.access import Actor
from survey.policies import Identification, Late, PolicyIssue, moment_written, policies_of, read_moment, written
from survey.translator import Words
from survey.ui import messages, resources
from survey.words import MESSAGES


def show_dates(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """Title, opening, first deadline and closing, on the clock of the stated zone."""
    _ = words.translate
    zone = policies_of(consultation).clock
    with st.expander(_("Title and dates")), st.form(f"dates_{consultation.slug}"):
        title = st.text_input(_("Title"), consultation.title.get(words.language, ""))
        told = _("Dates in {zone}, for example 2026-10-31T23:59; empty: none.", zone=zone.key)
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        typed: dict[str, str | None] = {
            name: st.text_input(label, moment_written(moment, zone))
            for name, label, moment in (
                ("opens_at", _("Opens"), consultation.opens_at),
                ("deadline_at", _("First deadline; later answers are marked as late"), consultation.deadline_at),
                ("closes_at", _("Closes"), consultation.closes_at),
            )
        }
        if st.form_submit_button(_("Save")):
            with messages.explained(words):
                consultations.change(
                    resources.store(),
                    consultation.slug,
                    title={words.language: title or ""},
                    actor=actor,
                    now=now,
                    **{
                        name: read_moment((text or "").strip(), end_of_day=name != "opens_at", zone=zone)
                        for name, text in typed.items()
                    },
                )
                st.rerun()


def show_rules(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """Who is known, what is late, corrections, the zone, limits and approval."""
    _ = words.translate
    present = written(policies_of(consultation))
    key = f"rule_{consultation.slug}_"
    with st.expander(_("Rules")), st.form(f"rules_{consultation.slug}"):
        typed: dict[str, str | None] = {
            "identification": st.selectbox(
                _("Who answers"),
                list(Identification),
                index=list(Identification).index(Identification(present["identification"])),
                format_func=lambda each: identification_words(Identification(each), words),
                key=f"{key}identification",
            )
        }
        lasting = _("It cannot be changed any more once somebody began to answer.")
        st.html(f'<div class="sd-muted">{html.escape(lasting)}</div>')
        typed["late"] = st.selectbox(
            _("After the first deadline"),
            list(Late),
            index=list(Late).index(Late(present["late"])),
            format_func=lambda each: _late_words(Late(each), words),
            key=f"{key}late",
        )
        for name, label in (
            ("grace_days", _("Days of grace")),
            ("zone", _("Time zone of the dates, such as Europe/Vienna")),
            ("corrections_until", _("Corrections of what was sent until; empty: none")),
            ("visible_until", _("What was sent can be seen until; empty: always")),
            ("quota_role", _("Replies are limited by (part of a question, such as region)")),
            ("quotas", _("Most replies of each group, such as s=20, *=50; * is every other")),
        ):
            typed[name] = st.text_input(label, present[name], key=key + name)
        for name, label in (
            ("one_per_organisation", _("One response of each invited organisation")),
            ("sign_off_required", _("Somebody who may approve must send the response")),
        ):
            typed[name] = "yes" if st.checkbox(label, present[name] == "yes", key=key + name) else "no"
        if st.form_submit_button(_("Save the rules")):
            texts = {name: str(value or "") for name, value in typed.items()}
            _save(consultation, {n: text for n, text in texts.items() if text != present[n]}, actor, now, words)


def _save(consultation: ConsultationRecord, typed: dict[str, str], actor: Actor, now: datetime, words: Words) -> None:
    try:
        consultations.set_policies(resources.store(), consultation.slug, typed, actor=actor, now=now)
    except InvalidInput as error:
        messages.show(error, words)
        for issue in error.params.get("issues", ()):  # type: ignore[attr-defined]
            if isinstance(issue, PolicyIssue):
                st.error(words.translate(MESSAGES[issue.code], **issue.params))
    else:
        st.rerun()


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
