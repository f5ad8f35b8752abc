"""Parts of the page Review: the flags, what speaks for each, and what was decided, in words."""

import html
from collections.abc import Mapping, Sequence
from datetime import tzinfo

import streamlit as st

from analysis import quality
from analysis.charts import wording
from analysis.findings.exclusions import Comparison
from analysis.flags.batteries import StraightLine
from analysis.flags.contradictions import Contradiction
from analysis.flags.speeding import Fast
from analysis.quality import Copied, Evidence, FlaggedReply, Review, Thresholds
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.analysis_records import Decision, Flag
from survey.access import Action
from survey.duplicates import Likeness, SameOrganisation
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import identity, messages
from survey.ui.act_words import actor_words
from survey.ui.tables import cards_table

SHOWN = 200
"""Rows on the page; more would make it slow, and those that are decided make room."""
QUOTED = 80
"""Signs of an open answer that are shown."""


_FORMATS = {"speed": "%.1f", "nearly": "%.0f", "likeness": "%.0f"}


def flag_words(words: Words) -> Mapping[Flag, str]:
    """What the flags are called."""
    _ = words.translate
    return {
        Flag.STRAIGHT_LINING: _("Straight-lining"),
        Flag.SPEEDING: _("Speeding"),
        Flag.DUPLICATE: _("Same organisation twice"),
        Flag.CAMPAIGN: _("Copied answers"),
        Flag.CONTRADICTION: _("Contradictory answers"),
    }


def explained(flag: Flag, words: Words) -> str:
    """What a flag looks at, and what it does not mean."""
    _ = words.translate
    return {
        Flag.STRAIGHT_LINING: _(
            "The same point of the scale for every item that was answered of a battery. It can be meant: look at the "
            "battery."
        ),
        Flag.SPEEDING: _(
            "The speed index is the mean over sections of the usual time divided by the own time; 2 is twice as fast "
            "as usual. Answers that were brought in, and those of an anonymous consultation, have no times."
        ),
        Flag.DUPLICATE: _(
            "By link or contact list, name, e-mail address for contact, the same words in another language or script, "
            "an acronym, or nearly the same spelling. Two replies of one organisation can both be meant."
        ),
        Flag.CAMPAIGN: _(
            "Open answers in nearly the same words. Whoever takes over a text may mean it: the robustness of findings "
            "says what changes without them."
        ),
        Flag.CONTRADICTION: _(
            "“None of these” chosen together with other answers (the choice named none), and the rules below, which "
            "editors state in the language of the questionnaire."
        ),
    }[flag]


def decision_words(decision: Decision, words: Words) -> str:
    """What a decision is called."""
    _ = words.translate
    return {
        Decision.EXCLUDED: _("excluded"),
        Decision.KEPT: _("kept"),
        Decision.OPEN: _("not decided"),
    }[decision]


def threshold_inputs(flag: Flag, words: Words) -> Thresholds:
    """The thresholds as they stand in the fields of the page; only those of this flag are shown."""
    _ = words.translate
    fields: dict[Flag, tuple[tuple[str, str, float], ...]] = {
        Flag.STRAIGHT_LINING: (("items", _("Items with the same point, at least"), 1),),
        Flag.SPEEDING: (("speed", _("Speed index, at least"), 0.1),),
        Flag.DUPLICATE: (("nearly", _("Likeness of two names in percent, at least"), 1.0),),
        Flag.CAMPAIGN: (
            ("likeness", _("Likeness of two answers in percent, at least"), 1.0),
            ("copies", _("Replies that are alike, at least"), 1),
        ),
        Flag.CONTRADICTION: (),
    }
    chosen: dict[str, float] = {}
    with st.container(horizontal=True):
        for name, label, step in fields[flag]:
            low, high = quality.bounds()[name]
            usual = getattr(quality.USUAL, name)
            kind = type(usual)
            typed = st.number_input(
                label,
                kind(low),
                kind(high),
                usual,
                kind(step),
                key=f"threshold_{name}",
                width=340,
                format=_FORMATS.get(name),
            )
            chosen[name] = usual if typed is None else typed
    return Thresholds(**chosen)  # type: ignore[arg-type]


