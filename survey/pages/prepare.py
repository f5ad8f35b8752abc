"""Prepare: questionnaires in preparation, their issues, a preview, an editor, the library, translations, publishing."""

from collections.abc import Callable

import streamlit as st

from data.errors import NotFound
from survey import preparation
from survey.access import Action
from survey.ui import components, identity, language, messages, resources, session
from survey.ui.project_files import show_files
from survey.ui.project_frame import Work, head
from survey.ui.project_grid import show_grid
from survey.ui.project_issues import show_issues
from survey.ui.project_library import show_library
from survey.ui.project_preview import show_preview
from survey.ui.project_translations import show_translations
from survey.ui.projects import show_list

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "prepare")
if not identity.may(actor, Action.TRANSLATE):
    st.title(_("Prepare"), anchor=False)
    st.warning(_("Please sign in with an account that may see this page."))
    st.stop()
store = resources.store()
wanted = st.query_params.get("project", "")
VIEWS: dict[str, tuple[str, Callable[[Work], None]]] = {
    "issues": (_("Issues"), show_issues),
    "preview": (_("Preview"), show_preview),
    "edit": (_("Edit"), show_grid),
    "library": (_("Library"), show_library),
    "translations": (_("Translations"), show_translations),
    "publish": (_("Files and publishing"), show_files),
}
if not wanted.isascii() or not wanted.isdigit():
    show_list(store, actor, words)
    st.stop()
try:
    project = preparation.open_project(store, int(wanted), actor=actor)
except NotFound as error:
    messages.show(error, words)
    show_list(store, actor, words)
    st.stop()
if not preparation.may_edit(project.record, actor=actor):
    VIEWS = {name: VIEWS[name] for name in ("translations", "preview", "issues")}
work = Work(store=store, actor=actor, words=words, project=project)
top = st.container()
if session.widget("project-view") not in VIEWS:
    session.set_widget("project-view", next(iter(VIEWS)))
view = st.pills(
    _("View"), list(VIEWS), format_func=lambda each: VIEWS[each][0], key="project-view", label_visibility="collapsed"
)
VIEWS[view or next(iter(VIEWS))][1](work)
with top:
    head(work)
work.shown()
