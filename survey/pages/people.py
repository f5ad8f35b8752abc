"""People: who has an account and which role, invite somebody, stop an account, end sessions, reset a second factor."""

import html
from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from data.errors import SoundingsError
from data.people_records import PersonRecord
from survey import people, second_factor, sessions
from survey.access import Action, Role
from survey.ui import components, identity, language, messages, resources, session
from survey.ui.collect_access import role_names
from survey.ui.language import zone

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "people")
st.title(_("People"), anchor=False)
if not identity.may(actor, Action.MANAGE_PEOPLE):
    st.warning(_("Please sign in with an account that may see this page."))
    st.stop()
store = resources.store()
roles = role_names(words)


def show_link(token: str) -> None:
    """A one-time link, to be handed over."""
    link = f"{resources.settings().base_url}/account/link?t={token}"
    told = _("Give this link to the person. It works once, for {days} days.", days=people.LINK_DAYS)
    st.html(f'<div class="sd-box">{html.escape(told)}<br><span class="sd-link">{html.escape(link)}</span></div>')


def told(standing: people.Standing) -> str:
    """One line about how somebody comes in."""
    parts = [_("second factor set up") if standing.second_factor else _("no second factor")]
    if standing.last_used_at is not None:
        parts.append(_("last used {moment}", moment=words.moment(standing.last_used_at, zone())))
        parts.append(words.plural("{count} open session", "{count} open sessions", standing.sessions))
    return " · ".join(parts)


def change_role(person: PersonRecord, key: str) -> None:
    """Gives the chosen role, or shows again the one that stays."""
    with messages.explained(words):
        people.set_role(store, person.id, session.widget(key), actor=actor, now=datetime.now(UTC))
        return
    session.set_widget(key, Role(person.role))


def offer(label: str, key: str, act: Callable[[], object]) -> None:
    """A button that does it."""
    if st.button(label, key=key):
        with messages.explained(words):
            act()
            st.rerun()


def offer_acts(standing: people.Standing) -> None:
    """What an administrator can do with somebody else's account."""
    person, now = standing.person, datetime.now(UTC)
    label = _("Stop the account") if person.active else _("Restore the account")
    offer(
        label,
        f"active_{person.id}",
        lambda: people.set_active(store, person.id, not person.active, actor=actor, now=now),
    )
    if person.login in people.DEMO_PEOPLE:
        return
    if standing.sessions:
        label = _("Sign out everywhere")
        offer(label, f"sessions_{person.id}", lambda: sessions.end_of_person(store, person.id, actor=actor, now=now))
    if standing.second_factor:
        label = _("Reset the second factor")
        offer(label, f"factor_{person.id}", lambda: second_factor.reset(store, person.id, actor=actor, now=now))


def offer_roles(person: PersonRecord) -> None:
    """The role, to be changed."""
    key = f"role_{person.id}"
    st.selectbox(
        _("Role of {name}", name=person.name),
        list(roles),
        index=list(roles).index(Role(person.role)),
        format_func=roles.__getitem__,
        key=key,
        on_change=change_role,
        args=(person, key),
    )


for standing in people.standings(store, actor=actor, now=datetime.now(UTC)):
    person = standing.person
    is_other, is_demo = person.id != actor.person_id, person.login in people.DEMO_PEOPLE
    with st.container(border=True):
        state = "" if person.active else " · " + _("stopped")
        line = f" · {person.login} · {roles[Role(person.role)]}{state}"
        st.html(f"<b>{html.escape(person.name)}</b>{html.escape(line)}")
        if not is_demo:
            st.caption(told(standing))
        with st.container(horizontal=True):
            if is_other:
                offer_acts(standing)
            if not is_demo and st.button(_("New password"), key=f"reset_{person.id}"):
                show_link(people.reset_link(store, person.login, actor=actor, now=datetime.now(UTC)))
        if is_other and not is_demo:
            offer_roles(person)
st.header(_("Invite somebody"), anchor=False)
with st.form("invite", clear_on_submit=True):
    login = st.text_input(_("Sign-in name"))
    name = st.text_input(_("Name"))
    role = st.radio(_("Role"), list(roles), index=1, format_func=roles.__getitem__)
    sent = st.form_submit_button(_("Make a link"), type="primary")
if sent:
    try:
        token = people.invite(store, login=login or "", name=name or "", role=role, actor=actor, now=datetime.now(UTC))
    except SoundingsError as error:
        messages.show(error, words)
    else:
        show_link(token)
