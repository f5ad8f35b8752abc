"""Review: replies that somebody should look at, what was decided on them, and what the results are with and without."""

import html

import streamlit as st

from analysis import inventory, quality
from analysis.ui import filters, flags, frame
from analysis.words import MESSAGES
from data.analysis_records import Decision, Flag
from data.errors import SoundingsError
from survey.access import Action
from survey.ui import identity, messages

here = frame.open_page("Review", Action.REVIEW_REPLIES)
_ = here.words.translate
words = here.words
if not identity.may(here.actor, Action.READ_CONTACTS, here.slug):
    st.warning(_("Please sign in with an account that may see this page."))
    st.stop()
told = _(
    "A flag is a proposal: nobody is excluded until a person says so, with a reason. What is excluded counts in no "
    "figure, stays where it is, and can be taken back at any time. Every decision stands in the log."
)
st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
names = flags.flag_words(words)
overview = st.container()
flag = Flag(
    st.radio(_("Look at"), list(Flag), format_func=names.__getitem__, horizontal=True, key="flag") or Flag.CAMPAIGN
)
st.html(f"<p>{html.escape(flags.explained(flag, words))}</p>")
thresholds = flags.threshold_inputs(flag, words)
try:
    found = quality.flagged(here.store, here.slug, actor=here.actor, language=words.language, thresholds=thresholds)
except SoundingsError as error:
    messages.show(error, words, MESSAGES)
    st.stop()
tiles = "".join(
    f'<div class="sd-tile"><b>{html.escape(words.number(count))}</b><span>{html.escape(label)}</span></div>'
    for label, count in (
        (f"{names[each]} · {_('not decided')}", sum(one.standing is Decision.OPEN for one in found.flagged[each]))
        for each in Flag
    )
)
replies = words.plural("{count} reply", "{count} replies", found.replies)
totals = f"{replies} · {_('excluded: {count}', count=words.number(found.excluded))}"
overview.html(f'<div class="sd-tiles">{tiles}</div>')
overview.html(f'<div class="sd-muted">{html.escape(totals)}</div>')
st.header(names[flag], anchor=False)
if flag is Flag.CONTRADICTION:
    flags.show_rules(here, found)
flags.show_flagged(here, found, flag)
st.header(_("Results with and without"), anchor=False)
questions = dict(quality.comparable_questions(here.store, here.slug, actor=here.actor, language=words.language))
if questions:
    variables = inventory.filter_variables(here.store, here.slug, actor=here.actor, language=words.language)
    question = st.selectbox(
        _("Question"),
        list(questions),
        index=filters.after_respondents(list(questions), variables),
        format_func=questions.__getitem__,
        key="compared",
    )
    what = st.radio(
        _("Leave out"),
        ["excluded", "proposed"],
        index=0 if found.excluded else 1,  # while nothing is excluded, that column would tell nothing
        format_func={
            "excluded": _("what was excluded"),
            "proposed": _("what was excluded, and what is flagged and not decided"),
        }.__getitem__,
        key="left_out",
    )
    shown = quality.with_and_without(
        here.store,
        here.slug,
        question or next(iter(questions)),
        actor=here.actor,
        language=words.language,
        proposed=what == "proposed",
        thresholds=thresholds,
    )
    st.html(flags.comparison_table(shown, words))
    inner = _("Internal figures: not for publication. Bold: another figure than that of all replies.")
    st.html(f'<div class="sd-muted">{html.escape(inner)}</div>')
