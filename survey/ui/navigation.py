"""The Streamlit script: who is it, which pages may they see, run the chosen one.

Page files of both floors are named by path, so nothing here imports upwards.
"""

from urllib.parse import urlsplit

import streamlit as st

from survey.access import Action, ActorKind
from survey.translator import LANGUAGES
from survey.ui import identity, language, look, theme

SURVEY, ANALYSIS = look.ROOT / "survey" / "pages", look.ROOT / "analysis" / "pages"


def main() -> None:
    """One run of the app."""
    respondent = urlsplit(st.context.url or "").path.rstrip("/").endswith("/respond")
    if not respondent:  # those who answer get style and icon with the page, not with each rerun
        st.set_page_config(page_title="Soundings", page_icon=str(look.ASSETS / "icon.png"), layout="wide")
        theme.style()
    who = identity.actor() if not respondent else None
    words = language.words()
    _ = words.translate
    respond = st.Page(SURVEY / "respond.py", title=_("Answer"), url_path="respond", visibility="hidden")
    # At /respond the start page is only named, so its file is not looked for at each rerun.
    home = st.Page(st.stop if respondent else SURVEY / "home.py", title=_("Start"), url_path="home", default=True)
    pages = [home, respond]
    if who is not None:
        for file, title, url, action in (
            (ANALYSIS / "overview.py", _("Overview"), "overview", Action.READ_PROTECTED_FIGURES),
            (ANALYSIS / "monitor.py", _("Replies"), "monitor", Action.READ_PROTECTED_FIGURES),
            (ANALYSIS / "review.py", _("Review"), "review", Action.REVIEW_REPLIES),
            (ANALYSIS / "explore.py", _("Questions"), "explore", Action.READ_PROTECTED_FIGURES),
            (ANALYSIS / "voices.py", _("Voices"), "voices", Action.READ_PROTECTED_FIGURES),
            (ANALYSIS / "recommend.py", _("Recommendations"), "recommend", Action.WRITE_FINDINGS),
            (ANALYSIS / "meet.py", _("Meeting"), "meet", Action.READ_PROTECTED_FIGURES),
            (ANALYSIS / "take_away.py", _("Take away"), "take-away", Action.READ_PROTECTED_FIGURES),
            (SURVEY / "prepare.py", _("Prepare"), "prepare", Action.TRANSLATE),
            (SURVEY / "collect.py", _("Collect"), "collect", Action.MANAGE_CONSULTATIONS),
            (SURVEY / "log.py", _("Log"), "log", Action.READ_LOG),
            (SURVEY / "people.py", _("People"), "people", Action.MANAGE_PEOPLE),
        ):
            if identity.may(who, action):
                pages.append(st.Page(file, title=title, url_path=url))
        if who.kind is ActorKind.PERSON:
            pages.append(st.Page(SURVEY / "my_account.py", title=_("My account"), url_path="my-account"))
    chosen = st.navigation(pages, position="hidden" if respondent else "top")
    if not respondent and chosen.url_path != "respond":
        with st.container(horizontal=True, horizontal_alignment="right", key="page-language"):
            language.offered_picker(dict(LANGUAGES), _("Language"))
    chosen.run()


main()
