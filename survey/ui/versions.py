"""Versions on the Collect page: what a new one would change, renames that a person confirms, workbooks to take away."""

import html
from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord
from data.store import Store
from survey import publications
from survey.access import Actor
from survey.policies import policies_of
from survey.publications import Difference
from survey.translator import Words
from survey.ui import messages, session
from survey.versions.changes import Severity, Suggestion, change_words
from survey.versions.renames import RenameMap, read_pairs

_SHOWN = 300


def severity_words(words: Words) -> dict[Severity, str]:
    """What a severity is called on the screen."""
    return {
        Severity.SAFE: words.translate("safe"),
        Severity.TOUCHES: words.translate("touches answers"),
        Severity.BREAKS: words.translate("breaks answers"),
    }


def show_difference(found: Difference, words: Words) -> None:
    """The table of changes, those that break answers first."""
    _ = words.translate
    if not found.changes:
        st.info(_("Nothing differs from version {version}.", version=found.version))
        return
    st.markdown(f"**{_('What changes since version {version}', version=found.version)}**")
    names = severity_words(words)
    order = [Severity.BREAKS, Severity.TOUCHES, Severity.SAFE]
    rows = []
    for change in sorted(found.changes, key=lambda each: (order.index(each.severity), each.touched == 0))[:_SHOWN]:
        said = change_words(change, words.translate)
        where = f"{html.escape(change.label)} " if change.label else ""
        touched = "–"
        if change.touched:
            touched = html.escape(
                _("{submitted} replies, {drafts} drafts", submitted=change.submitted, drafts=change.drafts)
            )
        if change.unconvertible:
            touched += "<br>" + html.escape(_("{count} do not fit", count=change.unconvertible))
        rows.append(
            f'<tr class="sd-{change.severity.replace("_", "-")}"><td><span>{html.escape(names[change.severity])}</span>'
            f"</td><td>{where}<code>{html.escape(change.name)}</code></td><td>{html.escape(said)}</td>"
            f"<td>{touched}</td></tr>"
        )
    heads = "".join(
        f"<th>{html.escape(head)}</th>" for head in (_("For answers"), _("Where"), _("What"), _("Answers touched"))
    )
    st.html(
        f'<div class="sd-table sd-changes"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div>"
    )
    if len(found.changes) > _SHOWN:
        st.markdown(_("{count} more changes are not shown.", count=len(found.changes) - _SHOWN))


def renames_typed(words: Words) -> RenameMap:
    """The renames that were ticked or written; shows what cannot be read, and leaves it out."""
    lines = [
        f"{each.place}:{each.old}={each.new}" if each.place else f"{each.old}={each.new}"
        for each in (*(session.recall("suggested") or ()), *(session.recall("said_otherwise") or ()))
        if session.widget(_key(each))
    ]
    lines += [line.strip() for line in str(session.widget("renames") or "").splitlines() if line.strip()]
    try:
        return read_pairs([line for line in lines if ":" not in line], [line for line in lines if ":" in line])
    except SoundingsError as error:
        messages.show(error, words)
        return RenameMap()


def tick(made: Sequence[Suggestion], mark: object) -> None:
    """Renames that were made while the questionnaire was prepared are ticked, once for each `mark` of it."""
    if session.recall("renames_made_for") == mark:
        return
    session.remember("renames_made_for", mark)
    session.remember("renames_made", tuple(made))
    session.remember("suggested", tuple(dict.fromkeys([*made, *(session.recall("suggested") or ())])))
    for each in made:
        session.set_widget(_key(each), True)


def rename_inputs(found: Difference, words: Words) -> None:
    """Suggested renames to tick, and a field for others."""
    _ = words.translate
    suggested = _remembered(found.suggestions)
    if suggested:
        st.markdown(f"**{_('Was this renamed? Then its answers follow the new name.')}**")
    for each in suggested:
        place = f"{each.place}: " if each.place else ""
        st.checkbox(f"{place}{each.old} → {each.new} ({each.old_label} → {each.new_label})", key=_key(each))
    alike = [each for each in session.recall("said_otherwise") or () if session.widget(_key(each))]
    same = tuple(dict.fromkeys([*alike, *found.apart]))
    session.remember("said_otherwise", same)
    if same:
        st.markdown(
            f"**{_('Does it mean the same in other words? Then its answers stay with it; else they stay apart.')}**"
        )
    for each in same:
        place = f"{each.place}: " if each.place else ""
        st.checkbox(f"{place}{each.old} ({each.old_label} → {each.new_label})", key=_key(each))
    with st.expander(_("Other renames")):
        st.text_area(
            _("One a line: old=new for a question, list:old=new for an answer; nothing after = keeps answers apart"),
            key="renames",
        )


def _remembered(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """The suggestions, also those ticked already, which are no suggestions any more, and those that were made."""
    made = session.recall("renames_made") or ()
    ticked = [each for each in session.recall("suggested") or () if session.widget(_key(each)) or each in made]
    known = tuple(dict.fromkeys([*ticked, *suggestions]))
    session.remember("suggested", known)
    return known


def _key(suggestion: Suggestion) -> str:
    return f"rename_{suggestion.place}:{suggestion.old}={suggestion.new}"


def show_history(store: Store, consultation: ConsultationRecord, actor: Actor, words: Words) -> None:
    """Every version with its moment and its workbook to take away."""
    _, slug = words.translate, consultation.slug
    clock = policies_of(consultation).clock
    with st.expander(_("Versions")):
        for version in reversed(publications.history(store, slug, actor=actor)):
            moment = words.moment(version.created_at, clock)
            st.markdown(_("Version {number}, {moment}", number=version.number, moment=moment))
            if not version.file_name:
                st.html(f'<div class="sd-muted">{html.escape(_("No workbook was kept for this version."))}</div>')
                continue
            st.download_button(
                version.file_name,
                data=partial(_content, store, slug, version.number, actor),
                file_name=f"{slug}-v{version.number}-{version.file_name}",
                key=f"workbook_{slug}_{version.number}",
                help=f"SHA-256 {version.file_sha256}",
            )


def _content(store: Store, slug: str, number: int, actor: Actor) -> bytes:
    return publications.workbook(store, slug, number, actor=actor).content