def show_flagged(here: Frame, found: Review, flag: Flag) -> None:
    """The replies under a flag, and the form that decides on them."""
    words = here.words
    _ = words.translate
    rows = found.flagged[flag]
    if not rows:
        st.html(f'<div class="sd-muted">{html.escape(_("No reply is flagged."))}</div>')
        return
    clock = policies_of(here.consultation).clock
    heads = (_("Reference"), _("Sent"), _("Organisation, as it was typed"), _("Why"), _("Decision"))
    st.html(
        cards_table(
            heads,
            [
                (
                    each.reference,
                    words.moment(each.submitted_at, clock),
                    _apart(each.organisation or "–"),
                    " · ".join(evidence_words(one, found, words) for one in each.evidence) or _("not flagged any more"),
                    _decided(each, words, clock),
                )
                for each in rows[:SHOWN]
            ],
        )
    )
    if len(rows) > SHOWN:
        told = _("The first {shown} of {count} are shown.", shown=words.number(SHOWN), count=words.number(len(rows)))
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    _decide(here, flag, rows)


def evidence_words(evidence: Evidence, found: Review, words: Words) -> str:
    """What speaks for a flag, in words."""
    _ = words.translate
    match evidence:
        case StraightLine():
            return _(
                "{battery}: “{point}” for every item ({count})",
                battery=_asked(evidence.battery, found),
                point=found.points.get((evidence.battery, evidence.point), evidence.point),
                count=words.number(evidence.items),
            )
        case Fast():
            return _(
                "speed index {index}; minutes: {minutes}, usual: {usual}; sections: {sections}",
                index=words.number(evidence.index, 1),
                minutes=words.number(evidence.seconds / 60, 1),
                sections=words.number(evidence.sections),
                usual=words.number(evidence.usual_seconds / 60, 1),
            )
        case SameOrganisation():
            reasons = _(", ").join(_likeness(reason, words) for reason in evidence.reasons)
            return f"{_replies(len(evidence.responses), words)}{words.colon}{reasons}"
        case Copied():
            text = evidence.text if len(evidence.text) <= QUOTED else f"{evidence.text[:QUOTED].rstrip()}…"
            like = _(
                "{question}: {percent} % like “{text}”",
                question=_asked(evidence.question, found),
                percent=words.number(evidence.likeness),
                text=text,
            )
            return f"{like} ({_replies(evidence.replies, words)})"
        case Contradiction():
            if evidence.rule:
                return _apart(evidence.rule)
            asked = _asked(evidence.question, found)
            if evidence.cause:
                return _("{question}: {cause}, and others", question=asked, cause=wording.cause(evidence.cause, words))
            return _("{question}: none of these, and others", question=asked)


def _asked(name: str, found: Review) -> str:
    """The label of a question, to be followed by a colon."""
    return found.labels.get(name, name).rstrip(" \u00a0\u202f.?？؟:：")


def _replies(count: int, words: Words) -> str:
    return words.plural("{count} reply", "{count} replies", count)


def _likeness(reason: Likeness, words: Words) -> str:
    _ = words.translate
    return {
        Likeness.INVITED: _("the same organisation of the contact list"),
        Likeness.NAME: _("the same name"),
        Likeness.ADDRESS: _("the same e-mail address"),
        Likeness.MEANING: _("the same words in another language or order"),
        Likeness.ACRONYM: _("an acronym of the other name"),
        Likeness.SPELLING: _("nearly the same name"),
    }[reason]


def _apart(text: str) -> str:
    """What somebody typed, in a direction of its own."""
    return f"\u2068{text}\u2069"


def _decided(each: FlaggedReply, words: Words, zone: tzinfo) -> str:
    _ = words.translate
    if each.decision is None:
        return decision_words(Decision.OPEN, words)
    told = [
        decision_words(each.standing, words),
        _apart(actor_words(each.decision.decided_by, words)),
        words.moment(each.decision.decided_at, zone),
        _apart(each.decision.reason),
    ]
    if each.is_changed:
        told.append(_("the reply was changed since"))
    return " · ".join(told)


