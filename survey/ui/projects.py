"""The list of questionnaires in preparation: open, rename, delete; begin one from a file, a block or a version."""

import html

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord, ProjectRecord
from data.store import Store
from survey import asking, consultations, preparation
from survey.access import Action, Actor
from survey.library.blocks import blocks
from survey.preparation import Begun
from survey.translator import LANGUAGES, Words
from survey.ui import identity, messages, session
from survey.ui.language import zone
from survey.ui.project_frame import now
from survey.uploads import STAFF_FILE_MB

FILE_TYPES = ["xlsx", "xlsm", "xls", "md", "zip", "csv"]
COMPANION_TYPES = ["csv", "xml", "geojson"]


def show_list(store: Store, actor: Actor, words: Words) -> None:
    """The projects, each with its buttons, and the ways to begin one."""
    _ = words.translate
    st.title(_("Prepare"), anchor=False)
    st.markdown(
        _(
            "Questionnaires in preparation. Nobody can answer them before they are published, and nothing that you try "
            "out here is counted."
        )
    )
    found = preparation.projects(store, actor=actor)
    for record in found:
        _entry(store, record, actor, words)
    if identity.may(actor, Action.EDIT_QUESTIONNAIRE):
        with st.expander(_("Begin a questionnaire"), expanded=not found):
            _beginnings(store, actor, words)


def _entry(store: Store, record: ProjectRecord, actor: Actor, words: Words) -> None:
    _ = words.translate
    with st.container(border=True, key=f"project_{record.id}"):
        st.html(f'<div class="sd-card-title">{html.escape(record.name)}</div>')
        changed = _(
            "Changed {moment} by {who}",
            moment=words.moment(record.changed_at, zone()),
            who=record.changed_by.partition(":")[2] or record.changed_by,
        )
        of = f" · {html.escape(record.slug)}" if record.slug else ""
        st.html(f'<div class="sd-muted">{html.escape(changed)}{of}</div>')
        with st.container(horizontal=True):
            if st.button(_("Open"), key=f"open_{record.id}", type="primary"):
                _open(record.id)
            if not preparation.may_edit(record, actor=actor):
                return
            with st.popover(_("Rename")):
                name = st.text_input(_("Name"), record.name, key=f"name_{record.id}_{record.revision}")
                if st.button(_("Save"), key=f"rename_{record.id}"):
                    with messages.explained(words):
                        preparation.rename_project(
                            store, record.id, name or "", revision=record.revision, actor=actor, now=now()
                        )
                        st.rerun()
            with st.popover(_("Delete")):
                st.markdown(_("The questionnaire in preparation and its earlier states are removed for good."))
                if st.button(_("Delete it"), key=f"delete_{record.id}"):
                    with messages.explained(words):
                        preparation.delete_project(store, record.id, revision=record.revision, actor=actor, now=now())
                        st.rerun()


def _beginnings(store: Store, actor: Actor, words: Words) -> None:
    _ = words.translate
    ways = {
        "file": _("From a file"),
        "version": _("From a consultation"),
        "block": _("From a block of the library"),
        "empty": _("Empty"),
    }
    name = st.text_input(_("Name of the new questionnaire (empty: its title)"), key="new-name") or ""
    if not identity.may(actor, Action.CREATE_CONSULTATIONS):
        ways = {"version": ways["version"]}
    way = st.radio(_("Begin"), list(ways), format_func=ways.__getitem__, key="new-way", horizontal=True)
    if way == "file":
        _from_file(store, name, actor, words)
    elif way == "version":
        known = {found.slug: asking.title_of(found, words) for found in _copied(store, actor)}
        if not known:
            st.info(_("There is no consultation yet."))
            return
        slug = st.selectbox(_("Consultation"), list(known), format_func=known.__getitem__, key="new-slug")
        st.html(f'<div class="sd-muted">{html.escape(_("Its newest version is copied; it stays as it is."))}</div>')
        if st.button(_("Begin with it"), key="begin-version", type="primary"):
            with messages.explained(words):
                title = name or str(known[slug])
                _opened(preparation.begin_from_version(store, slug, name=title, actor=actor, now=now()))
    elif way == "block":
        offered = {each.name: each.label.in_language(words.language, "en") or each.title for each in blocks()}
        chosen = st.selectbox(_("Block"), list(offered), format_func=offered.__getitem__, key="new-block")
        if st.button(_("Begin with it"), key="begin-block", type="primary"):
            with messages.explained(words):
                _opened(
                    preparation.begin_project(
                        store, name=name or offered[chosen], block_name=chosen, actor=actor, now=now()
                    )
                )
    else:
        default = list(dict.fromkeys([words.language, "en"]))
        tags = st.multiselect(
            _("Languages, the main one first"),
            list(LANGUAGES),
            default=default,
            format_func=LANGUAGES.__getitem__,
            key="new-languages",
            placeholder="",
        )
        if st.button(_("Begin with it"), key="begin-empty", type="primary"):
            with messages.explained(words):
                _opened(preparation.begin_project(store, name=name, languages=tags, actor=actor, now=now()))


def _copied(store: Store, actor: Actor) -> tuple[ConsultationRecord, ...]:
    """The consultations whose newest version the actor may begin with."""
    return consultations.visible(store, actor=actor, action=Action.EDIT_QUESTIONNAIRE)


def _from_file(store: Store, name: str, actor: Actor, words: Words) -> None:
    _ = words.translate
    form = st.file_uploader(
        _("Questionnaire: .xlsx, .xls, .md, .csv, or .zip with the files it names"),
        type=FILE_TYPES,
        key="new-file",
        max_upload_size=STAFF_FILE_MB,
    )
    companions = st.file_uploader(
        _("Files that it names (CSV, XML, GeoJSON), if it is not in a .zip"),
        type=COMPANION_TYPES,
        accept_multiple_files=True,
        key="new-companions",
        max_upload_size=STAFF_FILE_MB,
    )
    if form is None or not st.button(_("Begin with it"), key="begin-file", type="primary"):
        return
    try:
        begun = preparation.begin_project(
            store,
            name=name,
            content=form.getvalue(),
            filename=form.name,
            attachments={file.name: file.getvalue() for file in companions or ()},
            actor=actor,
            now=now(),
        )
    except SoundingsError as error:
        messages.show(error, words)
        if reason := error.params.get("reason"):
            st.html(f'<div class="sd-muted" dir="ltr">{html.escape(str(reason))}</div>')
        return
    _opened(begun)


def _opened(begun: Begun) -> None:
    session.remember("opening_findings", (begun.project_id, begun.findings))
    _open(begun.project_id)


def _open(project_id: int) -> None:
    session.forget("grid", "outcome", "project_seen", "row")
    session.drop_widget("project-view")
    st.query_params["project"] = str(project_id)
    st.rerun()
