"""Answering: choose a language, answer section by section, look it over, send it, keep the copy.

The personal code stands in the address, so a reload goes on where it was; every section is saved as it is left, and
what is typed meanwhile every few seconds.
"""

import html

import streamlit as st

from data.errors import InvalidInput, NotFound, SoundingsError, Unavailable
from survey import asking, consultations, published_forms, responses
from survey.open_responses import TO_ERASE, OpenResponse
from survey.policies import policies_of
from survey.translator import LANGUAGES, Words
from survey.ui import components, language, messages, resources, session, theme
from survey.ui.response_changes import present, show_note
from survey.ui.response_closing import show_receipt, show_review
from survey.ui.response_corrections import show_correcting
from survey.ui.response_frame import REVIEW, address, head, interface, now, progress, response_head, sentence
from survey.ui.response_own_data import show_erased, show_left
from survey.ui.response_section import show_section
from survey.words import MESSAGES


def page() -> None:
    """Which of the three this visit is: the start, the questionnaire, or the receipt."""
    words = language.words()
    slug, code = st.query_params.get("c", ""), st.query_params.get("r", "")
    opened: OpenResponse | None = None
    try:
        if code:
            try:
                opened = present(code)
            except NotFound as error:
                if error.code != "response.not_begun":
                    raise
                start(slug, words, code, error)
            else:
                answering(opened, code)
        else:
            start(slug, words, st.query_params.get("i", ""))
    except (NotFound, Unavailable) as error:
        if error.code in TO_ERASE:
            show_left(code, error)
            return
        st.set_page_config(page_title="Soundings", layout="wide")
        erased = error.code == "response.erased"
        components.shell(words, "erased" if erased else "problem", respondent=True)
        if opened is None and isinstance(error, NotFound):  # else the menu may stand above already
            head("", dict(LANGUAGES), words)
        title = words.translate("This response was erased") if erased else words.translate("This page cannot be shown")
        st.title(title, anchor=False)
        if erased:
            st.info(words.error(error, MESSAGES))
            show_erased(slug, code, words)
        else:
            messages.show(error, words)
        if isinstance(error, Unavailable):
            session.keep_widgets("q_")  # what was typed is still there when it works again
            st.button(words.translate("Try again"), key="try-again", type="primary")
        elif code and not erased:
            _code_field(words)


def start(slug: str, words: Words, token: str, absent: SoundingsError | None = None) -> None:
    """The first page: what it is, until when, in which language, begin or go on.

    token    of the personal link of an organisation: what was begun by it is opened at once
    absent   that nothing was, where a response was asked for
    """
    store = resources.store()
    consultation = consultations.find(store, slug)
    form = published_forms.newest_form(store, consultation)
    names = {offered.tag: offered.name for offered in form.questionnaire.languages}
    organisation = _welcomed(slug, token, names)
    tag = language.chosen(tuple(names))
    words = interface(tag)
    title = asking.title_of(consultation, words)
    st.set_page_config(page_title=title, layout="wide")
    components.shell(words, "start", respondent=True)
    head("", names, words)
    st.title(title, anchor=False)
    theme.fictional_mark(consultation, words)
    _ = words.translate
    if absent is not None:
        messages.show(absent, words)
    moment = now()
    stands = consultations.standing(consultation, moment)
    if stands is not consultations.Standing.OPEN:
        code = "consultation.closed" if stands is consultations.Standing.CLOSED else "consultation.not_open_yet"
        messages.show(InvalidInput(code), words)
    else:
        st.markdown(
            _(
                "You need no account. Your answers are saved as you go, and a personal link and code let you "
                "go on later, also on another device."
            )
        )
        if missing := asking.untranslated(form, tag, words):
            st.html(f'<div class="sd-box">{html.escape(missing)}</div>')
        until = asking.until_when(consultation, moment, words, language.zone_if_known())
        if until:
            st.html("".join(f"<p>{sentence(line, words)}</p>" for line in until))
        if organisation and not policies_of(consultation).anonymous:
            told = _(
                "This link is for {organisation}. Whoever holds it can read and change its response.",
                organisation=organisation,
            )
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        if _begin_pressed(slug, words):
            with messages.explained(words), resources.guard().guessing(address(), slug, token):
                resources.guard().require_calm(address(), "begin")
                code = responses.begin(
                    store,
                    slug,
                    language=tag,
                    channel="app",
                    now=moment,
                    draft_days=resources.settings().draft_days,
                    invitation_token=token,
                )
                resources.guard().opened(address(), code)
                session.remember("fresh", True)
                session.remember("language", tag)
                st.query_params["r"] = code
                st.query_params.pop("i", None)
                st.rerun()
    st.divider()
    st.subheader(_("Go on with a response"), anchor=False)
    _code_field(words)


