"""The public page of results as HTML: one document without a script, that asks for nothing else."""

import base64
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analysis import recommendations
from analysis.charts import choose, inline, palette, wording
from analysis.findings import provenance
from analysis.findings.card import CardKind
from analysis.published import Publication, PublishedFinding, PublishedRecommendation, Said, kinds_of, said
from analysis.report.table import tabulate, written
from survey.translator import LANGUAGES, Words, direction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """A finding as the template writes it; `language` is that of its labels, `query` what was asked, for programs."""

    place: int
    statement: Said
    question: Said
    language: str
    query: str
    subtitle: str
    svg: Markup
    fluid: bool
    legend: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    kinds: tuple[str, ...]


def html(page: Publication, *, preview: bool = False) -> str:
    """The page; `preview` says that nobody else sees it, and keeps its links among previews."""
    words = Words(page.language)
    outcome = page.outcome
    return _TEMPLATE.render(
        _=words.translate,
        words=words,
        direction=direction,
        page=page,
        name=provenance.NAME,
        preview=preview,
        base=f"/results/{page.slug}" + ("/preview" if preview else ""),
        languages=tuple(LANGUAGES.items()),
        style=_STYLE,
        fictional=wording.fictional_mark(words),
        findings=[_finding(each, words) for each in page.findings],
        recommendations=[_recommendation(each, words) for each in page.recommendations],
        outcome=outcome and {"on": outcome.on, "link": outcome.link, "text": said(outcome.words, page.language, "en")},
    )


def _finding(found: PublishedFinding, words: Words) -> _Finding:
    card = found.card
    spec = choose.chart(card, words)
    table = None if card.kind is CardKind.TEXT else tabulate(card, words)
    notes = wording.note_lines(card, words, has_hidden=False) if spec is None else (spec.note,)
    return _Finding(
        place=found.place,
        statement=found.statement,
        question=Said(words=card.label, tag=card.language),
        language=card.language,
        query=provenance.of_card(card),
        subtitle=wording.base_line(card, words) if spec is None else replace(spec, question="").subtitle,
        svg=Markup(inline.svg(spec)) if spec is not None and inline.has_picture(spec) else Markup(""),
        fluid=spec is None or inline.is_fluid(spec),
        legend=() if spec is None else inline.legend(spec),
        heads=() if table is None else tuple(column.head for column in table.columns),
        rows=()
        if table is None
        else tuple(
            tuple(written(value, column.unit, words) for value, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ),
        notes=tuple(line for line in (*notes, wording.source_line(card.source, words)) if line),
        kinds=kinds_of(found),
    )


def _recommendation(found: PublishedRecommendation, words: Words) -> dict[str, object]:
    level = recommendations.level_names(words).get(found.level, found.level)
    facts = (found.addressee, level, found.challenge)
    quotes = [
        {
            "text": quote.text,
            "language": quote.language,
            "by": " · ".join(part for part in (quote.attribution, quote.region) if part),
        }
        for quote in found.quotes
    ]
    return {
        "text": found.text,
        "facts": " · ".join(fact for fact in facts if fact),
        "findings": found.findings,
        "quotes": quotes,
    }


_FOLDER = Path(__file__).parent / "results"
_TEMPLATE = Environment(
    autoescape=True, loader=FileSystemLoader(_FOLDER), trim_blocks=True, lstrip_blocks=True
).get_template("page.html")
_STYLE = Markup((_FOLDER / "page.css").read_text(encoding="utf-8") + palette.night_rules(".chart"))
POLICY = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The page loads nothing, and runs nothing."""
