"""The first page: answer a consultation, or sign in as staff."""

import html

import streamlit as st

from survey import asking, consultations, markup, passwords, people
from survey.access import ActorKind
from survey.identity_provider import provider
from survey.ui import components, identity, language, resources, theme

words = language.words()
_ = words.translate
actor = identity.actor()
components.shell(words, "home")
st.title("Soundings", anchor=False)
st.markdown(_("Civil society is consulted and heard: from answers to findings, recommendations and action."))
found = consultations.announced(resources.store())
if found:
    st.header(_("Consultations"), anchor=False)
if not found:
    st.info(_("There is no consultation yet."))
for consultation in found:
    with st.container(border=True):
        title = asking.title_of(consultation, words)
        st.markdown(f"**{markup.plain(title)}**")
        theme.fictional_mark(consultation, words)
        address = f"respond?c={consultation.slug}&lang={words.language}"
        st.html(f'<a class="sd-action" href="{html.escape(address)}">{html.escape(_("Answer this consultation"))}</a>')


def post(action: str, fields: dict[str, str], inner: str) -> str:
    """A form that one of our routes answers."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in {**fields, "lang": words.language}.items()
    )
    return (
        f'<form method="post" action="account/{action}" class="sd-form">{identity.form_field()}{hidden}{inner}</form>'
    )


st.header(_("Secretariat"), anchor=False)
if actor.kind is ActorKind.PERSON:
    st.html(html.escape(_("You are signed in as {name}.", name=actor.name)))
    st.html(post("sign-out", {}, f'<button class="sd-button">{html.escape(_("Sign out"))}</button>'))
else:
    settings = resources.settings()
    if settings.password_sign_in:
        st.html(
            post(
                "sign-in",
                {},
                f"<label>{html.escape(_('Sign-in name'))}"
                '<input name="login" autocomplete="username" required maxlength="200"></label>'
                f"<label>{html.escape(_('Password'))}"
                '<input name="password" type="password" autocomplete="current-password" required '
                f'maxlength="{passwords.LONGEST}"></label>'
                f'<button class="sd-button sd-primary">{html.escape(_("Sign in"))}</button>',
            )
        )
    if (offered := provider(settings)) is not None:
        label = _("Sign in with {name}", name=offered.name)
        address = f"account/oidc/start?lang={words.language}"
        st.html(f'<a class="sd-action" href="{html.escape(address)}" target="_self">{html.escape(label)}</a>')
    if settings.demo:
        st.html(f'<div class="sd-muted">{html.escape(_("Demo mode: look around without an account."))}</div>')
        labels = {
            "demo-secretariat": _("Enter as the demo secretariat"),
            "demo-report-writer": _("Enter as the demo report writer"),
        }
        buttons = "".join(
            post("demo", {"login": login}, f'<button class="sd-button">{html.escape(labels[login])}</button>')
            for login in people.DEMO_PEOPLE
        )
        st.html(f'<div class="sd-buttons">{buttons}</div>')
