"""The library of blocks: what each asks, and the button that adds it."""

import html

import streamlit as st

from survey import preparation
from survey.library.adding import Added
from survey.library.blocks import Block, blocks
from survey.preparation import Project
from survey.ui import session
from survey.ui.project_frame import Work, now
from survey.xlsform.question_types import structure_of
from survey.xlsform.reader import read
from survey.xlsform.rows import MAX_ROWS
from survey.xlsform.wording import first_cells


def show_library(work: Work) -> None:
    """Every block with its questions."""
    _ = work.words.translate
    st.markdown(
        _(
            "Blocks in six languages. Each becomes a section of its own; names that are taken get a number, and lists "
            "that are the same are shared."
        )
    )
    _told(work)
    places = {0: _("At the beginning"), MAX_ROWS: _("At the end"), **_sections(work)}
    if session.widget("library-after") not in places:
        session.set_widget("library-after", MAX_ROWS)
    after = int(st.selectbox(_("Where"), list(places), format_func=places.__getitem__, key="library-after", width=420))
    for each in blocks():
        _block(work, each, after)


def _sections(work: Work) -> dict[int, str]:
    """Sections after which a block can stand, by the row of their beginning."""
    found: dict[int, str] = {}
    depth = 0
    for row in work.project.sheets["survey"]:
        cells = first_cells(row)
        structure = structure_of(cells.get("type", "")) or ""
        if structure.startswith("begin"):
            if depth == 0:
                label = next((row[h] for h in row.cells if h.startswith("label")), "")
                found[row.number] = work.words.translate("After {section}", section=label or cells.get("name", ""))
            depth += 1
        elif structure.startswith("end"):
            depth = max(depth - 1, 0)
    return found


def _block(work: Work, each: Block, after: int) -> None:
    _ = work.words.translate
    questionnaire, _issues = read(each.sheets)
    with st.container(border=True, key=f"block_{each.name}"):
        left, right = st.columns([4, 1], vertical_alignment="center")
        with left:
            title = each.label.in_language(work.words.language, "en") or each.title
            st.html(f'<div class="sd-card-title">{html.escape(title)}</div>')
            asked = [question.label.in_language(work.words.language, "en") for question in questionnaire.questions()]
            st.html("".join(f'<div class="sd-muted">{html.escape(label)}</div>' for label in asked))
        with right:
            if st.button(_("Add"), key=f"add_{each.name}", width="stretch"):
                _add(work, each, after)


def _add(work: Work, each: Block, after: int) -> None:
    revision = work.revision
    added: list[Added] = []

    def add() -> Project:
        project, found = preparation.add_library_block(
            work.store, work.id, each.name, after=after, revision=revision, actor=work.actor, now=now()
        )
        added.append(found)
        return project

    if work.change(add):
        found = added[0]
        session.forget("grid")
        session.remember(
            "block_added",
            (
                work.id,
                found.rows,
                dict(found.names),
                dict(found.lists),
                tuple(language.name for language in found.missing_languages),
            ),
        )
        st.rerun()


def _told(work: Work) -> None:
    """What became of the block that was added last."""
    _ = work.words.translate
    project_id, rows, names, lists, missing = session.recall("block_added") or (0, (0, 0), {}, {}, ())
    if project_id != work.id:
        return
    st.success(_("Added in rows {first} to {last}.", first=rows[0], last=rows[1]))
    renamed = ", ".join(f"{old} → {new}" for old, new in {**names, **lists}.items())
    if renamed:
        st.info(_("Renamed, because the names were taken: {names}", names=renamed))
    if missing:
        st.warning(
            _(
                "The block has no words in {languages}. Add them under Edit or Translations.",
                languages=", ".join(missing),
            )
        )
