"""Voices: what respondents themselves recommended and would do, by challenge and level, with search."""

import html

import streamlit as st

from analysis import opened_data, recommendations
from analysis.charts import wording
from analysis.disclosure import policy
from analysis.findings.card import Quote
from analysis.ui import cards, filters, frame
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey.access import Action
from survey.ui import messages, session

SHOWN = 20

here = frame.open_page("Voices", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
language = here.words.language
chosen = filters.bar(here)
parts = {
    "recommendation": _("Recommendations to Member States"),
    "local": _("Actions at the local level"),
    "national": _("Actions at the national level"),
    "regional": _("Actions at the regional level"),
    "international": _("Actions at the international level"),
}
challenges = recommendations.challenges(here.store, here.slug, actor=here.actor, language=language)
names = {"": _("all challenges"), **dict(challenges)}
left, middle, right = st.columns(3)
with left:
    part = st.selectbox(_("What"), list(parts), format_func=parts.__getitem__, key="voices-part")
with middle:
    challenge = st.selectbox(_("Challenge"), list(names), format_func=names.__getitem__, key="voices-challenge")
with right:
    search = st.text_input(_("Search"), key="voices-search")


def asked(of_part: str, of_challenge: str, words: str) -> tuple[Quote, ...]:
    """What this reader may read of one part and challenge."""
    return recommendations.asked_for(
        here.store,
        here.slug,
        of_part,
        actor=here.actor,
        language=language,
        filters=chosen,
        challenge=of_challenge,
        search=words,
    )


rules = policy(opened_data.screen_audience(here.actor, here.slug))
try:
    found = asked(part, challenge, search or "")
    with st.expander(_("How many, by challenge and level")):
        head = "".join(f'<th scope="col">{html.escape(label)}</th>' for label in ["", *parts.values()])
        rows = "".join(
            f'<tr><th scope="row">{html.escape(names[code])}</th>'
            + "".join(
                f"<td>{html.escape(wording.count(rules.count(len(asked(each, code, search or ''))), here.words))}</td>"
                for each in parts
            )
            + "</tr>"
            for code in names
        )
        st.html(f'<div class="sd-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>')
except SoundingsError as error:
    messages.show(error, here.words, MESSAGES)
    st.stop()
st.html(
    f'<div class="sd-muted">{html.escape(here.words.plural("{count} answer", "{count} answers", len(found)))}</div>'
)
place = f"voices:{part}:{challenge}:{search}"
shown = int(session.recall(place) or SHOWN)
writing = recommendations.may_write(here.actor, here.slug)
linked: list[list[object]] = list(session.recall("linked-answers") or [])
if linked:
    text = here.words.plural(
        "{count} answer is marked. Use it under Recommendations.",
        "{count} answers are marked. Use them under Recommendations.",
        len(linked),
    )
    st.info(text)
for quote in found[:shown]:
    text_column, mark_column = st.columns([6, 1], vertical_alignment="center", gap="small")
    with text_column:
        st.html(f'<div class="sd-quotes">{cards.quote_html(quote, here.words)}</div>')
    if writing:
        pair: list[object] = [quote.response_id, quote.question]
        is_linked = pair in linked
        label = _("Marked") if is_linked else _("Mark")
        key = f"mark_{quote.response_id}_{quote.question}"
        help_text = _("Press again to take the mark away") if is_linked else _("Mark this answer for a recommendation")
        with mark_column:
            if st.button(label, key=key, help=help_text, type="primary" if is_linked else "secondary", width="stretch"):
                others = [each for each in linked if each != pair]
                session.remember("linked-answers", others if is_linked else [*linked, pair])
                st.rerun()
if len(found) > shown and st.button(_("Show more"), key="voices-more"):
    session.remember(place, shown + 3 * SHOWN)
    st.rerun()
