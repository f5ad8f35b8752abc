"""Who may do what in a consultation, on the page Collect: grant a role, for a part of it or for all, and revoke it."""

import html

import streamlit as st

from data.people_records import GrantRecord
from data.records import ConsultationRecord
from data.store import Store
from survey import grants, published_forms
from survey.access import Actor, ConsultationRole, Role
from survey.translator import Words
from survey.ui import messages
from survey.ui.response_frame import now


def role_names(words: Words) -> dict[Role, str]:
    """What the roles of the installation are called."""
    _ = words.translate
    return {
        Role.ADMINISTRATOR: _("Administrator"),
        Role.SECRETARIAT: _("Secretariat"),
        Role.REPORT_WRITER: _("Report writer (protected figures only)"),
        Role.MEMBER: _("Member (only what single consultations grant)"),
    }


def consultation_role_names(words: Words) -> dict[ConsultationRole, str]:
    """What the roles of a consultation are called, with what they are for."""
    _ = words.translate
    return {
        ConsultationRole.OWNER: _("Owner: everything in this consultation, and who may do what"),
        ConsultationRole.EDITOR: _("Editor: questionnaire, dates and rules, figures"),
        ConsultationRole.ANALYST: _("Analyst: figures, answers and files, findings"),
        ConsultationRole.REVIEWER: _("Reviewer: figures, answers, contacts, whose reply it is"),
        ConsultationRole.VIEWER: _("Viewer: protected figures"),
        ConsultationRole.TRANSLATOR: _("Translator: translations of the questionnaire"),
    }


def show_access(store: Store, consultation: ConsultationRecord, actor: Actor, words: Words) -> None:
    """Everybody with a role here, and a form for another one."""
    _, slug = words.translate, consultation.slug
    names = consultation_role_names(words)
    for each in grants.granted(store, slug, actor=actor):
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"grant_{slug}_{each.person_id}"
        ):
            _line(store, consultation, each, names[ConsultationRole(each.role)], words)
            if each.person_id != actor.person_id and st.button(_("Revoke"), key=f"revoke_{slug}_{each.person_id}"):
                with messages.explained(words):
                    grants.revoke(store, slug, each.login, actor=actor, now=now())
                    st.rerun()
    everybody = role_names(words)
    others = ", ".join(
        f"\u2068{each.name}\u2069 ({everybody[Role(each.role)]})"  # the name keeps its own direction
        for each in grants.everywhere(store, slug, actor=actor)
    )
    if others:
        told = _("By what they are everywhere: {people}", people=others)
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    _form(store, consultation, actor, names, words)


def _line(store: Store, consultation: ConsultationRecord, each: GrantRecord, role: str, words: Words) -> None:
    form = published_forms.newest_form(store, consultation).questionnaire
    seen = " · ".join(grants.scope_words(form, consultation.roles, each.scope, words.language))
    part = seen or words.translate("all of it")
    who = html.escape(each.name if each.name == each.login else f"{each.name} · {each.login}")
    st.html(
        f"<div><b><bdi>{who}</bdi></b><br>{html.escape(role)}<br>"
        f'<span class="sd-muted">{html.escape(part)}</span></div>',
        width="stretch",
    )


def _form(
    store: Store,
    consultation: ConsultationRecord,
    actor: Actor,
    names: dict[ConsultationRole, str],
    words: Words,
) -> None:
    _, slug = words.translate, consultation.slug
    form = published_forms.newest_form(store, consultation).questionnaire
    regions = grants.regions_of(store, slug, actor=actor, language=words.language)
    tags = [each.tag for each in form.languages]
    with st.form(f"grant_{slug}", clear_on_submit=True):
        login = st.text_input(_("Sign-in name"), key=f"grant_login_{slug}")
        role = st.selectbox(_("Role"), list(names), format_func=names.__getitem__, key=f"grant_role_{slug}", index=4)
        narrowed, spoken = [], []
        if regions:
            narrowed = st.multiselect(
                _("Only these regions (empty: all)"),
                list(regions),
                format_func=regions.__getitem__,
                key=f"grant_regions_{slug}",
                placeholder="",
            )
        if len(tags) > 1:
            spoken = st.multiselect(
                _("Only these languages (empty: all)"),
                tags,
                format_func=words.language_name,
                key=f"grant_languages_{slug}",
                placeholder="",
            )
        told = _("A new role takes the place of the one that the person has here.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        sent = st.form_submit_button(_("Grant the role"), type="primary")
    if sent:
        with messages.explained(words):
            grants.grant(store, slug, login or "", role, regions=narrowed, languages=spoken, actor=actor, now=now())
            st.rerun()
