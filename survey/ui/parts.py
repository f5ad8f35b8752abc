"""Parts of questions on the page Collect: which question is the organisation, the region, the consent …"""

import html
from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord
from survey import published_forms, question_roles
from survey.access import Actor
from survey.questionnaire import Question
from survey.translator import Words
from survey.ui import resources
from survey.ui.shared_forms import SharedForm


def part_words(words: Words) -> dict[str, str]:
    """What each part is called, those that rules need first."""
    _ = words.translate
    return {
        "organisation": _("Organisation"),
        "region": _("Region"),
        "organisation_type": _("Type of organisation"),
        "country": _("Country"),
        "contact": _("Address for contact"),
        "consent": _("Consent"),
        "publish": _("Permission to publish"),
        "level": _("Level of work"),
        "challenge": _("First challenge"),
        "finding": _("Finding"),
        "recommendation": _("Recommendation"),
        "recommendation_challenge": _("Challenge of the recommendation"),
        "action_local": _("Action at local level"),
        "action_national": _("Action at national level"),
        "action_regional": _("Action at regional level"),
        "action_international": _("Action at international level"),
    }


def choose(questions: Sequence[Question], present: Mapping[str, str], key: str, words: Words) -> dict[str, str]:
    """A list of questions for each part; returns the parts that are not as they were.

    present  what a list begins with that has no value in this session yet
    """
    _ = words.translate
    told = _(
        "They are guessed by the names of questions. Rules, the contact list and reports go by them; contact data are "
        "kept apart from the answers."
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    labels = {question.name: question.label.in_language(words.language) for question in questions}
    names = ["", *labels]
    chosen = {}
    for role, label in part_words(words).items():
        now = present.get(role, "")
        chosen[role] = st.selectbox(
            label,
            names,
            index=names.index(now) if now in names else 0,
            format_func=lambda name: f"{name} · {labels[name][:80]}" if name else _("no question"),
            key=f"{key}{role}",
        )
    return {role: name for role, name in chosen.items() if name != present.get(role, "")}


def show_parts(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """Which question of the newest version plays which part, to be changed."""
    _ = words.translate
    questions = question_roles.askable(published_forms.questionnaire(resources.store(), consultation))
    names = {question.name for question in questions}
    present = {role: consultation.roles.get(role, "") for role in part_words(words)}
    present = {role: name if name in names else "" for role, name in present.items()}
    form = SharedForm(f"part_{consultation.slug}_", consultation.revision, present)
    with st.expander(_("Parts of questions")), st.form(f"parts_{consultation.slug}"):
        choose(questions, {}, form.key, words)
        if st.form_submit_button(_("Save the parts")):
            try:
                question_roles.set_roles(
                    resources.store(), consultation.slug, form.changed(), actor=actor, now=now, revision=form.revision
                )
            except SoundingsError as error:
                form.refused(error, words)
            else:
                form.saved()
                st.rerun()
