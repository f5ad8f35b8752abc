"""Answering: choose a language, answer section by section, look it over, send it, keep the copy.

The personal code stands in the address, so a reload goes on where it was; every section is saved as it is left, and
what is typed meanwhile every few seconds.
"""

import html
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from data.errors import InvalidInput, NotFound, SoundingsError
from survey import consultations, receipts, responses
from survey.questionnaire import Group
from survey.responses import OpenResponse
from survey.translator import LANGUAGES, Words, nearest
from survey.ui import components, language, messages, questions, resources, session, theme

AUTOSAVE_SECONDS = 20
REVIEW = "_review"


def _now() -> datetime:
    return datetime.now(UTC)


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def page() -> None:
    """Which of the three this visit is: the start, the questionnaire, or the receipt."""
    words = language.words()
    slug, code = st.query_params.get("c", ""), st.query_params.get("r", "")
    try:
        if code:
            opened = responses.resume(resources.store(), code, now=_now(), language=session.recall("language") or "")
            answering(opened, code)
        else:
            start(slug, words)
    except NotFound as error:
        components.shell(words, "problem", respondent=True)
        st.title(words.translate("This page cannot be shown"), anchor=False)
        messages.show(error, words)
        if code:
            _code_field(words)


def _interface(opened_language: str) -> Words:
    return Words(nearest(opened_language, tuple(LANGUAGES)))


def _head(opened_title: str, names: dict[str, str], words: Words) -> None:
    left, right = st.columns([3, 1], vertical_alignment="center")
    with left:
        st.html(f'<div class="sd-muted">{html.escape(opened_title)}</div>')
    with right:
        language.offered_picker(names, words.translate("Language"))


def start(slug: str, words: Words) -> None:
    """The first page: what it is, until when, in which language, begin or go on."""
    store = resources.store()
    consultation = consultations.find(store, slug)
    form = consultations.newest_form(store, consultation)
    names = {offered.tag: offered.name for offered in form.questionnaire.languages}
    tag = language.chosen(tuple(names))
    words = _interface(tag)
    title = theme.consultation_title(consultation, words)
    st.set_page_config(page_title=title)
    components.shell(words, "start", respondent=True)
    _head("", names, words)
    st.title(title, anchor=False)
    theme.fictional_mark(consultation, words)
    _ = words.translate
    now = _now()
    stands = consultations.standing(consultation, now)
    lines = []
    if consultation.deadline_at is not None:
        moment = words.moment(consultation.deadline_at, UTC)
        text = (
            _(
                "The first deadline was {moment}. Answers are still taken; they are marked as late and counted.",
                moment=moment,
            )
            if consultations.is_late(consultation, now)
            else _("Please answer until {moment}.", moment=moment)
        )
        lines.append(text)
    if consultation.closes_at is not None:
        lines.append(_("The consultation closes on {moment}.", moment=words.moment(consultation.closes_at, UTC)))
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
        for line in lines:
            st.markdown(line)
        if st.button(_("Begin"), type="primary", key="begin"):
            with messages.explained(words):
                code = responses.begin(
                    store, slug, language=tag, channel="app", now=now, draft_days=resources.settings().draft_days
                )
                session.remember("fresh", True)
                session.remember("language", tag)
                st.query_params["r"] = code
                st.rerun()
    st.divider()
    st.subheader(_("Go on with a response"), anchor=False)
    _code_field(words)


def _code_field(words: Words) -> None:
    typed = st.text_input(words.translate("Your personal code"), key="typed-code", placeholder="XXXX-XXXX-XXXX")
    if st.button(words.translate("Open"), key="open-code") and typed.strip():
        try:
            opened = responses.resume(resources.store(), typed, now=_now())
        except SoundingsError as error:
            messages.show(error, words)
            return
        st.query_params["c"] = opened.consultation.slug
        st.query_params["r"] = typed.strip()
        session.forget("place", "language")
        st.rerun()


