"""Recommendations: findings that were kept, and recommendations written on them, in order."""

import html

import streamlit as st

from analysis import recommendations
from analysis.charts import wording
from analysis.opened_data import Filters
from analysis.recommendations import KeptFinding, Recommendation
from analysis.ui import cards, frame, public_page
from analysis.words import MESSAGES
from data.analysis_records import FindingRecord, RecommendationRecord
from data.errors import SoundingsError
from survey import markup
from survey.access import Action
from survey.policies import policies_of
from survey.ui import messages, session

here = frame.open_page("Recommendations", Action.WRITE_FINDINGS)
_ = here.words.translate
language = here.words.language
LEVELS = recommendations.level_names(here.words)
kept = recommendations.findings(here.store, here.slug, actor=here.actor, language=language)
written = recommendations.recommendations(here.store, here.slug, actor=here.actor, language=language)
challenges = {"": "–", **dict(recommendations.challenges(here.store, here.slug, actor=here.actor, language=language))}


def attempt(act: object, *args: object, **kwargs: object) -> bool:
    """Runs a use case; False after its error was shown."""
    try:
        act(*args, **kwargs)  # type: ignore[operator]
    except SoundingsError as error:
        messages.show(error, here.words, MESSAGES)
        return False
    return True


def move_buttons(kind: str, key: int, place: int, count: int) -> None:
    """Up and down, for a finding or a recommendation."""
    for label, steps, off in (("↑", -1, place == 0), ("↓", 1, place == count - 1)):
        name = _("Move up") if steps < 0 else _("Move down")
        if st.button(label, key=f"{kind}_{key}_{steps}", help=name, disabled=off) and attempt(
            recommendations.move, here.store, here.slug, kind, key, steps, actor=here.actor, now=frame.now()
        ):
            st.rerun()


def shown_revision(kind: str, record: FindingRecord | RecommendationRecord) -> int:
    """The revision that this page showed first, so that somebody else's later change is not overwritten unseen."""
    name = f"{kind}:{record.id}"
    if session.recall(name) is None:
        session.remember(name, record.revision)
    return int(session.recall(name))


def load_again(kind: str, key: int, prefix: str) -> None:
    """A button that takes somebody else's change over, where there is one."""

    def take_over() -> None:
        session.forget(f"{kind}:{key}")
        session.drop_widgets(prefix)

    st.button(_("Load it again"), key=f"again_{kind}_{key}", on_click=take_over)


def finding_box(found: KeptFinding, place: int) -> None:
    """One kept finding with what can be done to it."""
    record = found.record
    with st.container(border=True, key=f"kept_finding_{record.id}"):
        st.markdown(f"**{place + 1}.** {markup.plain(record.statement)}")
        note = here.words.plural(
            "Kept {moment} on {count} reply",
            "Kept {moment} on {count} replies",
            record.replies,
            moment=here.words.moment(record.created_at, policies_of(here.consultation).clock),
        )
        st.html(f'<div class="sd-muted">{html.escape(found.card.label)} · {html.escape(note)}</div>')
        with st.container(horizontal=True):
            move_buttons("findings", record.id, place, len(kept))
            with st.popover(_("Change"), key=f"reword_{record.id}"):
                statement = st.text_area(_("What can be said"), record.statement, key=f"words_{record.id}")
                if shown_revision("finding", record) != record.revision:
                    load_again("finding", record.id, f"words_{record.id}")
                if st.button(_("Save"), key=f"save_{record.id}", type="primary") and attempt(
                    recommendations.reword_finding,
                    here.store,
                    record.id,
                    statement or "",
                    revision=shown_revision("finding", record),
                    actor=here.actor,
                    now=frame.now(),
                ):
                    session.forget(f"finding:{record.id}")
                    st.rerun()
                if st.button(_("Remove this finding"), key=f"drop_{record.id}") and attempt(
                    recommendations.drop_finding, here.store, record.id, actor=here.actor, now=frame.now()
                ):
                    st.rerun()
            base = f"export/{here.slug}/finding/{record.id}"
            cards.show_files(found.card, base, f"lang={language}", here.words, key=f"finding_{record.id}")


