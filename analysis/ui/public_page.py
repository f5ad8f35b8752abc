"""The part of Recommendations about the public page: choose and order findings, texts, look, publish, withdraw."""

import html
from collections.abc import Callable

import streamlit as st

from analysis import published
from analysis.published import Choice, Prepared, Quotes
from analysis.recommendations import KeptFinding
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey.policies import policies_of
from survey.translator import LANGUAGES
from survey.ui import messages, resources, session


def show(here: Frame, kept: tuple[KeptFinding, ...]) -> None:
    """For those who may publish; nothing for others."""
    if not published.may_publish(here.actor, here.slug):
        return
    _ = here.words.translate
    page = published.prepared(here.store, here.slug, actor=here.actor)
    st.header(_("Public page"), anchor=False)
    _tell(page, here)
    if not kept:
        return
    with st.expander(_("Choose what stands on the page"), expanded=page.revision == 0, key="public-choice"):
        _choose(page, kept, here)
    if page.revision:
        _publish(page, here)


def _tell(page: Prepared, here: Frame) -> None:
    """Whether anything is published, and where."""
    _ = here.words.translate
    clock = policies_of(here.consultation).clock
    if page.published_at is None:
        told = _("Nothing is published yet.")
        if page.withdrawn_at is not None:
            told = _("The page was withdrawn {moment}.", moment=here.words.moment(page.withdrawn_at, clock))
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        return
    told = _(
        "Published {moment} by {name}. Everybody can read it here:",
        moment=here.words.moment(page.published_at, clock),
        name=page.published_by,
    )
    st.html(f'<div class="sd-muted" role="status">{html.escape(told)}</div>')
    st.code(f"{resources.settings().base_url}/results/{here.slug}", language=None, wrap_lines=True)


def _choose(page: Prepared, kept: tuple[KeptFinding, ...], here: Frame) -> None:
    """The choice, with the texts of one language at a time."""
    _ = here.words.translate
    key, choice = f"public_{here.slug}_", page.choice
    seen = _seen_revision(page, here)
    statements = {found.record.id: found.record.statement for found in kept}
    tag = st.selectbox(
        _("Texts in"),
        list(LANGUAGES),
        index=list(LANGUAGES).index(here.words.language),
        format_func=LANGUAGES.__getitem__,
        key=f"{key}tag",
        width=240,
    )
    with st.form(f"{key}form", border=False):
        findings = st.multiselect(
            _("Findings, in the order in which you choose them"),
            list(statements),
            default=[each for each in choice.findings if each in statements],
            format_func=statements.__getitem__,
            placeholder="",
            key=f"{key}findings",
        )
        introduction = st.text_area(
            _("Introduction ({language})", language=LANGUAGES[tag]),
            choice.introduction.get(tag, ""),
            key=f"{key}introduction_{tag}",
            height=90,
        )
        said = {
            each: st.text_input(
                _("In {language}: {statement}", language=LANGUAGES[tag], statement=statements[each]),
                choice.statements.get(each, {}).get(tag, ""),
                key=f"{key}statement_{each}_{tag}",
            )
            for each in choice.findings
            if each in statements and tag != choice.written_in
        }
        written_in = st.selectbox(
            _("Findings and recommendations are written in"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(choice.written_in),
            format_func=LANGUAGES.__getitem__,
            key=f"{key}written_in",
            width=380,
        )
        outcome = st.checkbox(_("Tell what became of the answers"), choice.outcome, key=f"{key}outcome")
        everything = st.checkbox(_("Show all recommendations"), choice.recommendations, key=f"{key}recommendations")
        names = {
            Quotes.NONE: _("none"),
            Quotes.NAMED: _("those that may be published with the name"),
            Quotes.ALL: _("all that may be published"),
        }
        quotes = st.selectbox(
            _("Answers behind recommendations that are quoted"),
            list(names),
            index=list(names).index(choice.quotes),
            format_func=names.__getitem__,
            key=f"{key}quotes",
            width=380,
        )
        if st.form_submit_button(_("Save the choice"), type="primary"):
            changed = Choice(
                findings=tuple(findings),
                statements={
                    each: {**choice.statements.get(each, {}), **({tag: said[each] or ""} if each in said else {})}
                    for each in findings
                },
                introduction={**choice.introduction, tag: introduction or ""},
                written_in=written_in,
                outcome=outcome,
                recommendations=everything,
                quotes=quotes,
            )
            _act(
                here,
                lambda: published.prepare(here.store, here.slug, changed, revision=seen, actor=here.actor, now=now()),
            )
    if seen != page.revision:

        def take_over() -> None:
            session.forget(f"public:{here.slug}")
            session.drop_widgets(key)

        st.button(_("Load it again"), key=f"again_{key}", on_click=take_over)


def _publish(page: Prepared, here: Frame) -> None:
    """What can be done with a choice that was saved."""
    _ = here.words.translate
    seen = _seen_revision(page, here)
    told = _("Look at the preview as readers will see it")
    address = html.escape(f"results/{here.slug}/preview/{here.words.language}")
    st.html(f'<a class="sd-download" href="{address}" target="_blank" rel="noopener">{html.escape(told)}</a>')
    label = _("Publish") if page.published_at is None else _("Publish again")
    with st.container(horizontal=True):
        if st.button(label, key="public-publish", type="primary", help=_("Everybody sees these figures from then on.")):
            _act(
                here,
                lambda: published.publish(here.store, here.slug, revision=seen, actor=here.actor, now=now()),
            )
        if page.published_at is not None and st.button(_("Withdraw the page"), key="public-withdraw"):
            _act(
                here,
                lambda: published.withdraw(here.store, here.slug, revision=seen, actor=here.actor, now=now()),
            )


def _seen_revision(page: Prepared, here: Frame) -> int:
    """The revision that this form showed first, so that somebody else's later choice is not overwritten unseen."""
    name = f"public:{here.slug}"
    if session.recall(name) is None:
        session.remember(name, page.revision)
    return int(session.recall(name))


def _act(here: Frame, act: Callable[[], None]) -> None:
    """Runs a use case and draws the page anew, or says why not."""
    try:
        act()
    except SoundingsError as error:
        messages.show(error, here.words, MESSAGES)
        return
    session.forget(f"public:{here.slug}")
    st.rerun()