def answering(opened: OpenResponse, code: str) -> None:
    """The questionnaire, one section a page, or the receipt once it was sent."""
    form = opened.state.form
    names = {offered.tag: offered.name for offered in form.questionnaire.languages}
    tag = session.recall("language") or opened.response.language
    if tag not in names:
        tag = opened.response.language
    session.remember("language", tag)
    words = _interface(tag)
    title = theme.consultation_title(opened.consultation, words)
    st.set_page_config(page_title=title)
    if opened.submitted:
        components.shell(words, "receipt", respondent=True)
        _head(title, names, words)
        _receipt(opened, code, words, tag)
        return
    sections = _shown_sections(opened)
    place = session.recall("place") or opened.response.section or sections[0].name
    if place not in {section.name for section in sections} | {REVIEW}:
        place = sections[0].name
    _head(title, names, words)
    if place == REVIEW:
        components.shell(words, REVIEW, respondent=True)
        _progress(len(sections), len(sections), words)
        _review(opened, code, sections, words)
    else:
        components.shell(words, f"{place}:{session.recall('again') or 0}", respondent=True)
        _section(opened, code, sections, place, words)


def _shown_sections(opened: OpenResponse) -> list[Group]:
    found = opened.state.questionnaire.sections()
    shown = [section for section in found if opened.state.group_relevant(section.name)]
    return shown or list(found[:1])


def _progress(done: int, total: int, words: Words, text: str = "") -> None:
    share = 100 * done // max(total, 1)
    text = text or words.translate("All sections are done")
    st.html(
        f'<div class="sd-progress"><div class="words">{html.escape(text)}</div><div class="bar" role="progressbar" '
        f'aria-label="{html.escape(text)}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{share}">'
        f'<div style="width:{share}%"></div></div></div>'
    )


def _save(opened: OpenResponse, code: str, section: Group, tag: str, *, place: str) -> OpenResponse:
    """Keeps what was changed in the widgets, which are the answers seen from now on."""
    seen = session.recall("seen") or {}
    changes = {}
    for name, value in questions.collected(section).items():
        # What this window did not change is not sent, so that another window's answer to it stays.
        with suppress(SoundingsError):  # the use case says what is wrong
            opened.state.set(name, value)
            if opened.state.answers.get(name) == seen.get(name):
                continue
        changes[name] = value
    kept = responses.save(
        resources.store(),
        code,
        changes,
        seen=seen,
        section=place,
        language=tag,
        now=_now(),
        draft_days=resources.settings().draft_days,
    )
    session.remember("seen", {**seen, **{name: kept.state.answers.get(name) for name in changes}})
    session.remember("saved_at", kept.response.updated_at)
    return kept