def _decide(here: Frame, flag: Flag, rows: Sequence[FlaggedReply]) -> None:
    _ = here.words.translate
    by_key = {each.response_id: each for each in rows}
    with st.form(f"decide_{flag}"):
        chosen = st.multiselect(
            _("Replies"),
            list(by_key),
            format_func=lambda key: " · ".join(
                part
                for part in (
                    by_key[key].reference,
                    by_key[key].organisation,
                    decision_words(by_key[key].standing, here.words),
                )
                if part
            ),
            key=f"decide_replies_{flag}",
            placeholder=_("Choose"),
        )
        decision = st.radio(
            _("Decision"),
            [Decision.EXCLUDED, Decision.KEPT, Decision.OPEN],
            format_func={
                Decision.EXCLUDED: _("Exclude: counts in no figure"),
                Decision.KEPT: _("Keep: it is meant"),
                Decision.OPEN: _("Take the decision back"),
            }.__getitem__,
            horizontal=True,
            key=f"decide_decision_{flag}",
        )
        told = _("Write no names into the reason: it stands in the log.")
        reason = st.text_input(_("Reason"), key=f"decide_reason_{flag}", max_chars=quality.REASON_LIMIT, help=told)
        if st.form_submit_button(_("Decide"), type="primary"):
            with messages.explained(here.words, MESSAGES):
                quality.decide_replies(
                    here.store,
                    here.slug,
                    flag,
                    [(key, by_key[key].revision) for key in chosen],
                    Decision(decision or Decision.OPEN),
                    reason or "",
                    actor=here.actor,
                    now=now(),
                )
                st.rerun()


def show_rules(here: Frame, found: Review) -> None:
    """The editors' rules, and for editors the form that states one."""
    _ = here.words.translate
    may_edit = identity.may(here.actor, Action.EDIT_QUESTIONNAIRE, here.slug)
    for rule in found.rules:
        with st.container(horizontal=True, vertical_alignment="center"):
            broken = (
                f" – {_('cannot be computed with the present questionnaire')}" if rule.name in found.unreadable else ""
            )
            st.html(
                f"<div><b>{html.escape(rule.name)}</b><br>"
                f'<code dir="ltr">{html.escape(rule.expression)}</code>{html.escape(broken)}</div>'
            )
            if may_edit and st.button(_("Remove"), key=f"drop_rule_{rule.id}"):
                with messages.explained(here.words, MESSAGES):
                    quality.drop_rule(here.store, here.slug, rule.id, actor=here.actor, now=now())
                    st.rerun()
    if not may_edit:
        return
    with st.expander(_("State a rule")), st.form("rule", clear_on_submit=False):
        name = st.text_input(_("Name of the rule"), max_chars=quality.NAME_LIMIT, key="rule_name")
        expression = st.text_area(
            _("True when answers contradict each other"),
            placeholder="${budget} = 'none' and ${staff} > 20",
            max_chars=quality.EXPRESSION_LIMIT,
            key="rule_expression",
        )
        if st.form_submit_button(_("Save")):
            with messages.explained(here.words, MESSAGES):
                quality.state_rule(here.store, here.slug, name or "", expression or "", actor=here.actor, now=now())
                st.rerun()


def comparison_table(found: Comparison, words: Words) -> str:
    """The results with and without, as HTML; a figure that differs from that of all replies is bold."""
    _ = words.translate
    names = flag_words(words)
    heads = [_("Without: {flag}", flag=names[each.flag]) for each in found.columns if each.flag is not None]
    heads = [_("All replies"), *heads, _("Without all of them")]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in ("", *heads))
    rows = [
        (_("Left out"), [words.number(each.left_out) for each in found.columns]),
        ("n", [words.number(each.answered) for each in found.columns]),
    ]
    body = "".join(_row(label, cells, [False] * len(cells)) for label, cells in rows)
    for place, line in enumerate(found.lines):
        written = [_figure(each.figures[place], line.unit, words) for each in found.columns]
        label = line.label or (_("Net value") if line.unit == "net" else _("Mean"))
        if line.unit == "rank":
            label = _("{item}: mean rank", item=label)
        body += _row(label, written, [text != written[0] for text in written])
    return (
        f'<div class="sd-table" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(label: str, cells: Sequence[str], differs: Sequence[bool]) -> str:
    written = "".join(
        f"<td>{f'<b>{html.escape(cell)}</b>' if bold else html.escape(cell)}</td>"
        for cell, bold in zip(cells, differs, strict=True)
    )
    return f'<tr><th scope="row">{html.escape(label)}</th>{written}</tr>'


def _figure(value: float | None, unit: str, words: Words) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return wording.exact_share(value, words)
    return wording.figures_in_order(words.number(100 * value if unit == "net" else value, 1), words)
