"""What every view of a questionnaire in preparation shares: which it is, its head with undo, what a change did.

A change is made on what this window last showed. When somebody else was faster it is refused and the newest is shown.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from data.errors import Conflict, SoundingsError
from data.store import Store
from survey import preparation
from survey.access import Actor
from survey.preparation import Project
from survey.questionnaire import Language
from survey.translator import Words
from survey.ui import messages, session
from survey.ui.issue_words import MARKS, issue_html
from survey.ui.language import zone
from survey.xlsform.editing import new_issues
from survey.xlsform.issues import CheckIssue, Severity

SHOWN_ISSUES = 12


@dataclass(slots=True, kw_only=True)
class Work:
    """A visit to one project: who, in which language, and the project as the run knows it."""

    store: Store
    actor: Actor
    words: Words
    project: Project

    @property
    def id(self) -> int:
        """The project's key."""
        return self.project.record.id

    @property
    def revision(self) -> int:
        """The revision that this window showed last."""
        known = session.recall("project_seen") or (0, 0)
        return int(known[1]) if known[0] == self.id else self.project.record.revision

    @property
    def issues(self) -> tuple[CheckIssue, ...]:
        """Every issue of the rows as they stand."""
        return preparation.issues_of(self.project.workbook)

    def change(self, use_case: Callable[[], Project]) -> bool:
        """Makes a change, remembers what it did to the issues, shows the newest; False when it was refused."""
        before = self.issues
        try:
            changed = use_case()
        except SoundingsError as error:
            messages.show(error, self.words)
            if isinstance(error, Conflict):
                self.project = preparation.open_project(self.store, self.id, actor=self.actor)
                session.forget("grid", "outcome")
            self.shown()
            return False
        if changed.record.revision != self.project.record.revision:
            session.remember("outcome", (self.id, *new_issues(before, preparation.issues_of(changed.workbook))))
        self.project = changed
        self.shown()
        return True

    def shown(self) -> None:
        """From now on this window has seen the project as it stands."""
        session.remember("project_seen", (self.id, self.project.record.revision))


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def act_words(act: str, words: Words) -> str:
    """What a change is called on the button that undoes it."""
    _ = words.translate
    return {
        "edited": _("cells changed"),
        "added": _("rows added"),
        "removed": _("rows removed"),
        "moved": _("row moved"),
        "renamed": _("question renamed"),
        "block": _("block added"),
        "translation": _("translation taken in"),
    }.get(act, act)


def severity_words(words: Words) -> dict[Severity, str]:
    """What a severity is called on the screen, the gravest first."""
    _ = words.translate
    return {"error": _("Errors"), "warning": _("Warnings"), "info": _("Notes")}


def head(work: Work) -> None:
    """Name, who changed it last, undo, and what the last change did to the issues."""
    _ = work.words.translate
    record = work.project.record
    st.title(record.name, anchor=False)
    changed = _(
        "Changed {moment} by {who}",
        moment=work.words.moment(record.changed_at, zone()),
        who=record.changed_by.partition(":")[2] or record.changed_by,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="project-head"):
        st.html(f'<div class="sd-muted">{html.escape(changed)}</div>', width="stretch")
        undoable = work.project.undoable if preparation.may_edit(record, actor=work.actor) else ()
        label = _("Undo: {act}", act=act_words(undoable[0], work.words)) if undoable else _("Undo")
        if st.button(label, key="undo", disabled=not undoable, icon=":material/undo:"):
            revision = work.revision
            if work.change(
                lambda: preparation.undo(work.store, work.id, revision=revision, actor=work.actor, now=now())
            ):
                session.forget("grid")
                st.rerun()
        if st.button(_("All questionnaires"), key="to-list"):
            leave()
    outcome(work)


def leave() -> None:
    """Back to the list."""
    session.forget("grid", "outcome", "project_seen", "opening_findings")
    st.query_params.pop("project", None)
    st.rerun()


def outcome(work: Work) -> None:
    """What the last change did to the issues."""
    remembered = session.recall("outcome")
    if not remembered or remembered[0] != work.id:
        return
    came, went = remembered[1], remembered[2]
    words = work.words
    if not came and not went:
        said = words.translate("Kept. No issue came and none went.")
        st.html(f'<div class="sd-outcome" role="status">{html.escape(said)}</div>')
        return
    lines = []
    for found, text in (
        (went, words.plural("{count} issue is gone.", "{count} issues are gone.", len(went))),
        (came, words.plural("{count} new issue:", "{count} new issues:", len(came))),
    ):
        if found:
            lines.append(f"<b>{html.escape(text)}</b>")
    listed = "".join(f"<li>{issue_html(issue, words)}</li>" for issue in came[:SHOWN_ISSUES])
    kind = " sd-came" if any(issue.severity == "error" for issue in came) else ""
    st.html(f'<div class="sd-outcome{kind}" role="status">{" ".join(lines)}<ul>{listed}</ul></div>')


def issue_lines(issues: list[CheckIssue], words: Words) -> None:
    """Issues in full, each with its remedy."""
    rows = "".join(f'<li class="sd-{issue.severity}">{issue_html(issue, words)}</li>' for issue in issues)
    if rows:
        st.html(f'<ul class="sd-lines">{rows}</ul>')


def languages(work: Work) -> dict[str, Language]:
    """The questionnaire's languages by tag."""
    return {each.tag: each for each in preparation.questionnaire_of(work.project).languages}


def language_choice(work: Work, key: str, label: str) -> str:
    """In which language of the questionnaire its words are shown; the reader's own first."""
    names = {tag: each.name for tag, each in languages(work).items()}
    default = preparation.questionnaire_of(work.project).default_language
    wanted = work.words.language if work.words.language in names else default
    if session.widget(key) not in names:
        session.set_widget(key, wanted if wanted in names else next(iter(names)))
    chosen = st.selectbox(label, list(names), format_func=names.__getitem__, key=key, width=260)
    return str(chosen)


def counts_line(work: Work) -> None:
    """How many issues of each severity, in one line."""
    parts = []
    for severity, name in severity_words(work.words).items():
        count = sum(issue.severity == severity for issue in work.issues)
        parts.append(f"{MARKS[severity]} {html.escape(name)}{work.words.colon}{work.words.number(count)}")
    st.html(f'<div class="sd-muted sd-counted">{" · ".join(parts)}</div>')
