"""What a meeting does not see of a card, and why, for those who see all of it."""

import html

import streamlit as st

from analysis import review
from analysis.charts import wording
from analysis.findings.card import Card
from analysis.review import Filters, HiddenFigure
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey.translator import Words
from survey.ui import messages


def show_unseen(card: Card, frame: Frame, filters: Filters) -> None:
    """A box to tick, and behind it each reason with the figures that are hidden for it."""
    _ = frame.words.translate
    if not st.checkbox(_("What a meeting does not see"), key=f"unseen_{card.question}"):
        return
    try:
        found = review.hidden_figures(
            frame.store, frame.slug, card.question, actor=frame.actor, filters=filters, by=card.by, now=now()
        )
    except SoundingsError as error:
        messages.show(error, frame.words, MESSAGES)
        return
    if not found:
        st.markdown(_("A meeting sees every figure of this table."))
        return
    names = _names(card, frame.words)
    by_reason: dict[str, list[str]] = {}
    for each in found:
        by_reason.setdefault(each.reason, []).append(_name(each, card, names))
    rows = "".join(
        f'<tr><th scope="row">{html.escape(_reason(reason, frame.words))}</th>'
        f"<td>{html.escape('; '.join(figures))}</td></tr>"
        for reason, figures in sorted(by_reason.items())
    )
    st.html(
        f'<div class="sd-table"><table><thead><tr><th scope="col">{html.escape(_("Why it is hidden"))}</th>'
        f'<th scope="col">{html.escape(_("Figures"))}</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _names(card: Card, words: Words) -> dict[str, str]:
    _ = words.translate
    rows = [*card.rows, *(row for item in card.items for row in item.rows)]
    labels = {row.code: row.label for row in rows}
    names = {
        "replies": _("number of replies"),
        "answered": _("n, the valid answers"),
        "mean": _("mean"),
        "median": _("median"),
        "net": _("net value"),
    }
    names |= {f"?{cause}": wording.cause(cause, words) for cause in wording.CAUSES}
    names |= {f"={code}": label for code, label in labels.items()}
    names |= {f"chosen {code}": label for code, label in labels.items()}
    return names | {f"first {code}": _("{item}: put first", item=label) for code, label in labels.items()}


def _name(each: HiddenFigure, card: Card, names: dict[str, str]) -> str:
    items = {item.name: item.label for item in card.items}
    columns = {column.code: column.label for column in card.columns}
    parts = (
        items.get(each.item, each.item),
        columns.get(each.column, each.column),
        names.get(each.figure, each.figure),
    )
    return " · ".join(part for part in parts if part)


def _reason(reason: str, words: Words) -> str:
    _ = words.translate
    return {
        "small": _("few replies stand behind it"),
        "neighbour": _("a small one beside it could be worked out"),
        "earlier": _("together with what was shown before, a small group could be worked out"),
    }[reason]
