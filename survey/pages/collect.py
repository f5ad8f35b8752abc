"""Collect: publish a questionnaire, bring in the contact frame and answers collected elsewhere, open and close."""

import html
from datetime import UTC, datetime

import streamlit as st

from data.errors import InvalidInput, SoundingsError
from data.records import ConsultationStatus
from survey import asking, consultations, imports, markup, publications
from survey.access import Action
from survey.imported_rows import ImportIssue
from survey.publications import Workbook
from survey.ui import (
    components,
    identity,
    language,
    messages,
    outcome,
    parts,
    resources,
    retention,
    rules,
    session,
    theme,
    versions,
)
from survey.ui.collect_access import show_access
from survey.ui.collect_frame import show_frame
from survey.ui.collect_mailings import show_mailings
from survey.ui.project_files import Handed, drop_handed, handed_on, handed_over
from survey.ui.trash import show_trash
from survey.uploads import STAFF_FILE_MB
from survey.versions.renames import RenameIssue, RenameMap
from survey.words import MESSAGES, filled
from survey.xlsform.checker import check, is_usable
from survey.xlsform.sheets import read_sheets

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "collect")
st.title(_("Collect"), anchor=False)
if not identity.may(actor, Action.MANAGE_CONSULTATIONS):
    st.warning(_("Please sign in with an account that may see this page."))
    st.stop()
store = resources.store()
now = datetime.now(UTC)
mine = consultations.visible(store, actor=actor, action=Action.MANAGE_CONSULTATIONS)


def _issues(error: SoundingsError) -> tuple[object, ...]:
    issues = error.params.get("issues", ())
    return issues if isinstance(issues, tuple) else ()


def part_of_page(title: str) -> None:
    """A heading over some of what can be done with a consultation."""
    st.html(f'<h3 class="sd-part">{html.escape(title)}</h3>')


def show_error(error: SoundingsError) -> None:
    """The error, with every fault of a file in a table."""
    messages.show(error, words)
    issues = [issue for issue in _issues(error) if isinstance(issue, ImportIssue)]
    renames = [issue for issue in _issues(error) if isinstance(issue, RenameIssue)]
    if renames:
        cells = "".join(
            f"<tr><td><code>{html.escape(f'{issue.place}:' if issue.place else '')}{html.escape(issue.old)}="
            f"{html.escape(issue.new)}</code></td>"
            f"<td>{html.escape(_(MESSAGES[issue.code], old=issue.old, new=issue.new))}</td></tr>"
            for issue in renames
        )
        st.html(f'<div class="sd-table"><table><tbody>{cells}</tbody></table></div>')
    rows = "".join(
        f"<tr><td>{issue.row}</td><td>{html.escape(issue.column)}</td>"
        f"<td>{html.escape(filled(issue.code, issue.params))}</td></tr>"
        for issue in issues[:200]
    )
    if rows:
        st.html(f'<div class="sd-table"><table><tbody>{rows}</tbody></table></div>')


def publish_section(handed: Handed | None) -> None:
    """A questionnaire, from the page Prepare or from a file, becomes a consultation or a new version of one."""
    st.header(_("Publish a questionnaire"), anchor=False)
    if handed is None:
        st.markdown(
            _(
                "An XLSForm workbook (.xlsx or .xls), or a .zip with it and its files. "
                "The same short name adds a new version."
            )
        )
        form_file = st.file_uploader(
            _("Questionnaire"), type=["xlsx", "xls", "zip"], key="form", max_upload_size=STAFF_FILE_MB
        )
        if form_file is None:
            return
        named = st.file_uploader(
            _("Files that the questionnaire names (lists of choices, tables)"),
            type=["csv", "xml", "geojson"],
            accept_multiple_files=True,
            key="form-files",
            max_upload_size=STAFF_FILE_MB,
        )
        try:
            beside = {file.name: file.getvalue() for file in named}
            sheets = read_sheets(form_file.getvalue(), form_file.name, attachments=beside)
        except InvalidInput as error:
            show_error(error)
            return
        handed = Handed(sheets=sheets, workbook=Workbook(name=form_file.name, content=form_file.getvalue()))
    else:
        st.markdown(_("Prepared: {name}. The same short name adds a new version.", name=handed.name))
        if st.button(_("Choose a file instead"), key="no-project"):
            drop_handed()
            st.rerun()
    sheets = handed.sheets
    issues = check(sheets)
    rows = "".join(
        f"<tr><td>{html.escape(issue.severity)}</td>"
        f"<td>{html.escape(issue.sheet)} {issue.row} {html.escape(issue.column)}</td>"
        f"<td>{html.escape(issue.message)} {html.escape(issue.fix)}</td></tr>"
        for issue in issues
    )
    if rows:
        st.html(f'<div class="sd-table"><table><tbody>{rows}</tbody></table></div>')
    if is_usable(issues):
        if published := session.recall("published"):
            st.success(_("Published as version {version}.", version=published))
            session.forget("published")
        slug = (st.text_input(_("Short name in the address"), key="slug") or "").strip()
        title = st.text_input(_("Title"), key="title")
        present = any(consultation.slug == slug for consultation in mine)
        if not present and not identity.may(actor, Action.CREATE_CONSULTATIONS):
            st.info(_("You may publish a new version of: {names}", names=", ".join(each.slug for each in mine)))
            return
        found, renames, accepted = None, RenameMap(), True
        if present:
            if handed.renames:
                made = publications.renames_that_hold(store, sheets, slug=slug, renames=handed.renames, actor=actor)
                versions.tick(made, (handed.project_id, handed.revision, slug))
            shown, renames = st.container(), versions.renames_typed(words)
            try:
                found = publications.preview_publish(store, sheets, slug=slug, renames=renames, actor=actor)
            except SoundingsError as error:
                show_error(error)
                found = publications.preview_publish(store, sheets, slug=slug, actor=actor)
                accepted = False
            with shown:
                versions.show_difference(found, words)
            versions.rename_inputs(found, words)
            if found.breaking:
                count = len(found.breaking)
                agreed = st.checkbox(
                    words.plural(
                        "Publish although {count} change breaks answers",
                        "Publish although {count} changes break answers",
                        count,
                    ),
                    key="accept",
                )
                accepted = accepted and agreed
        beginning = rules.Beginning() if present else rules.choose_beginning(words)
        chosen: dict[str, str] = {}
        if accepted:
            with st.expander(_("Parts of questions")):
                questions, played = publications.parts(store, sheets, slug=slug, renames=renames, actor=actor)
                chosen = parts.choose(questions, played, "new_part_", words)
        number = found.version + 1 if found else 1
        compared = session.recall("compared") or ("", 0)
        label = _("Publish version {number}", number=number) if present else _("Publish")
        if st.button(label, type="primary", key="publish", disabled=not accepted):
            try:
                done = publications.publish(
                    store,
                    sheets,
                    slug=slug,
                    title={words.language: title or ""},
                    actor=actor,
                    now=now,
                    renames=renames,
                    expected_version=compared[1] if compared[0] == slug else number - 1,
                    accept_changes=accepted,
                    workbook=handed.workbook,
                    roles=chosen,
                    rules=beginning.rules,
                    waits=beginning.waits,
                    opens_at=beginning.moment("opens_at"),
                    deadline_at=beginning.moment("deadline_at"),
                    closes_at=beginning.moment("closes_at"),
                )
                handed_on(store, actor, handed, done.slug)
                session.remember("published", done.version)
                session.forget("compared", "suggested", "said_otherwise", "renames_made", "renames_made_for")
                session.drop_widgets(("rename_", "renames", "accept", "new_"))
                st.rerun()
            except SoundingsError as error:
                show_error(error)
        session.remember("compared", (slug, number - 1))
    else:
        st.error(_("The questionnaire has errors. Mend them and choose the file again."))


