"""All charts of a view in one zip, handed over piece by piece while they are drawn.

In it: each card in the chosen formats, an index page that shows them, and a README that says what they are and which
could not be drawn, and why.
"""

import html
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from analysis.charts import choose, wording
from analysis.charts.spec import ChartSpec, Words
from analysis.data_files import readme
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.report.formats import ChartFormat, Look
from data.errors import SoundingsError

WORKERS = 2
"""Charts are set outside of Python's lock, so a second processor helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What became of one card or picture: files by their name in the zip, and why others are missing."""

    label: str
    spec: ChartSpec | None
    files: tuple[tuple[str, bytes], ...]
    missing: tuple[tuple[str, SoundingsError], ...]


def pieces(
    cards: Sequence[Card],
    words: Words,
    kinds: Sequence[ChartFormat],
    look: Look,
    *,
    explain: Callable[[SoundingsError], str],
    picked: bool = False,
    pictures: Sequence[tuple[str, ChartSpec]] = (),
) -> Iterator[bytes]:
    """The zip, piece by piece; what cannot be drawn is named in it, and why.

    explain  an error in the reader's language
    cards     one at least
    picked    the cards are of chosen questions, which the query then names
    pictures  of who answered, with their names; they come first
    """
    sink, first = _Sink(), cards[0]
    moment = first.source.as_of.timetuple()[:6]
    kept: list[_Made] = []
    with (
        ThreadPoolExecutor(WORKERS) as workers,
        zipfile.ZipFile(sink, "w") as archive,
    ):

        def add(name: str, content: bytes) -> None:
            packed = zipfile.ZIP_STORED if name.endswith((".png", ".xlsx")) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, moment), content, packed)

        waiting: list[Future[_Made]] = [
            *(workers.submit(_picture, name, spec, words, kinds, look) for name, spec in pictures),
            *(workers.submit(_make, card, number, words, kinds, look) for number, card in enumerate(cards, start=1)),
        ]
        try:
            for each in waiting:
                made = each.result()
                for name, content in made.files:
                    add(name, content)
                kept.append(
                    _Made(
                        label=made.label,
                        spec=made.spec,
                        files=tuple((n, b"") for n, _ in made.files),
                        missing=made.missing,
                    )
                )
                yield sink.taken()
        finally:
            for each in waiting:  # the reader went away
                each.cancel()
        query = provenance.of_cards(cards, picked=picked)
        add("index.html", _index(first, kept, words, explain, query))
        add(readme.NAME, _readme(first, kept, words, explain, query))
    yield sink.taken()


def _make(card: Card, number: int, words: Words, kinds: Sequence[ChartFormat], look: Look) -> _Made:
    spec = choose.chart_to_take_away(card, words)
    by = f"-by-{card.by}" if card.by else ""
    stem = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in f"{card.question}{by}"
    )
    makers = [(kind, partial(kind.make, card, words, look)) for kind in kinds if spec is not None or not kind.drawn]
    return _made(card.label, spec, f"{number:02d}-{stem[:80]}", makers)


def _picture(name: str, spec: ChartSpec, words: Words, kinds: Sequence[ChartFormat], look: Look) -> _Made:
    makers = [(kind, partial(kind.make_picture, spec, words, look)) for kind in kinds if kind.make_picture is not None]
    return _made(spec.title, spec, f"00-{name}", makers)


def _made(
    label: str, spec: ChartSpec | None, stem: str, makers: Sequence[tuple[ChartFormat, Callable[[], bytes]]]
) -> _Made:
    files: list[tuple[str, bytes]] = []
    missing: list[tuple[str, SoundingsError]] = []
    for kind, make in makers:
        name = f"{kind.extension.lstrip('.')}/{stem}{kind.extension}"
        try:
            files.append((name, make()))
        except SoundingsError as error:
            missing.append((name, error))
    return _Made(label=label, spec=spec, files=tuple(files), missing=tuple(missing))


def _index(
    first: Card, made: Sequence[_Made], words: Words, explain: Callable[[SoundingsError], str], query: str
) -> bytes:
    """A page that shows every chart with its files; it asks for nothing from elsewhere."""
    title, source = first.source.title, wording.source_line(first.source, words)
    parts = []
    for each in made:
        picture = next((name for name, _ in each.files if name.endswith((".png", ".svg"))), "")
        drawn = (
            f'<img src="{html.escape(picture)}" alt="{html.escape(each.spec.alt)}" loading="lazy">'
            if picture and each.spec
            else ""
        )
        links = " ".join(
            f'<a href="{html.escape(name)}">{html.escape(name.rpartition(".")[2].upper())}</a>'
            for name, _ in each.files
        )
        told = "".join(f"<p>{html.escape(f'{name}{words.colon}{explain(error)}')}</p>" for name, error in each.missing)
        parts.append(f"<section><h2>{html.escape(each.label)}</h2>{drawn}{told}<p>{links}</p></section>")
    return (
        f'<!doctype html>\n<html lang="{words.language}" dir="{words.direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="{provenance.NAME}" content="{html.escape(query)}">'
        f"<title>{html.escape(title)}</title><style>body{{margin:2rem auto;max-width:62rem;padding:0 1rem;"
        "font-family:'Noto Sans','Segoe UI',Arial,sans-serif}img{max-width:100%;height:auto;border:1px solid #d9d9d9}"
        f"section{{margin:2rem 0}}</style></head>\n<body><main><h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(source)}</p>{''.join(parts)}</main></body></html>\n"
    ).encode()


def _readme(
    first: Card, made: Sequence[_Made], words: Words, explain: Callable[[SoundingsError], str], query: str
) -> bytes:
    """What is in the zip, from when, how to read it, and what is missing."""
    _ = words.translate
    lines = [first.source.title, wording.source_line(first.source, words), ""]
    fictional = wording.fictional_mark(words) if first.source.fictional else ""
    lines += [mark for mark in (wording.internal_mark(first.audience, words), fictional) if mark]
    lines += [
        _("index.html shows every chart with its files."),
        _("{mark}: not shown, to protect small groups.", mark=wording.hidden(words)),
        "",
        *(name for each in made for name, _content in each.files),
    ]
    missing = [f"{name}{words.colon}{explain(error)}" for each in made for name, error in each.missing]
    if missing:
        lines += ["", _("Missing:"), *missing]
    lines += ["", f"{_('Query')}{words.colon}{query}"]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


class _Sink(io.RawIOBase):
    """Where the archive is written to; what was written can be taken from it at any time."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        self._held += content
        return len(content)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        content = bytes(self._held)
        self._held.clear()
        return content
