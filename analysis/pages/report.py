"""Report: charts, findings, quotes and words with live numbers in an order of one's own; what stops it; its files."""

import html

import streamlit as st

from analysis import recommendations, reports
from analysis.report.formats import DASHBOARD_FORMATS
from analysis.report.outline import Item, ItemKind, from_json
from analysis.report.template import Template
from analysis.report.tree import Figure, Numbers, Quotes, RecommendationPart
from analysis.reports import Content, Opened
from analysis.take_away import File
from analysis.ui import cards, drawing, file_links, frame, own_template, report_items
from analysis.ui.report_words import kind_name, marked, problem_list
from analysis.words import MESSAGES
from data.analysis_records import ReportRecord
from data.errors import SoundingsError
from survey.access import Action
from survey.policies import policies_of
from survey.translator import LANGUAGES, direction
from survey.ui import messages, session

# So many charts are drawn without being asked for: each is a picture that the browser has to make.
CHARTS_AT_ONCE = 8
EDITED, CHOSEN, BEGUN, MENU = "report-edited", "report-chosen", "report-begun", "report-menu"

here = frame.open_page("Report", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
writes = recommendations.may_write(here.actor, here.slug)


def attempt(act: object, *args: object, **kwargs: object) -> bool:
    """Runs a use case; False after its error was shown."""
    try:
        act(here.store, here.slug, *args, actor=here.actor, now=frame.now(), **kwargs)  # type: ignore[operator]
    except SoundingsError as error:
        messages.show(error, here.words, MESSAGES)
        return False
    return True


def begin() -> None:
    """The form of a new report."""
    with st.form("new-report", clear_on_submit=True, border=False):
        title = st.text_input(_("Title"), key="new_report_title")
        language = _language("new_report_language", here.words.language)
        if st.form_submit_button(_("Begin"), type="primary") and attempt(reports.create_report, title or "", language):
            session.remember(BEGUN, reports.listed(here.store, here.slug, actor=here.actor)[-1].id)
            session.forget(EDITED)
            st.rerun()


def _language(key: str, present: str) -> str:
    tags = list(LANGUAGES)
    return st.selectbox(_("Language of the report"), tags, tags.index(present), LANGUAGES.__getitem__, key=key)


def _numbers(record: ReportRecord) -> Numbers:
    """Where charts are followed by the tables of their numbers, as it stands in the form."""
    names = {
        Numbers.DOCUMENTS: _("In documents, not on slides"),
        Numbers.ALWAYS: _("In documents and on slides"),
        Numbers.NEVER: _("Nowhere"),
    }
    kinds, present = list(names), from_json(record.outline).numbers
    label, key = _("Tables of numbers below charts"), f"report_numbers_{record.id}"
    return st.selectbox(label, kinds, kinds.index(present), names.__getitem__, key=key)


def chosen() -> int:
    """The key of the report that is looked at."""
    found = {each.id: each for each in reports.listed(here.store, here.slug, actor=here.actor)}
    if not found:
        if writes:
            st.info(_("There is no report yet."))
            begin()
        else:
            st.info(
                _("There is no report yet. Whoever keeps findings begins one; then you read it and take it away here.")
            )
        st.stop()
    titles = [each.title for each in found.values()]
    names = {  # the menu tells what is chosen by its words
        key: each.title if titles.count(each.title) == 1 else f"{each.title} ({key})" for key, each in found.items()
    }
    kept = session.recall(CHOSEN)
    begun = session.recall(BEGUN)
    if begun in found or session.widget(MENU) not in found:
        session.set_widget(MENU, next((each for each in (begun, kept) if each in found), list(found)[-1]))
    session.forget(BEGUN)
    with st.container(horizontal=True, vertical_alignment="bottom", key="report-bar"):
        key = st.selectbox(_("Report"), list(found), format_func=names.__getitem__, key=MENU, width=420)
        if key != kept:
            session.remember(CHOSEN, key)
            session.forget(EDITED)
        if writes:
            with st.popover(_("Title, language and tables"), key="report-name"):
                title = st.text_input(_("Title"), found[key].title, key=f"report_title_{key}")
                language = _language(f"report_language_{key}", found[key].language)
                numbers = _numbers(found[key])
                revision = found[key].revision
                if st.button(_("Save"), key=f"report_rename_{key}", type="primary") and attempt(
                    reports.rename_report, key, title or "", language, revision=revision, numbers=numbers
                ):
                    st.rerun()
                if st.button(_("Remove this report"), key=f"report_drop_{key}") and attempt(reports.drop_report, key):
                    session.forget(CHOSEN, EDITED)
                    st.rerun()
            with st.popover(_("New report"), key="report-new"):
                begin()
    return int(key)


def standing(opened: Opened) -> None:
    """Whether the report can be handed over: its files, or what stops it."""
    record, problems = opened.record, opened.problems
    if opened.title.text != record.title or opened.faults:
        words = marked(opened.title, direction(record.language))
        st.html(f'<div class="sd-card-title">{words}</div>')
    told = _(
        "Changed {moment} by {name}",
        moment=here.words.moment(record.updated_at, policies_of(here.consultation).clock),
        name=record.updated_by,
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    if not opened.contents:
        return
    if problems:
        with st.container(border=True, key="report-problems"):
            heading = here.words.plural(
                "{count} problem stops this report", "{count} problems stop this report", len(problems)
            )
            st.html(
                f'<h2 class="sd-card-title sd-stopped">{html.escape(heading)}</h2>{problem_list(problems, here.words)}'
            )
            stale = [each for each in problems if each.code == "token.stale"]
            if (
                writes
                and stale
                and st.button(_("Accept the new numbers"), key="accept-all")
                and attempt(reports.accept_numbers, record.id, revision=record.revision)
            ):
                st.rerun()
        return
    base = f"export/{here.slug}/report/{record.id}"
    file_links.show([(kind.upper(), f"{base}.{kind}") for kind in DASHBOARD_FORMATS], _("Take away:"))

    def in_template(template: Template) -> File:
        return reports.report_file(
            here.store, here.slug, record.id, template.kind, actor=here.actor, now=frame.now(), template=template
        )

    own_template.show(here, in_template, key=f"report-template-{record.id}")


def open_form(item: Item, revision: int) -> None:
    """From now on this item stands in the form; `revision` is that of the report which it was seen in."""
    session.remember(EDITED, {"key": item.key, "kind": item.kind.value, "revision": revision})
    report_items.fill(item)


def close_form() -> None:
    """No item stands in the form."""
    session.forget(EDITED)
    session.drop_widgets((report_items.PREFIX, "number_"))


def edit(opened: Opened, item: Item) -> None:
    """The form of an item, new or present."""
    edited = session.recall(EDITED)
    heading = _("New: {kind}", kind=kind_name(item.kind, here.words)) if not item.key else ""
    if heading:
        st.html(f'<h3 class="sd-card-title">{html.escape(heading)}</h3>')
    written = report_items.form(here, item, opened.record.language)
    after = None
    if not item.key and opened.contents:
        places = {each.item.key: f"{number}. {_short(each)}" for number, each in enumerate(opened.contents, start=1)}
        names = {-1: _("At the end"), 0: _("At the beginning"), **places}
        place = st.selectbox(_("Behind"), list(names), format_func=names.__getitem__, key=f"{report_items.PREFIX}place")
        after = None if place == -1 else place
    with st.container(horizontal=True):
        if st.button(_("Save"), key="item-save", type="primary"):
            revision = edited["revision"]
            done = (
                attempt(reports.change_item, opened.record.id, written, revision=revision)
                if item.key
                else attempt(reports.add_item, opened.record.id, written, revision=revision, after=after)
            )
            if done:
                close_form()
                st.rerun()
        st.button(_("Cancel"), key="item-cancel", on_click=close_form)
        if edited["revision"] != opened.record.revision:
            st.button(_("Load it again"), key="item-again", on_click=open_form, args=(item, opened.record.revision))


def _short(content: Content) -> str:
    words = content.title.text or content.text.text
    if not words:
        words = content.item.question
    told = (
        f"{kind_name(content.item.kind, here.words)}{here.words.colon}{words}"
        if words
        else kind_name(content.item.kind, here.words)
    )
    return told[:70]


def show(content: Content, number: int, opened: Opened, *, with_charts: bool) -> None:
    """An item as it reads now, with what can be done to it."""
    item, side = content.item, direction(opened.record.language)
    wrong = f' <span class="sd-badge sd-turned">{len(content.problems)}</span>' if content.problems else ""
    name = html.escape(f"{number}. {kind_name(item.kind, here.words)}")
    st.html(f'<div class="sd-muted">{name}{wrong}</div>')
    if item.kind is ItemKind.HEADING:
        st.html(f'<h2 class="sd-report-heading">{marked(content.title, side)}</h2>')
    elif item.kind is ItemKind.TEXT:
        st.html(marked(content.text, side))
    elif item.title:
        st.html(f'<div class="sd-card-title">{marked(content.title, side)}</div>')
    for part in content.parts:
        match part:
            case Figure() if with_charts:
                drawing.draw(part.spec, f"report_chart_{item.key}", title=not item.title)
            case Figure():
                st.html(
                    f'<div class="sd-note">{html.escape(part.spec.title)} · {html.escape(part.spec.subtitle)}</div>'
                )
            case Quotes():
                if not item.title:
                    st.html(f'<h3 class="sd-card-title">{html.escape(part.title)}</h3>')
                cards.quote_list(part.quotes, here.words)
            case RecommendationPart():
                st.html(f'<div dir="{side}">{html.escape(part.number)}. {html.escape(part.text)}</div>')
            case _:
                pass
    if item.kind not in (ItemKind.HEADING, ItemKind.TEXT) and item.text:
        st.html(marked(content.text, side))
    if content.problems:
        st.html(problem_list(content.problems, here.words))
    if writes:
        _acts(content, number, opened)


def _acts(content: Content, number: int, opened: Opened) -> None:
    item, record, count = content.item, opened.record, len(opened.contents)
    with st.container(horizontal=True, key=f"report_acts_{item.key}"):
        for label, steps, off in (("↑", -1, number == 1), ("↓", 1, number == count)):
            name = _("Move up") if steps < 0 else _("Move down")
            if st.button(label, key=f"report_{item.key}_{steps}", help=name, disabled=off) and attempt(
                reports.move_item, record.id, item.key, steps, revision=record.revision
            ):
                st.rerun()
        st.button(_("Change"), key=f"report_edit_{item.key}", on_click=open_form, args=(item, record.revision))
        if st.button(_("Remove"), key=f"report_remove_{item.key}") and attempt(
            reports.remove_item, record.id, item.key, revision=record.revision
        ):
            st.rerun()
        stale = any(each.code == "token.stale" for each in content.problems)
        if (
            stale
            and st.button(_("Accept the new numbers"), key=f"report_accept_{item.key}")
            and attempt(reports.accept_numbers, record.id, revision=record.revision, key=item.key)
        ):
            st.rerun()


def add(opened: Opened) -> None:
    """One button for each kind of item."""
    st.html(f'<h2 class="sd-card-title">{html.escape(_("Add"))}</h2>')
    with st.container(horizontal=True, key="report-add"):
        for kind in ItemKind:
            st.button(
                kind_name(kind, here.words),
                key=f"report_add_{kind}",
                on_click=open_form,
                args=(Item(kind=kind), opened.record.revision),
            )


report = reports.open_report(here.store, here.slug, chosen(), actor=here.actor, now=frame.now())
standing(report)
charts = sum(isinstance(part, Figure) for content in report.contents for part in content.parts)
shown = not charts or st.toggle(_("Show charts"), value=charts <= CHARTS_AT_ONCE, key="report-charts")
now_edited = session.recall(EDITED) if writes else None
for at, each in enumerate(report.contents, start=1):
    with st.container(border=True, key=f"report_item_{each.item.key}"):
        if now_edited is not None and now_edited["key"] == each.item.key:
            edit(report, each.item)
        else:
            show(each, at, report, with_charts=shown)
if writes:
    if now_edited is not None and not now_edited["key"]:
        with st.container(border=True, key="report_item_new"):
            edit(report, Item(kind=ItemKind(now_edited["kind"])))
    else:
        add(report)