handed = handed_over(store, actor)
if handed is not None:
    publish_section(handed)
for consultation in mine:
    with st.container(border=True):
        st.markdown(f"**{markup.plain(asking.title_of(consultation, words))}** · {consultation.slug}")
        theme.fictional_mark(consultation, words)
        st.code(f"{resources.settings().base_url}/respond?c={consultation.slug}", language=None, wrap_lines=True)
        stands = consultations.standing(consultation, now)
        if stands is consultations.Standing.NOT_YET:
            st.markdown(_("It takes no answers yet."))
        shut = consultation.status is ConsultationStatus.DRAFT or stands is consultations.Standing.CLOSED
        target = ConsultationStatus.OPEN if shut else ConsultationStatus.CLOSED
        label = _("Open the consultation") if shut else _("Close the consultation")
        if st.button(label, key=f"status_{consultation.slug}"):
            with messages.explained(words):
                consultations.set_status(store, consultation.slug, target, actor=actor, now=now)
                st.rerun()
        part_of_page(_("Questionnaire and rules"))
        rules.show_dates(consultation, actor, now, words)
        rules.show_rules(consultation, actor, now, words)
        parts.show_parts(consultation, actor, now, words)
        versions.show_history(store, consultation, actor, words)
        contacts = identity.may(actor, Action.READ_CONTACTS, consultation.slug)
        grants = identity.may(actor, Action.GRANT_ROLES, consultation.slug)
        if contacts or grants:
            part_of_page(_("Who is asked, who works on it"))
        if contacts:
            with st.expander(_("Contact list")):
                show_frame(store, consultation, actor, words)
            mailing = st.expander(_("Mailings and letters"), key=f"mailings_{consultation.slug}", on_change="rerun")
            if mailing.open:
                with mailing:
                    show_mailings(store, consultation, actor, words)
        if grants:
            with st.expander(_("Who may do what")):
                show_access(store, consultation, actor, words)
        part_of_page(_("Answers"))
        outcome.show_form(consultation, actor, now, words)
        retention.show_retention(consultation, actor, now, words)
        if not identity.may(actor, Action.READ_ANSWERS, consultation.slug):
            continue
        bin_of = st.expander(_("Delete responses"), key=f"trash_{consultation.slug}", on_change="rerun")
        if bin_of.open:
            with bin_of:
                show_trash(store, consultation, actor, now, words)
        answers_file = st.file_uploader(
            _("Answers collected elsewhere (CSV: one column per question name)"),
            type="csv",
            key=f"answers_{consultation.slug}",
            max_upload_size=STAFF_FILE_MB,
        )
        if answers_file is not None and st.button(_("Import the answers"), key=f"add_answers_{consultation.slug}"):
            try:
                imported = imports.import_responses(
                    store, consultation.slug, imports.read_csv(answers_file.getvalue()), actor=actor, now=now
                )
                st.success(
                    _("{added} added, {present} were there already.", added=imported.added, present=imported.present)
                )
            except SoundingsError as error:
                show_error(error)

if handed is None:
    publish_section(None)
record = html.escape(_("Record of processing activities (GDPR Art. 30)"))
st.html(f'<a href="record-of-processing?lang={words.language}" target="_blank" rel="noopener">{record}</a>')
