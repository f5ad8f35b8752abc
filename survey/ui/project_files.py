"""A questionnaire in preparation leaves: as files to take away, or to be published on the page Collect."""

import html
import io
import re
import zipfile

import streamlit as st

from survey import preparation
from survey.preparation import Project
from survey.ui import session
from survey.ui.project_frame import Work, counts_line
from survey.xlsform.checker import is_usable
from survey.xlsform.text_files import to_csv_files
from survey.xlsform.workbook_writer import to_archive, to_workbook


def show_files(work: Work) -> None:
    """The downloads, and the way to publication with the languages that are complete enough."""
    _ = work.words.translate
    st.subheader(_("Take it away"), anchor=False)
    sheets, name = work.project.sheets, file_name(work.project)
    with st.container(horizontal=True):
        st.download_button(
            _("Workbook (.xlsx)"),
            data=lambda: to_workbook(sheets),
            file_name=f"{name}.xlsx",
            key="take-xlsx",
            on_click="ignore",
        )
        if sheets.files:
            st.download_button(
                _("Workbook with its files (.zip)"),
                data=lambda: to_archive(sheets, name),
                file_name=f"{name}.zip",
                key="take-zip",
                on_click="ignore",
            )
        st.download_button(
            _("CSV files (.zip)"),
            data=lambda: zipped(to_csv_files(sheets)),
            file_name=f"{name}-csv.zip",
            key="take-csv",
            on_click="ignore",
        )
    st.subheader(_("Publish"), anchor=False)
    counts_line(work)
    found = preparation.translation_progress(work.project)
    share = 0
    if found:
        share = int(
            st.slider(
                _("Offer the languages of which at least so much is translated (in %)"),
                0,
                100,
                0,
                5,
                key="publish-share",
            )
        )
    going = preparation.to_publish(work.project, least_share=share / 100)
    if found:
        out = {each.language.tag for each in going.left_out}
        kept = [each.language.name for each in found if each.language.tag not in out]
        left = [each.language.name for each in going.left_out]
        told = _("Offered besides the main language: {languages}", languages=", ".join(kept) or "–")
        lines = [told]
        if left:
            lines.append(_("Left out until they are further: {languages}", languages=", ".join(left)))
        st.html("".join(f'<div class="sd-muted">{html.escape(line)}</div>' for line in lines))
    usable = is_usable(work.issues)
    if not usable:
        st.warning(_("Errors must be mended before it can be published."))
    st.markdown(
        _("On the page Collect you give the short name and the title, and see first what a new version changes.")
    )
    if st.button(_("Go on to publish"), type="primary", key="to-publish", disabled=not usable):
        session.remember("publishing", (work.id, share))
        st.switch_page("survey/pages/collect.py")


def file_name(project: Project) -> str:
    """A file name made of the project's name."""
    return re.sub(r"[^\w.-]+", "-", project.record.name).strip("-.")[:80] or "questionnaire"


def zipped(files: dict[str, bytes]) -> bytes:
    """The files in one archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()
