"""The log of acts: who did what, when, with what it changed; to look through and to take away."""

import html
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import streamlit as st

from data.log_records import LogFilter
from survey import asking, consultations, log
from survey.access import Action
from survey.ui import act_words, components, identity, language, messages, resources, session
from survey.ui.act_table import acts_table
from survey.ui.language import zone

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "log")
st.title(_("Log"), anchor=False)
if not identity.may(actor, Action.READ_LOG):
    st.warning(_("Please sign in with an account that may see this page."))
    st.stop()
store = resources.store()
acts = act_words.act_words(words)


def begin_of(day: object, *, days: int = 0) -> datetime | None:
    """The first moment of a day on the reader's clock, so many days later."""
    if not isinstance(day, date):
        return None
    return datetime.combine(day + timedelta(days=days), time(), zone()).astimezone(UTC)


mine = consultations.visible(store, actor=actor, action=Action.READ_LOG)
titles = {each.slug: asking.title_of(each, words) for each in mine}
everything = identity.may(actor, Action.MANAGE_PEOPLE)
slugs = [*([""] if everything else []), *titles]
if not slugs:
    st.info(_("There is no consultation yet."))
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom"):
    slug = st.selectbox(
        _("Consultation"), slugs, format_func=lambda each: titles[each] if each else _("Everything"), key="log_slug"
    )
    with messages.explained(words):
        known = log.look(store, LogFilter(consultation=slug or None), actor=actor, limit=1)
    who = st.selectbox(
        _("Who"),
        ["", *known.actors],
        format_func=lambda each: act_words.actor_words(each, words) if each else _("everybody"),
        key="log_actor",
    )
    act = st.selectbox(
        _("Act"),
        ["", *sorted(known.actions, key=lambda each: acts.get(each, each))],
        format_func=lambda each: acts.get(each, each) if each else _("every act"),
        key="log_action",
    )
    subject = st.text_input(_("Object"), key="log_object", help=_("A part of its name, such as a reference"))
    since = st.date_input(_("From"), None, key="log_since")
    until = st.date_input(_("Until"), None, key="log_until")
found = LogFilter(
    consultation=slug or None,
    since=begin_of(since),
    until=begin_of(until, days=1),
    actor=who or "",
    action=act or "",
    subject=(subject or "").strip(),
)
before = 0
place = session.recall("log_place")
if place and place[0] == found:
    before = place[1]
page = log.look(store, found, before=before, actor=actor)
st.markdown(words.plural("{count} entry", "{count} entries", page.total))
if page.entries:
    st.html(acts_table(page.entries, log.readable(store, page.entries, words.language), words, zone()))
with st.container(horizontal=True):
    if before and st.button(_("Newest"), key="log_newest"):
        session.forget("log_place")
        st.rerun()
    if page.earlier and st.button(_("Earlier"), key="log_earlier"):
        session.remember("log_place", (found, page.earlier))
        st.rerun()
asked = {
    "c": slug or "",
    "person": found.actor,
    "act": found.action,
    "object": found.subject,
    "from": found.since.isoformat() if found.since else "",
    "until": found.until.isoformat() if found.until else "",
}
query = urlencode({name: value for name, value in asked.items() if value})
links = " · ".join(
    f'<a href="/log/acts.{kind}?{html.escape(query)}" download>{html.escape(label)}</a>'
    for kind, label in (("csv", _("As a table (CSV)")), ("jsonl", _("To be verified (JSONL)")))
)
told = _(
    "Each entry holds the digest of the one before it. The command python -m data verify-audit --file FILE says "
    "whether a file holds."
)
st.html(f'<p>{html.escape(_("Take away"))}{words.colon}{links}</p><p class="sd-muted">{html.escape(told)}</p>')