def _section(opened: OpenResponse, code: str, sections: list[Group], place: str, words: Words) -> None:
    _ = words.translate
    section = next(section for section in sections if section.name == place)
    if session.recall("seen_for") != (place, opened.response.id):
        session.drop_widgets("q_")
        session.remember("seen", dict(opened.state.answers))
        session.remember("seen_for", (place, opened.response.id))
    state = opened.state
    _take_over(section, opened)
    for name, value in questions.collected(section).items():
        with messages.explained(words):
            state.set(name, value)
    sections = _shown_sections(opened)
    number = next((at for at, shown in enumerate(sections) if shown.name == place), 0)
    total = max(len(sections), number + 1)
    if not opened.declined and len(sections) > 1:
        _progress(number, total, words, _("Section {number} of {total}", number=number + 1, total=total))
    st.title(state.words(section.label) or theme.consultation_title(opened.consultation, words), anchor=False)
    if number == 0:
        theme.fictional_mark(opened.consultation, words)
    if session.recall("fresh") and number == 0:
        _link_box(opened, code, words)
    with_issues = session.recall("issues_for") == place
    if with_issues and (issues := state.section_issues(place)):
        labels = [state.words(state.questionnaire.question(name).label) or name for name, _issue in issues]
        listed = "".join(f"<li>{html.escape(label)}</li>" for label in dict.fromkeys(labels))
        st.html(
            f'<div class="sd-issue" role="alert">{html.escape(_attention(len(issues), words))}<ul>{listed}</ul></div>'
        )
    questions.draw_section(
        section,
        state,
        words,
        with_issues=with_issues,
        files=opened.files,
        code=code,
        upload_limit_mb=resources.settings().upload_limit_mb,
    )
    if opened.declined:
        st.info(_("You did not agree, so the questionnaire ends here and nothing is sent. You can change your answer."))
    conflict = st.empty()
    _autosave(opened, code, section, place, words)
    back, forward = st.columns(2)
    with back:
        left = number > 0 and st.button(_("Back"), key="back", width="stretch")
    with forward:
        right = st.button(_("Save and go on"), key="next", type="primary", width="stretch", disabled=opened.declined)
    if left or right:
        try:
            _save(opened, code, section, _tag(opened), place=place)
        except SoundingsError as error:
            if not session.recall("told"):  # else the autosave of this run has shown it already
                with conflict.container():
                    _not_saved(error, words)
            return
        if right and state.section_issues(place):
            session.remember("issues_for", place)
            session.remember("again", (session.recall("again") or 0) + 1)
            st.rerun()
        session.forget("issues_for", "fresh")
        if right and number == 0:
            session.forget("fresh")
        sections = _shown_sections(opened)
        at = next(at for at, shown in enumerate(sections) if shown.name == place)
        target = at - 1 if left else at + 1
        session.remember("place", sections[target].name if target < len(sections) else REVIEW)
        st.rerun()
    if not session.recall("fresh"):
        with st.expander(_("Go on later or on another device")):
            _link_box(opened, code, words)


def _take_over(section: Group, opened: OpenResponse) -> None:
    """Questions that another window answered meanwhile, and this one did not touch, show the new answer."""
    seen = dict(session.recall("seen") or {})
    for name, value in questions.collected(section).items():
        stored = opened.state.answers.get(name)
        if stored == seen.get(name):
            continue
        with suppress(SoundingsError):
            opened.state.set(name, value)
            touched = opened.state.answers.get(name) != seen.get(name)
            opened.state.set(name, stored)
            if not touched:
                questions.forget(name)
                seen[name] = stored
    session.remember("seen", seen)


def _tag(opened: OpenResponse) -> str:
    return session.recall("language") or opened.response.language


def _attention(count: int, words: Words) -> str:
    return words.plural("{count} answer needs your attention.", "{count} answers need your attention.", count)


def _autosave(opened: OpenResponse, code: str, section: Group, place: str, words: Words) -> None:
    @st.fragment(run_every=AUTOSAVE_SECONDS)
    def tick() -> None:
        session.forget("told")
        if session.recall("ticked") == place:
            try:
                _save(opened, code, section, _tag(opened), place=place)
            except SoundingsError as error:
                session.remember("told", True)
                _not_saved(error, words)
        session.remember("ticked", place)
        saved_at = session.recall("saved_at") or opened.response.updated_at
        text = words.translate("Saved at {moment}", moment=words.moment(saved_at, _zone()))
        st.html(f'<div class="sd-saved" role="status">{html.escape(text)}</div>')

    tick()


def _not_saved(error: SoundingsError, words: Words) -> None:
    """Why nothing was kept; when another window was faster, with the choice between the two versions."""
    _ = words.translate
    messages.show(error, words)
    if error.code != "response.changed_elsewhere":
        return

    def take_other() -> None:
        session.drop_widgets("q_")
        session.forget("seen_for")

    def keep_mine() -> None:
        stored = responses.resume(resources.store(), st.query_params["r"], now=_now())
        session.remember("seen", dict(stored.state.answers))

    st.button(_("Load the other version"), on_click=take_other, key="take-other")
    st.button(_("Keep what stands here"), on_click=keep_mine, key="keep-mine")