def form(current: Recommendation | None) -> None:
    """The form of a new or a present recommendation."""
    record = None if current is None else current.record
    name = "new" if record is None else str(record.id)
    marked = [tuple(pair) for pair in session.recall("linked-answers") or []]
    linked = [] if record is None else list(record.answers)
    offered = list(dict.fromkeys([*linked, *marked]))
    with st.form(f"recommendation_{name}", clear_on_submit=record is None):
        text = st.text_area(
            _("Recommendation"), "" if record is None else record.text, height=110, key=f"rec_{name}_text"
        )
        addressee = st.text_input(
            _("To whom"), _("Member States") if record is None else record.addressee, key=f"rec_{name}_addressee"
        )
        level = st.radio(
            _("Level"),
            list(LEVELS),
            index=1 if record is None else list(LEVELS).index(record.level),
            format_func=LEVELS.__getitem__,
            horizontal=True,
            key=f"rec_{name}_level",
        )
        codes = list(challenges)
        challenge = st.selectbox(
            _("Challenge of the 2019 Declaration"),
            codes,
            index=codes.index(record.challenge) if record is not None and record.challenge in codes else 0,
            format_func=challenges.__getitem__,
            key=f"rec_{name}_challenge",
        )
        statements = {found.record.id: found.record.statement for found in kept}
        finding_ids = st.multiselect(
            _("Findings behind it"),
            list(statements),
            default=[] if record is None else [key for key in record.finding_ids if key in statements],
            format_func=statements.__getitem__,
            placeholder="",
            key=f"rec_{name}_findings",
        )
        answers = offered
        if offered:
            answers = st.multiselect(
                _("Answers behind it"), offered, default=linked or offered, format_func=_answer_label, placeholder=""
            )
        if st.form_submit_button(_("Save"), type="primary") and attempt(
            recommendations.write_recommendation,
            here.store,
            here.slug,
            text=text or "",
            addressee=addressee or "",
            level=level,
            challenge=challenge or "",
            finding_ids=finding_ids,
            answers=answers,
            actor=here.actor,
            now=frame.now(),
            recommendation_id=0 if record is None else record.id,
            revision=0 if record is None else shown_revision("recommendation", record),
        ):
            session.forget("linked-answers", f"recommendation:{name}")
            st.rerun()


def _answer_label(pair: tuple[int, str]) -> str:
    for part in ("recommendation", *recommendations.LEVELS):
        for quote in recommendations.asked_for(
            here.store, here.slug, part, actor=here.actor, language=language, filters=Filters()
        ):
            if (quote.response_id, quote.question) == tuple(pair):
                return f"{quote.text[:90]} ({wording.permission(quote.permission, here.words)})"
    return f"{pair[1]} {pair[0]}"


st.header(_("Findings"), anchor=False)
if not kept:
    st.info(_("No finding is kept yet. Open Questions and use “Keep a finding” at a card."))
for at, each in enumerate(kept):
    finding_box(each, at)
st.header(_("Recommendations"), anchor=False)
for at, each_written in enumerate(written):
    record = each_written.record
    with st.container(border=True, key=f"kept_recommendation_{record.id}"):
        st.markdown(f"**{at + 1}.** {markup.plain(record.text)}")
        facts = [record.addressee, LEVELS.get(record.level, record.level), each_written.challenge_label]
        st.html(f'<div class="sd-muted">{html.escape(" · ".join(fact for fact in facts if fact))}</div>')
        for found in each_written.findings:
            st.markdown(f"- {markup.plain(found.record.statement)}")
        cards.quote_list(tuple(answer.quote for answer in each_written.answers if answer.quote is not None), here.words)
        with st.container(horizontal=True):
            move_buttons("recommendations", record.id, at, len(written))
            with st.popover(_("Change"), key=f"change_{record.id}"):
                form(each_written)
                if shown_revision("recommendation", record) != record.revision:
                    load_again("recommendation", record.id, f"rec_{record.id}_")
                if st.button(_("Remove this recommendation"), key=f"remove_{record.id}") and attempt(
                    recommendations.drop_recommendation, here.store, record.id, actor=here.actor, now=frame.now()
                ):
                    st.rerun()
with st.expander(_("Write a recommendation"), expanded=not written, key="write-new"):
    form(None)
public_page.show(here, kept)