def _begin_pressed(slug: str, words: Words) -> bool:
    """True when a person pressed the button that begins. There is no hidden field as in the light form: a machine that
    came so far runs a whole browser, which does not fill in what it does not see."""
    guard, door = resources.guard(), f"app/{slug}"
    drawn = session.recall("start_drawn") or ("", "")
    if drawn[0] != door:
        drawn = (door, guard.token(door))
        session.remember("start_drawn", drawn)
    if not st.button(words.translate("Begin"), type="primary", key="begin"):
        return False
    if guard.is_human(drawn[1], "", door):
        return True
    session.remember("start_drawn", (door, guard.token(door)))
    st.warning(words.translate("Please press the button once more."))
    return False


def _welcomed(slug: str, token: str, names: dict[str, str]) -> str:
    """The organisation of a personal link, in whose language the page begins; its response is opened if it has one."""
    if not token:
        return ""
    with resources.guard().guessing(address(), slug, token):
        invitation, begun = responses.invited(resources.store(), slug, token)
    if begun:
        st.query_params.pop("i", None)
        st.query_params["r"] = token
        st.rerun()
    if invitation.language in names and session.recall("language") is None and "lang" not in st.query_params:
        session.remember("language", invitation.language)
    return invitation.organisation


def _code_field(words: Words) -> None:
    hint = words.translate("As it stands on your page, in your mail or in your letter.")
    typed = st.text_input(words.translate("Your personal code"), key="typed-code")
    st.html(f'<div class="sd-hint sd-under">{html.escape(hint)}</div>')
    if st.button(words.translate("Open"), key="open-code") and typed.strip():
        slug = st.query_params.get("c", "")
        try:
            with resources.guard().guessing(address(), slug, typed):
                entry = responses.entry(resources.store(), typed, now=now())
        except SoundingsError as error:
            if error.code in TO_ERASE:
                st.query_params["r"] = typed.strip()
                st.rerun()
            messages.show(error, words)
            return
        st.query_params.pop("i" if entry.begun else "r", None)
        st.query_params["c"] = entry.slug
        st.query_params["r" if entry.begun else "i"] = entry.code
        if entry.begun:
            session.forget("place", "language")
        st.rerun()


def answering(opened: OpenResponse, code: str) -> None:
    """The questionnaire, one section a page, or the receipt once it was sent."""
    tag = opened.state.language
    session.remember("language", tag)
    words = interface(tag)
    st.set_page_config(page_title=asking.title_of(opened.consultation, words), layout="wide")
    if opened.submitted:
        components.shell(words, "receipt", respondent=True)
        response_head(opened, words)
        show_receipt(opened, code, words, tag)
        return
    sections = asking.shown_sections(opened.state)
    asked = st.query_params.get("s", "")  # by a link to another language; the page takes it out of its address
    known = {section.name for section in sections} | {REVIEW}
    wanted = (session.recall("place"), asked, opened.response.section)
    place = next((each for each in wanted if each in known), sections[0].name)
    session.remember("place", place)  # another window that goes on does not move this one
    if place == REVIEW:
        components.shell(words, REVIEW, respondent=True)
        response_head(opened, words, progress(len(sections), len(sections), words))
        show_note(opened, code, words)
        show_correcting(opened, code, words)
        show_review(opened, code, sections, words)
    else:
        show_section(opened, code, place, words)


with resources.turn():
    page()
