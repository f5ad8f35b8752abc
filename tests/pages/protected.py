"""What may not stand in a protected table: a count from 0 to 4."""

import re

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_HEAD = re.compile(r"<th(?! scope=\"row\")[^>]*>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


def small_counts(markup: str) -> list[str]:
    """Rows of tables in which a figure (a cell after the first) is a bare number below 5; a net counts nobody."""
    found = []
    for table in re.findall(r"<table>(.*?)</table>", markup, re.DOTALL):
        heads = _HEAD.findall(table)[1:]
        for row in _ROW.findall(table):
            cells = _CELL.findall(row)
            figures = cells if '<th scope="row">' in row else cells[1:]
            nets = [head.strip().startswith("Net,") for head in heads[: len(figures)]] or [False] * len(figures)
            if any(re.fullmatch(r"[0-4]", cell.strip()) for cell, net in zip(figures, nets, strict=True) if not net):
                found.append(row)
    return found
