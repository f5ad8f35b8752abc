"""A questionnaire in preparation leaves: as files to take away, or to be published on the page Collect."""

import html
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from data.errors import NotFound
from data.store import Store
from survey import preparation
from survey.access import Actor
from survey.preparation import Project
from survey.publications import Workbook
from survey.ui import session
from survey.ui.project_frame import Work, counts_line, now
from survey.versions.renames import NO_RENAMES, RenameMap
from survey.xlsform.checker import is_usable
from survey.xlsform.sheets import Sheets
from survey.xlsform.text_files import to_csv_files
from survey.xlsform.workbook_writer import to_archive, to_workbook

COLLECT = Path(__file__).resolve().parents[1] / "pages" / "collect.py"


def show_files(work: Work) -> None:
    """The downloads, and the way to publication with the languages that are complete enough."""
    _ = work.words.translate
    st.subheader(_("Take it away"), anchor=False)
    sheets, name = preparation.taken_away(work.project, now=now()), file_name(work.project)
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
    going = preparation.to_publish(work.project, now=now(), least_share=share / 100)
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
        session.forget("publishing_begun")
        session.remember("publishing", (work.id, share))
        st.switch_page(COLLECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A questionnaire on its way to publication; `project_id` is 0 for a file that was chosen there.

    revision, renames  of the project: what was renamed in it since the version it began from
    """

    sheets: Sheets
    workbook: Workbook
    name: str = ""
    project_id: int = 0
    revision: int = 0
    renames: RenameMap = NO_RENAMES
    left_out: tuple[str, ...] = ()


def handed_over(store: Store, actor: Actor) -> Handed | None:
    """The questionnaire that somebody went on to publish, as it stands now; None when there is none."""
    project_id, share = session.recall("publishing") or (0, 0)
    if not project_id:
        return None
    try:
        project = preparation.open_project(store, project_id, actor=actor)
    except NotFound:
        drop_handed()
        return None
    going = preparation.to_publish(project, now=now(), least_share=share / 100)
    if session.recall("publishing_begun") != project_id:
        session.remember("publishing_begun", project_id)
        session.set_widget("slug", project.record.slug)
    name = file_name(project)
    if going.sheets.files:
        workbook = Workbook(name=f"{name}.zip", content=to_archive(going.sheets, name))
    else:
        workbook = Workbook(name=f"{name}.xlsx", content=to_workbook(going.sheets))
    return Handed(
        sheets=going.sheets,
        workbook=workbook,
        name=project.record.name,
        project_id=project_id,
        revision=project.record.revision,
        renames=project.renames,
        left_out=tuple(each.language.tag for each in going.left_out),
    )


def handed_on(store: Store, actor: Actor, handed: Handed, slug: str) -> None:
    """It was published; the project remembers where, and that its translations were made from these words."""
    if handed.project_id:
        preparation.note_published(store, handed.project_id, slug, left_out=handed.left_out, actor=actor, now=now())


def drop_handed() -> None:
    """Nothing is on its way to publication any more."""
    session.forget("publishing", "publishing_begun")


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
