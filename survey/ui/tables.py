"""Tables of the program's own, real ones in the reader's direction."""

import html
import re
from collections.abc import Sequence
from itertools import count

_SHORT = 28
"""Letters of a cell that may stand on one line: a figure, or one from here to there."""
_REFERENCE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]{4}){2,}")


def cards_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as HTML; on a narrow screen each row is a card whose cells carry their headings."""
    # The roles stay when a narrow screen lays the rows out in another way.
    head = "".join(f'<th role="columnheader">{html.escape(text)}</th>' for text in heads)
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell"{_whole(cell)} data-label="{html.escape(label)}">{html.escape(cell)}</td>'
            for label, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        '<div class="sd-table sd-tall sd-cards" tabindex="0"><table role="table">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


def plain_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as HTML; what is wider than the page is scrolled, and figures stand on one line each."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(map(_plain_cell, row, count())) + "</tr>" for row in rows)
    return f'<div class="sd-table sd-wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _plain_cell(cell: str, place: int) -> str:
    whole = ' class="sd-whole"' if place and len(cell) <= _SHORT else ""
    return f"<td{whole}>{html.escape(cell)}</td>"


def _whole(cell: str) -> str:
    """The class of a cell in which no line may end: that of a reference."""
    return ' class="sd-whole"' if _REFERENCE.fullmatch(cell) else ""
