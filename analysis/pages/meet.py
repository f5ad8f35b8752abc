"""Meeting: findings with their chart and recommendations, one at a time, for a projector; arrow keys go on and back."""

import base64
import html

import streamlit as st

from analysis import meetings, recommendations
from analysis.charts import choose, image, palette, wording
from analysis.recommendations import KeptFinding, Recommendation
from analysis.ui import cards, frame, keys
from survey.access import Action
from survey.ui import session, theme

here = frame.open_page("Meeting", Action.READ_PROTECTED_FIGURES, heading=False)
words = here.words
_ = words.translate
agenda = meetings.agenda(here.store, here.slug, actor=here.actor, language=words.language)
items = agenda.items
if not items:
    st.title(_("Meeting"), anchor=False)
    st.info(_("There is nothing to show yet. Keep findings and write recommendations first."))
    st.stop()
place = min(int(session.recall("meeting-place") or 0), len(items) - 1)


def go(steps: int) -> None:
    """Shows another item."""
    session.remember("meeting-place", max(0, min(len(items) - 1, place + steps)))


def finding(shown: KeptFinding) -> None:
    """A finding as a sentence with its chart, as large as the screen."""
    spec = choose.chart(shown.card, words, statement=shown.record.statement)
    if spec is None:
        st.html(f'<h1 class="sd-meeting" dir="auto">{html.escape(shown.record.statement)}</h1>')
        st.html(f'<div class="sd-meeting-sub">{html.escape(shown.card.label)}</div>')
        return
    st.html(f'<h1 class="sd-hidden">{html.escape(shown.record.statement)}</h1>')
    # A telephone shows its own; st.html takes out a <source>.
    drawings = {"sd-slide": image.svg(spec), "sd-narrow": image.narrow(spec)}
    st.html("".join(_picture(name, drawing, spec.alt) for name, drawing in drawings.items()))


def _picture(name: str, drawing: bytes, alt: str) -> str:
    seen = palette.picture_in_dark(drawing) if theme.is_dark() else drawing
    address = f"data:image/svg+xml;base64,{base64.b64encode(seen).decode()}"
    return f'<img class="{name}" src="{address}" alt="{html.escape(alt)}">'


def recommendation(shown: Recommendation) -> None:
    """A recommendation with addressee, level, challenge and what stands behind it."""
    record = shown.record
    st.html(f'<h1 class="sd-meeting" dir="auto">{html.escape(record.text)}</h1>')
    levels = recommendations.level_names(words)
    facts = [
        (_("To whom"), record.addressee),
        (_("Level"), levels.get(record.level, record.level)),
        (_("Challenge"), shown.challenge_label),
    ]
    st.html(
        '<dl class="sd-facts">'
        + "".join(f'<div><dt>{html.escape(k)}</dt><dd dir="auto">{html.escape(v)}</dd></div>' for k, v in facts if v)
        + "</dl>"
    )
    if shown.findings:
        st.html(
            '<ul class="sd-behind">'
            + "".join(f'<li dir="auto">{html.escape(found.record.statement)}</li>' for found in shown.findings)
            + "</ul>"
        )
    cards.quote_list(tuple(answer.quote for answer in shown.answers if answer.quote is not None)[:2], words)


keys.meeting(words)
item = items[place]
kind = _("Finding") if isinstance(item, KeptFinding) else _("Recommendation")
if isinstance(item, KeptFinding):
    finding(item)
else:
    recommendation(item)
with st.container(horizontal=True, key="meeting-keys"):
    st.button(_("Back"), key="meeting-back", on_click=go, args=(-1,), disabled=place == 0)
    st.button(_("Next"), key="meeting-next", on_click=go, args=(1,), disabled=place == len(items) - 1, type="primary")
    at = wording.figures_in_order(f"{words.number(place + 1)} / {words.number(len(items))}", words)
    st.html(f'<span class="sd-muted">{html.escape(kind)} · {at}</span>')
    told = _("Arrow keys go on and back; F shows it on the full screen.")
    st.html(f'<span class="sd-muted sd-keys">{html.escape(told)}</span>')
