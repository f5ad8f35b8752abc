"""People: who has an account, invite somebody, stop an account."""

import html
from datetime import UTC, datetime

import streamlit as st

from data.errors import SoundingsError
from survey import grants, people
from survey.access import Action, Role
from survey.ui import components, identity, language, messages, resources
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


for person in people.listed(store, actor=actor):
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        state = "" if person.active else " · " + _("stopped")
        st.markdown(f"**{person.name}** · {person.login} · {roles[Role(person.role)]}{state}")
        if person.id != actor.person_id:
            label = _("Stop the account") if person.active else _("Restore the account")
            if st.button(label, key=f"active_{person.id}"):
                with messages.explained(words):
                    people.set_active(store, person.id, not person.active, actor=actor, now=datetime.now(UTC))
                    st.rerun()
            with st.popover(_("Change the role")):
                role = st.selectbox(
                    _("Role"),
                    list(roles),
                    index=list(roles).index(Role(person.role)),
                    format_func=roles.__getitem__,
                    key=f"role_{person.id}",
                )
                if st.button(_("Save"), key=f"save_role_{person.id}"):
                    with messages.explained(words):
                        grants.set_role(store, person.login, role, actor=actor, now=datetime.now(UTC))
                        st.rerun()
        if person.login not in people.DEMO_PEOPLE and st.button(_("New password"), key=f"reset_{person.id}"):
            show_link(people.reset_link(store, person.login, actor=actor, now=datetime.now(UTC)))
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
st.header(_("What was done lately"), anchor=False)
rows = "".join(
    f"<tr><td>{html.escape(words.moment(act.at, zone()))}</td><td>{html.escape(act.actor)}</td>"
    f"<td>{html.escape(act.action)}</td><td>{html.escape(act.subject)}</td></tr>"
    for act in people.recent_acts(store, actor=actor)
)
with st.expander(_("The last 100 acts")):
    st.html(f'<div class="sd-table"><table><tbody>{rows}</tbody></table></div>')