def _link_box(opened: OpenResponse, code: str, words: Words) -> None:
    _ = words.translate
    link = f"{resources.settings().base_url}/respond?c={opened.consultation.slug}&r={code}"
    until = opened.response.expires_at
    warning = _("Keep this personal code and link. Whoever has them can read and change this response.")
    lines = [
        f"<strong>{html.escape(warning)}</strong>",
        f'<span class="sd-code">{html.escape(code)}</span>',
        f'<span class="sd-link">{html.escape(link)}</span>',
    ]
    if until is not None:
        text = _("They work until {moment}, longer if you go on before.", moment=words.moment(until, UTC))
        lines.append(f'<span class="sd-muted">{html.escape(text)}</span>')
    st.html('<div class="sd-box">' + "<br>".join(lines) + "</div>")


def _review(opened: OpenResponse, code: str, sections: list[Group], words: Words) -> None:
    _ = words.translate
    st.title(_("Look it over and send it"), anchor=False)
    theme.fictional_mark(opened.consultation, words)
    state = opened.state
    sent = state.submission()
    for section in sections:
        asked = [q for q in section.questions() if q.name in sent or state.state(q.name).relevant]
        answered = [q for q in asked if q.name in sent]
        issues = state.section_issues(section.name)
        with st.container(border=True):
            left, right = st.columns([3, 1], vertical_alignment="center")
            with left:
                st.markdown(f"**{state.words(section.label)}**")
                count = words.plural("{count} answer", "{count} answers", len(answered))
                st.html(f'<div class="sd-muted">{html.escape(count)}</div>')
                if issues:
                    st.html(f'<div class="sd-issue">{html.escape(_attention(len(issues), words))}</div>')
            with right:
                if st.button(_("Change"), key=f"go-{section.name}", width="stretch"):
                    session.remember("place", section.name)
                    if issues:
                        session.remember("issues_for", section.name)
                    st.rerun()
    st.markdown(_("After sending, you get a reference and a copy of your answers."))
    if st.button(_("Send the response"), key="submit", type="primary"):
        with messages.explained(words):
            responses.submit(resources.store(), code, now=_now())
            session.forget("place", "seen", "seen_for", "issues_for")
            st.rerun()
    with st.expander(_("Go on later or on another device")):
        _link_box(opened, code, words)


def _receipt(opened: OpenResponse, code: str, words: Words, tag: str) -> None:
    _ = words.translate
    kept = receipts.receipt(resources.store(), code, now=_now(), language=tag)
    st.title(_("Thank you. Your response was received."), anchor=False)
    theme.fictional_mark(opened.consultation, words)
    zone = _zone()
    moments = [words.moment(kept.submitted_at, UTC)]
    if zone.key != "UTC":
        moments.append(words.moment(kept.submitted_at, zone))
    late = _("Received after the first deadline; it is marked as late and counted.")
    st.html(
        '<div class="sd-box">'
        f"{html.escape(_('Reference'))}: <span class='sd-code'>{html.escape(kept.reference)}</span><br>"
        f"{html.escape(_('Received'))}: {html.escape(' / '.join(moments))}"
        + (f"<br>{html.escape(late)}" if kept.late else "")
        + "</div>"
    )
    st.subheader(_("Keep a copy"), anchor=False)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("code", code), ("lang", tag))
    )
    buttons = "".join(
        f'<form method="post" action="receipts/{kind}">{hidden}'
        f'<button class="sd-button">{html.escape(label)}</button></form>'
        for kind, label in (("html", _("Copy as a page (HTML)")), ("json", _("Copy as data (JSON)")))
    )
    st.html(f'<div class="sd-buttons">{buttons}</div>')
    for heading, entries in kept.sections:
        with st.expander(heading):
            for entry in entries:
                st.html(
                    f'<div class="sd-label">{html.escape(entry.label)}</div>'
                    f'<div class="sd-answer">{html.escape(entry.words)}</div>'
                )


page()
