"""The words of a report on the screen: texts with their numbers marked, problems, kinds of items."""

import html
from collections.abc import Iterable

from analysis import reports
from analysis.report.outline import ItemKind
from analysis.report.tokens import Filled, What
from survey.translator import Words


def kind_name(kind: ItemKind, words: Words) -> str:
    """What an item is."""
    return {
        ItemKind.HEADING: words.translate("Heading"),
        ItemKind.TEXT: words.translate("Text"),
        ItemKind.PICTURE: words.translate("Who answered"),
        ItemKind.CHART: words.translate("Chart"),
        ItemKind.FINDING: words.translate("Finding"),
        ItemKind.QUOTES: words.translate("Quotes"),
        ItemKind.RECOMMENDATIONS: words.translate("Recommendations"),
    }[kind]


def figure_name(what: What, words: Words) -> str:
    """Which figure a token shows."""
    return {
        What.SHARE: words.translate("Share"),
        What.COUNT: words.translate("Count"),
        What.N: words.translate("n: how many answered"),
        What.REPLIES: words.translate("Replies in view"),
        What.NET: words.translate("Net value"),
        What.MEAN: words.translate("Mean"),
        What.MEDIAN: words.translate("Median"),
        What.RANK: words.translate("Mean rank"),
        What.FIRST: words.translate("Share that put it first"),
        What.HIGHEST: words.translate("Group with the highest share"),
        What.LOWEST: words.translate("Group with the lowest share"),
    }[what]


def marked(filled: Filled, direction: str) -> str:
    """The text as HTML, its numbers marked, those with a problem in another way; empty lines part paragraphs."""
    parts = []
    for piece in filled.pieces:
        words = html.escape(piece.text)
        if piece.token:
            kind = "sd-number sd-wrong" if piece.problem else "sd-number"
            parts.append(f'<mark class="{kind}" title="{html.escape(piece.token)}"><bdi>{words}</bdi></mark>')
        else:
            parts.append(words)
    return f'<div class="sd-words" dir="{direction}">{"".join(parts)}</div>'


def problem_list(found: Iterable[reports.Problem], words: Words) -> str:
    """Every problem as a line of a list, as HTML."""
    lines = "".join(f"<li>{html.escape(reports.problem_line(each, words))}</li>" for each in found)
    return f'<ul class="sd-problems">{lines}</ul>' if lines else ""
