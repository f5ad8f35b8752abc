"""How every page looks: the style sheet, the header with the language menu, the mark on fictional data."""

import streamlit as st

from data.records import ConsultationRecord
from survey.translator import Words

_STYLE = """
<style>
:root { --ink: #111; --muted: #4a4a4a; --accent: #0b5c7a; --line: #767676; --soft: #f2f5f7; --warn: #8a4b00; }
[data-testid=stMainBlockContainer] { padding-top: 2.25rem; padding-bottom: 4rem; max-width: 60rem; }
.st-key-wide [data-testid=stMainBlockContainer], .wide [data-testid=stMainBlockContainer] { max-width: 84rem; }
[data-testid=stHeader] { background: transparent; }
[data-testid=InputInstructions] { display: none; }
h1 { font-size: 1.7rem !important; line-height: 1.25 !important; padding: .3rem 0 .6rem !important; }
h2 { font-size: 1.3rem !important; padding: .8rem 0 .3rem !important; }
h3 { font-size: 1.1rem !important; padding: .4rem 0 .2rem !important; }
[data-testid=stWidgetLabel] p { font-size: 1.02rem; font-weight: 600; line-height: 1.4; color: var(--ink); }
.stRadio [role=radiogroup] p, .stCheckbox p { font-size: 1rem; font-weight: 400; }
.stRadio [role=radiogroup] > label { min-height: 28px; }
[data-testid=stRadioOption] > div:first-child, .stRadio [role=radiogroup] > label > div:first-child { border-color: #767676; }
button { min-height: 2.6rem; }
.sd-fictional { border: 1px solid var(--warn); border-inline-start-width: 6px; color: #5a3100; background: #fff8ee;
  padding: .45rem .8rem; border-radius: 4px; font-size: .95rem; margin: .2rem 0 .8rem; }
.sd-label { font-size: 1.02rem; font-weight: 600; line-height: 1.4; margin: .4rem 0 .2rem; }
.sd-hint { color: var(--muted); font-size: .95rem; margin: -.35rem 0 .35rem; line-height: 1.4; }
.sd-issue { color: #a1121f; font-size: .97rem; font-weight: 600; margin: 0 0 .6rem; border-inline-start: 4px solid #a1121f;
  padding-inline-start: .6rem; }
.sd-progress { margin: .2rem 0 1rem; }
.sd-progress .bar { height: 8px; background: #dfe5e9; border-radius: 4px; overflow: hidden; }
.sd-progress .bar > div { height: 100%; background: var(--accent); border-radius: 4px; }
.sd-progress .words { font-size: .92rem; color: var(--muted); margin-bottom: .25rem; }
.sd-code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 1.25rem; letter-spacing: .08em; direction: ltr;
  unicode-bidi: isolate; font-weight: 700; white-space: nowrap; }
.sd-link { overflow-wrap: anywhere; direction: ltr; unicode-bidi: isolate; }
.sd-box { border: 1px solid #c5ccd1; border-radius: 6px; padding: .8rem 1rem; background: var(--soft); margin: .4rem 0 .8rem; }
.sd-buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
.sd-button { border: 1px solid var(--accent); color: var(--accent); background: #fff; border-radius: 4px; padding: .55rem 1rem;
  font: inherit; cursor: pointer; min-height: 44px; }
.sd-button:hover { background: var(--soft); }
.sd-answer { white-space: pre-line; overflow-wrap: anywhere; margin: 0 0 .4rem; }
.sd-muted { color: var(--muted); font-size: .92rem; }
.sd-saved { color: var(--muted); font-size: .9rem; min-height: 1.3rem; }
[dir=rtl] [data-testid=stHeading], [dir=rtl] [data-testid=stMarkdown], [dir=rtl] [data-testid=stHeading] *,
[dir=rtl] [data-testid=stMarkdown] *, [dir=rtl] [data-testid=stWidgetLabel] * { text-align: start; }
[dir=rtl] input, [dir=rtl] textarea { text-align: start; }
[class*=st-key-battery_] { gap: 0 !important; }
[class*=st-key-battery_] .stRadio { width: 100% !important; border-top: 1px solid #c9d0d4; padding: .45rem 0; }
[class*=st-key-battery_] .stRadio > div, [class*=st-key-battery_] .stElementContainer { width: 100% !important; }
[class*=st-key-battery_] .stRadio [role=radiogroup] { gap: .2rem .9rem; flex-wrap: wrap; }
.sd-scale { display: none; }
@media (min-width: 700px) {
  [class*=st-key-battery_] .stRadio { display: grid !important; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); align-items: center; }
  [class*=st-key-battery_] .stRadio [data-testid=stWidgetLabel] { margin: 0; padding-inline-end: 1rem; }
  [class*=st-key-battery_] .stRadio [data-testid=stWidgetLabel] p { font-weight: 400; font-size: 1rem; }
  [class*=st-key-battery_] .stRadio [role=radiogroup] { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 0; }
  [class*=st-key-battery_] .stRadio [role=radiogroup] > label { justify-content: center; margin: 0; padding: .35rem 0; }
  [class*=st-key-battery_] .stRadio [role=radiogroup] > label [data-testid=stMarkdownContainer] {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .sd-scale { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
  .sd-scale > div { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); }
  .sd-scale span { text-align: center !important; font-size: .9rem; line-height: 1.2; padding: 0 .15rem .35rem; align-self: end; }
}
@media (max-width: 640px) {
  [data-testid=stMainBlockContainer] { padding-left: 1rem; padding-right: 1rem; padding-top: 1.5rem; }
  h1 { font-size: 1.4rem !important; }
}
@media print { [data-testid=stHeader], [data-testid=stToolbar], button { display: none !important; } }
</style>
"""


def style() -> None:
    """The style sheet; once per run, before anything else."""
    st.html(_STYLE)


def fictional_mark(consultation: ConsultationRecord, words: Words) -> None:
    """Says that nothing here is real, wherever that is so."""
    if consultation.fictional:
        words_shown = words.translate("Demonstration: organisations, people and answers shown here are invented.")
        st.html(f'<div class="sd-fictional" role="note">{words_shown}</div>')


def consultation_title(consultation: ConsultationRecord, words: Words) -> str:
    """The title of a consultation in the reader's language."""
    title = consultation.title
    return title.get(words.language) or title.get("en") or next(iter(title.values()), consultation.slug)
