"""One's own account: password, second factor, open sessions."""

import html
from datetime import UTC, datetime

import streamlit as st

from data.people_records import Way
from survey import passwords, people, second_factor, sessions
from survey.access import ActorKind
from survey.ui import components, identity, language, messages, resources
from survey.ui.language import zone

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "my-account")
st.title(_("My account"), anchor=False)
if actor.kind is not ActorKind.PERSON:
    st.warning(_("Please sign in."))
    st.stop()
store, settings = resources.store(), resources.settings()
token, now = identity.token_of_session(), datetime.now(UTC)
done = {
    "password": _("The password is changed. Your other sessions have ended."),
    "removed": _("The second factor is removed. Your other sessions have ended."),
}.get(st.query_params.get("done", ""))
if done:
    st.success(done)
st.html(html.escape(_("You are signed in as {name}.", name=f"{actor.name} ({actor.login})")))
own_password = people.has_password(store, actor=actor)


def post(action: str, inner: str, button: str) -> str:
    """A form that one of our routes answers, so that a password manager sees it."""
    return (
        f'<form method="post" action="account/{action}" class="sd-form">{identity.form_field()}'
        f'<input type="hidden" name="lang" value="{words.language}">{inner}'
        f'<button class="sd-button">{html.escape(button)}</button></form>'
    )


def secret(name: str, label: str, complete: str, least: int = 1) -> str:
    """A field for a password."""
    return (
        f'<label>{html.escape(label)}<input name="{name}" type="password" autocomplete="{complete}" required '
        f'minlength="{least}" maxlength="{passwords.LONGEST}"></label>'
    )


def code(label: str) -> str:
    """A field for a code."""
    return (
        f'<label>{html.escape(label)}<input name="code" autocomplete="one-time-code" dir="ltr" required '
        'maxlength="40"></label>'
    )


if own_password:
    st.header(_("Password"), anchor=False)
    st.markdown(_("Choose a password of at least {minimum} characters.", minimum=settings.password_minimum))
    fields = secret("old", _("Present password"), "current-password")
    fields += secret("password", _("New password"), "new-password", settings.password_minimum)
    st.html(post("password", fields, _("Change the password")))

    st.header(_("Second factor"), anchor=False)
    standing = second_factor.standing(store, actor=actor)
    if standing.confirmed_at is None:
        st.markdown(_("Without it your password alone opens the account."))
        address = f"account/second-factor?lang={words.language}"
        label = html.escape(_("Set up the second factor"))
        st.html(f'<a class="sd-action" href="{address}" target="_self">{label}</a>')
    else:
        st.markdown(_("Set up on {moment}.", moment=words.moment(standing.confirmed_at, zone())))
        left = words.plural(
            "{count} recovery code is left.", "{count} recovery codes are left.", standing.recovery_codes
        )
        st.markdown(left)
        label = _("Code of the app, or a recovery code")
        with st.expander(_("New recovery codes")):
            st.html(post("second-factor/codes", code(label), _("Make new recovery codes")))
        if not settings.require_second_factor:
            with st.expander(_("Remove the second factor")):
                st.html(post("second-factor/remove", code(label), _("Remove the second factor")))

st.header(_("Where you are signed in"), anchor=False)
ways = {Way.PASSWORD: _("by password"), Way.PROVIDER: _("by the identity provider"), Way.DEMO: _("demo account")}
open_sessions = sessions.own(store, token, actor=actor, now=now)
for each, here in open_sessions:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        device = sessions.device_name(each.device) or _("Unknown device")
        begun = _("since {moment}", moment=words.moment(each.created_at, zone()))
        used = _("last used {moment}", moment=words.moment(each.last_used_at, zone()))
        mark = " · " + _("this session") if here else ""
        parts = (ways[each.way], begun, used)
        st.html(f"<b>{html.escape(device)}</b>{html.escape(mark)}<br>{html.escape(' · '.join(parts))}")
        if not here and st.button(_("End this session"), key=f"end_{each.id}"):
            with messages.explained(words):
                sessions.end_own(store, each.id, actor=actor, now=now)
                st.rerun()
if len(open_sessions) > 1 and st.button(_("Sign out everywhere else"), key="end_others"):
    with messages.explained(words):
        sessions.end_others(store, token, actor=actor, now=now)
        st.rerun()
limits = _(
    "A session ends after {hours} hours, or {minutes} minutes after the last click.",
    hours=settings.session_hours,
    minutes=settings.session_idle_minutes,
)
st.caption(limits)
