"""What a meeting does not see of a card, and why, for those who see all of it."""

import html

import streamlit as st

from analysis import review
from analysis.charts import wording
from analysis.findings.card import Card
from analysis.findings.contents import mean_place, option_at
from analysis.opened_data import Filters
from analysis.review import HiddenFigure
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
    by_reason: dict[str, dict[str, list[str]]] = {}
    for each in found:
        by_part = by_reason.setdefault(each.reason, {})
        by_part.setdefault(_part(each, card), []).append(names.get(each.figure, each.figure))
    rows = "".join(
        f'<tr><th scope="row">{html.escape(_reason(reason, frame.words))}</th>'
        f"<td>{''.join(_line(part, figures) for part, figures in by_part.items())}</td></tr>"
        for reason, by_part in sorted(by_reason.items())
    )
    st.html(
        f'<div class="sd-table sd-wide"><table><thead><tr><th scope="col">{html.escape(_("Why it is hidden"))}</th>'
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
    names |= {mean_place(code): _("{item}: mean rank", item=label) for code, label in labels.items()}
    names |= {f"first {code}": _("{item}: put first", item=label) for code, label in labels.items()}
    return names | {
        option_at(number, row.code): _("{item}: place {number}", item=row.label, number=wording.count(number, words))
        for row in rows
        for number in range(2, len(row.places) + 1)
    }


def _part(each: HiddenFigure, card: Card) -> str:
    """The item and the group that a figure is of; "" for the whole card."""
    items = {item.name: item.label for item in card.items}
    columns = {column.code: column.label for column in card.columns}
    parts = (items.get(each.item, each.item), columns.get(each.column, each.column))
    return " · ".join(part for part in parts if part)


def _line(part: str, figures: list[str]) -> str:
    """The figures of one part, told once, as HTML."""
    heading = f"<strong>{html.escape(part)}</strong> · " if part else ""
    return f"<div>{heading}{html.escape('; '.join(figures))}</div>"


def _reason(reason: str, words: Words) -> str:
    _ = words.translate
    return {
        "small": _("few replies stand behind it"),
        "neighbour": _("a small one beside it could be worked out"),
        "earlier": _("together with what was shown before, a small group could be worked out"),
        "many": _(
            "there are more small groups than can be examined: choose fewer filters, wider ones, "
            "or a comparison of fewer groups"
        ),
    }[reason]
