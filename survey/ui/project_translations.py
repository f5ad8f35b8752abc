"""Translations of a questionnaire in preparation: how far each language is, files for translators, and back."""

import html

import streamlit as st

from survey import preparation
from survey.preparation import Project
from survey.translator import LANGUAGES
from survey.ui import session
from survey.ui.project_frame import Work, now
from survey.uploads import STAFF_FILE_MB
from survey.words import MESSAGES
from survey.xlsform.translation_files import export
from survey.xlsform.translation_import import Report
from survey.xlsform.translations import Progress

_SHOWN = 100


def show_translations(work: Work) -> None:
    """A bar for each language with its files, another language, and a translator's file to take in."""
    _ = work.words.translate
    found = preparation.translation_progress(work.project)
    default = preparation.questionnaire_of(work.project).default_language
    names = {each.language.tag: each.language.name for each in found}
    st.markdown(
        _(
            "Texts without a translation are shown in the main language, {language}. A text whose source changed since "
            "it was translated is marked stale.",
            language=LANGUAGES.get(default, default),
        )
    )
    for each in found:
        with st.container(border=True, key=f"language_{each.language.tag}"):
            left, right = st.columns([3, 2], vertical_alignment="center")
            with left:
                _bar(work, each)
            with right:
                _downloads(work, each.language.tag)
    offered = [tag for tag in LANGUAGES if tag not in names and tag != default]
    with st.expander(_("Another language")):
        tag = st.selectbox(
            _("Language"),
            offered,
            index=None,
            format_func=lambda each: LANGUAGES.get(each, each),
            key="translation-new",
            accept_new_options=True,
            placeholder=_("Choose, or write its code, such as sw or pt-BR"),
        )
        if tag:
            _downloads(work, str(tag))
    st.subheader(_("Take a translation in"), anchor=False)
    file = st.file_uploader(
        _("The translator's workbook or XLIFF file"),
        type=["xlsx", "xlf", "xliff"],
        key="translation-file",
        max_upload_size=STAFF_FILE_MB,
    )
    if file is not None and st.button(_("Take it in"), key="translation-take", type="primary"):
        _take_in(work, file.getvalue())
    _report(work)


def _bar(work: Work, each: Progress) -> None:
    _ = work.words.translate
    percent = int(100 * each.share)
    said = _("{percent} % translated", percent=work.words.number(percent))
    details = [
        text
        for count, text in (
            (each.missing, _("{count} missing", count=work.words.number(each.missing))),
            (each.stale, _("{count} stale", count=work.words.number(each.stale))),
            (each.review, _("{count} to be looked at", count=work.words.number(each.review))),
        )
        if count
    ]
    colon = work.words.colon
    line = " · ".join([f"{each.language.name}{colon}{said}", *details])
    told = html.escape(" · ".join([said, *details]))
    shown = f"<bdi>{html.escape(each.language.name)}</bdi>{html.escape(colon)}<bdi>{told}</bdi>"
    st.html(
        f'<div class="sd-progress"><div class="words">{shown}</div><div class="bar" role="progressbar" '
        f'aria-label="{html.escape(line)}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}">'
        f'<div style="width:{percent}%"></div></div></div>'
    )


def _downloads(work: Work, tag: str) -> None:
    _ = work.words.translate
    sheets, memory, name = work.project.sheets, work.project.memory, work.project.record.name
    with st.container(horizontal=True):
        st.download_button(
            _("Workbook for the translator"),
            data=lambda: export(sheets, tag, "xlsx", memory),
            file_name=f"{name}-{tag}.xlsx",
            key=f"export_xlsx_{tag}",
            on_click="ignore",
        )
        st.download_button(
            "XLIFF",
            data=lambda: export(sheets, tag, "xliff", memory),
            file_name=f"{name}-{tag}.xlf",
            key=f"export_xliff_{tag}",
            on_click="ignore",
        )


def _take_in(work: Work, content: bytes) -> None:
    revision = work.revision
    reports: list[Report] = []

    def take() -> Project:
        project, report = preparation.import_translation(
            work.store, work.id, content, revision=revision, actor=work.actor, now=now()
        )
        reports.append(report)
        return project

    session.forget("translation_report")
    if work.change(take):
        session.remember("translation_report", (work.id, reports[0]))
        session.forget("grid")
        st.rerun()


def _report(work: Work) -> None:
    """What became of each text of the file taken in last."""
    words = work.words
    _ = words.translate
    project_id, report = session.recall("translation_report") or (0, None)
    if project_id != work.id or report is None:
        return
    counts = (
        (_("Taken in"), report.taken),
        (_("Unchanged"), report.unchanged),
        (_("Empty in the file"), report.empty),
        (_("Stale"), report.stale),
        (_("Not taken"), report.faulty),
        (_("Not in the file"), report.absent),
    )
    tiles = "".join(
        f'<div class="sd-tile"><b>{words.number(len(found))}</b><span>{html.escape(label)}</span></div>'
        for label, found in counts
    )
    st.html(f'<div class="sd-tiles">{tiles}</div>')
    rows = "".join(
        f"<tr><td>{issue.place}</td><td><code>{html.escape(issue.id)}</code></td>"
        f"<td>{html.escape(_(MESSAGES.get(issue.code, issue.code), **issue.params))}</td></tr>"
        for issue in report.issues[:_SHOWN]
    )
    if rows:
        heads = "".join(f"<th>{html.escape(head)}</th>" for head in (_("Place in the file"), _("Text"), _("What")))
        st.html(f'<div class="sd-table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>')
