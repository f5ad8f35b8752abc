"""Parts of Overview and Replies: figures, dates, the forecast, the frame, sections, whom to remind."""

import html
from collections.abc import Sequence

import streamlit as st

from analysis import monitoring
from analysis.charts import wording
from analysis.disclosure import Suppressed
from analysis.monitoring import Progress
from analysis.ui.frame import Frame, now
from survey import links, mailings
from survey.access import Action
from survey.mail_templates import MailKind
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import identity, messages, resources
from survey.ui.collect_mailings import show_sending
from survey.ui.tables import cards_table

SHOWN = 25
"""Organisations of the outreach list on the page; the file has all."""
INVITED_SHOWN = 200
"""Organisations of the contact list on the page; more would make it slow, and a search finds the others."""


def show_figures(found: Progress, words: Words) -> None:
    """How many replied, of how many invited, late, and as drafts."""
    _ = words.translate
    against_list = (
        (_("of {invited} invited organisations replied", invited=words.number(found.invited)), found.replied),
        (_("from organisations that are not on the list"), found.off_frame),
    )
    figures = (
        (_("replies"), found.replies),
        *(against_list[:1] if found.shows_frame else ()),
        (_("after the first deadline"), found.late),
        (_("drafts not sent yet"), found.drafts),
        *(against_list[1:] if found.shows_frame else ()),
    )
    tiles = "".join(
        f'<div class="sd-tile"><b>{html.escape(wording.count(count, words))}</b><span>{html.escape(label)}</span></div>'
        for label, count in figures
    )
    st.html(f'<div class="sd-tiles">{tiles}</div>')


def show_dates(found: Progress, words: Words) -> None:
    """First deadline and closing, in the zone of the consultation."""
    clock, lines = policies_of(found.consultation).clock, []
    if found.consultation.deadline_at is not None:
        moment = words.moment(found.consultation.deadline_at, clock)
        lines.append(words.translate("First deadline: {moment}.", moment=moment))
    if found.consultation.closes_at is not None:
        lines.append(words.translate("Closes: {moment}.", moment=words.moment(found.consultation.closes_at, clock)))
    st.markdown(wording.sentences(lines))


