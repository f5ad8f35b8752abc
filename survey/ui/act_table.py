"""Entries of the log of acts as a table, with what each changed to be opened."""

import html
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from data.log_records import LogRecord
from survey.translator import Words
from survey.ui.act_words import act_words, actor_words, detail_words, field_words

Answers = Mapping[str, tuple[str, str, str]]
"""Question -> (its words, answer before, answer after)."""


def acts_table(entries: Sequence[LogRecord], answers: Mapping[int, Answers], words: Words, zone: tzinfo) -> str:
    """The table as HTML; on a narrow screen each entry is a card."""
    _ = words.translate
    heads, acts = (_("When"), _("Who"), _("Act"), _("Object"), _("Details")), act_words(words)
    rows = []
    for entry in entries:
        cells = (
            f'{html.escape(words.moment(entry.at, zone))} <span class="sd-muted">#{entry.id}</span>',
            f"<bdi>{html.escape(actor_words(entry.actor, words))}</bdi>",
            html.escape(acts.get(entry.action, entry.action)),
            f"<bdi>{html.escape(entry.subject)}</bdi>",
            _details(entry, answers.get(entry.id, {}), words),
        )
        marked = zip(heads, cells, strict=True)
        row = "".join(f'<td role="cell" data-label="{html.escape(head)}">{cell}</td>' for head, cell in marked)
        rows.append(f'<tr role="row">{row}</tr>')
    head = "".join(f'<th role="columnheader">{html.escape(text)}</th>' for text in heads)
    return (
        '<div class="sd-table sd-cards" tabindex="0"><table role="table"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
    )


def _details(entry: LogRecord, answers: Answers, words: Words) -> str:
    _, known = words.translate, detail_words(words)
    if entry.is_blanked:
        return html.escape(_("What it held was erased."))
    lines = [
        _difference(*(answers.get(name) or (_field(name, words), _shown(before, words), _shown(after, words))), words)
        for name, (before, after) in entry.changes.items()
    ]
    lines += [
        f"<li>{html.escape(known.get(name, name) + words.colon)}<bdi>{html.escape(_shown(value, words))}</bdi></li>"
        for name, value in entry.details.items()
        if value not in ("", [], {}, None)
    ]
    if not lines:
        return ""
    count = words.plural("{count} detail", "{count} details", len(lines))
    return f"<details><summary>{html.escape(count)}</summary><ul>{''.join(lines)}</ul></details>"


def _difference(name: str, before: str, after: str, words: Words) -> str:
    was = f"<del><bdi>{html.escape(before)}</bdi></del> " if before else ""
    empty = words.translate("empty")
    now = f"<ins><bdi>{html.escape(after)}</bdi></ins>" if after else f"<i>{html.escape(empty)}</i>"
    return f"<li><bdi>{html.escape(name)}</bdi>{html.escape(words.colon)}{was}{now}</li>"


def _shown(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words.translate("yes") if value else words.translate("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _field(name: str, words: Words) -> str:
    kind, _sign, tag = name.partition(" ")
    texts = {"title": words.translate("Title"), "words": words.translate("What became of the answers")}
    return f"{texts[kind]} ({words.language_name(tag)})" if kind in texts else field_words(words).get(name, name)