def forecast_words(found: Progress, words: Words) -> str:
    """What can be expected by the next date, or that too little is known."""
    _ = words.translate
    target = "" if found.target is None else words.moment(found.target, policies_of(found.consultation).clock)
    if found.expected is None:
        return _(
            "How many replies there will be by {moment} cannot be said. That takes 7 whole days and 10 replies since "
            "the consultation opened or its last deadline passed, and a date at most 28 days ahead and no further off "
            "than the days seen.",
            moment=target,
        )
    expected = found.expected
    return _(
        "Expected by {moment}: about {middle} replies; in eight of ten cases between {low} and {high}. It assumes that "
        "replies go on, or thin out, as in the last {days} days. A rush before the deadline or after a reminder is not "
        "foreseen.",
        moment=target,
        middle=words.number(expected.middle),
        low=words.number(expected.low),
        high=words.number(expected.high),
        days=words.number(expected.from_days),
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    # The roles stay when a narrow screen lays the rows out in another way.
    head = "".join(f'<th role="columnheader">{html.escape(text)}</th>' for text in heads)
    body = "".join(
        '<tr role="row">' + "".join(f'<td role="cell">{html.escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="sd-table sd-named" tabindex="0"><table role="table">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


def show_cells(found: Progress, words: Words) -> None:
    """A table for each of region, type and language: invited, begun, sent, and the share that sent."""
    _ = words.translate
    names = {
        "region": _("Region"),
        "organisation_type": _("Type of organisation"),
        "language": _("Language"),
    }
    for tab, (dimension, cells) in zip(
        st.tabs([names[name] for name in found.cells] or [""]), found.cells.items(), strict=False
    ):
        with tab:
            _table(
                (names[dimension], _("Invited"), _("Begun"), _("Sent"), _("Share")),
                [
                    (
                        each.label or _("not stated"),
                        words.number(each.invited),
                        wording.count(each.begun, words),
                        wording.count(each.sent, words),
                        wording.share(
                            each.sent if isinstance(each.sent, Suppressed) else each.sent / max(1, each.invited), words
                        ),
                    )
                    for each in cells
                ],
            )


def show_sections(found: Progress, words: Words) -> None:
    """How far responses came, where drafts stand, and how long a section takes."""
    _ = words.translate

    def minutes(each: monitoring.SectionStand) -> str:
        if each.minutes is None:
            return "–"
        if isinstance(each.minutes, Suppressed):
            return wording.count(each.minutes, words)
        return words.number(each.minutes, 1)

    _table(
        (_("Section"), _("Came so far"), _("Drafts that stand here"), _("Minutes (median)"), _("Timed")),
        [
            (
                each.label,
                wording.count(each.reached, words),
                wording.count(each.left, words),
                minutes(each),
                wording.count(each.timed, words),
            )
            for each in found.sections
        ],
    )


def show_outreach(here: Frame) -> None:
    """Whom to remind first, with a file of all of them."""
    words = here.words
    _ = words.translate
    st.header(_("Whom to remind first"), anchor=False)
    found = monitoring.outreach(here.store, here.slug, actor=here.actor, language=words.language)
    told = _(
        "Organisations that have not replied; first those whose reply would lift the region, type and language "
        "that lag furthest behind."
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    if not found:
        st.markdown(_("Every invited organisation has replied."))
        return
    heads = (_("Organisation"), _("Region"), _("Country"), _("Type of organisation"), _("Language"), _("E-mail"))
    rows = [
        (
            each.invitation.organisation,
            each.region,
            each.country,
            each.organisation_type,
            words.language_name(each.invitation.language),
            each.invitation.email,
            _("has begun") if each.begun else "",
        )
        for each in found[:SHOWN]
    ]
    st.html(cards_table((*heads, _("Draft")), rows))
    content = monitoring.outreach_csv(
        here.store, here.slug, actor=here.actor, language=words.language, heads=(*heads, _("has begun"))
    )
    label = words.plural("Download {count} organisation (CSV)", "Download {count} organisations (CSV)", len(found))
    st.download_button(label, content, file_name=f"{here.slug}-outreach.csv", mime="text/csv", key="outreach-file")
    if identity.may(here.actor, Action.MANAGE_CONSULTATIONS, here.slug):
        _remind_first([each.invitation.id for each in found], here)


def _remind_first(keys: Sequence[int], here: Frame) -> None:
    """A reminder to the first of the list alone, as many as staff say.

    keys  of the silent organisations, those to be reminded first in front
    """
    words = here.words
    _ = words.translate
    chosen = st.number_input(
        _("Remind the first"), min_value=1, max_value=len(keys), value=min(SHOWN, len(keys)), key="remind-first"
    )
    only = frozenset(keys[: int(chosen or 0)])
    with messages.explained(words):
        links.require_reachable(here.consultation, resources.settings().base_url)
        due = mailings.recipients(here.store, here.slug, MailKind.REMINDER, actor=here.actor, now=now()).to
        count = sum(each.id in only for each in due)
        told = words.plural(
            "{count} of these organisations would get a reminder; the others have no address, or had a mail lately.",
            "{count} of these organisations would get reminders; the others have no address, or had a mail lately.",
            count,
        )
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        show_sending(here.store, here.consultation, MailKind.REMINDER, count, here.actor, words, only=only)


def show_invited(here: Frame) -> None:
    """The organisations of the contact list that have replied, or have not, with a search in all of them."""
    words = here.words
    _ = words.translate
    st.header(_("Who was invited"), anchor=False)
    names = {"silent": _("not replied yet"), "replied": _("replied")}
    chosen = st.radio(_("Show"), list(names), format_func=names.__getitem__, horizontal=True, key="invited-shown")
    search = (st.text_input(_("Search"), key="invited-search", width=340) or "").strip().casefold()
    rows = [
        (
            each.invitation.organisation,
            each.region,
            each.country,
            words.language_name(each.invitation.language),
            each.invitation.email,
        )
        for each in monitoring.invited(here.store, here.slug, actor=here.actor, language=words.language)
        if each.replied == (chosen == "replied")
    ]
    found = [row for row in rows if search in "\n".join(row).casefold()]
    told = words.plural("{count} organisation", "{count} organisations", len(found))
    if len(found) > INVITED_SHOWN:
        shown, count = words.number(INVITED_SHOWN), words.number(len(found))
        told = f"{told}. {_('The first {shown} of {count} are shown.', shown=shown, count=count)}"
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    if found:
        heads = (_("Organisation"), _("Region"), _("Country"), _("Language"), _("E-mail"))
        st.html(cards_table(heads, found[:INVITED_SHOWN]))
