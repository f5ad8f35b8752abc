"""What Office files hold, for the tests that compare them: charts, the workbooks inside, tables."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass(frozen=True)
class Chart:
    """A native chart: what its XML keeps, and what its workbook holds."""

    categories: list[str]
    series: list[tuple[str, list[float | None]]]
    workbook: list[list[Any]]

    @property
    def cache(self) -> list[list[Any]]:
        """The cache as rows of a workbook."""
        head = ["", *(name for name, _ in self.series)]
        rows = [
            [category, *("" if values[at] is None else values[at] for _, values in self.series)]
            for at, category in enumerate(self.categories)
        ]
        return rounded([head, *rows])


def rounded(rows: list[list[Any]]) -> list[list[Any]]:
    """Figures as far as a workbook keeps them, which has fifteen digits."""
    return [[round(value, 12) if isinstance(value, float) else value for value in row] for row in rows]


def charts(content: bytes, room: str) -> Iterator[Chart]:
    """The charts of a file in the order of their numbers; room  "ppt" or "word"."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{room}/charts/chart")]
        for name in sorted(names, key=lambda name: int("".join(filter(str.isdigit, name)))):
            root = ElementTree.fromstring(archive.read(name))
            folder, _, file = name.rpartition("/")
            relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/{file}.rels"))
            ((target),) = [each.get("Target") for each in relations if (each.get("Target") or "").endswith(".xlsx")]
            book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read(f"{room}/{str(target).removeprefix('../')}")))
            categories, series = _cache(root)
            rows = rounded(book.get_sheet_by_index(0).to_python())
            yield Chart(categories=categories, series=series, workbook=rows)


def caches(content: bytes, room: str) -> Iterator[tuple[list[str], list[tuple[str, list[float | None]]]]]:
    """Names and figures that the charts of a file keep, whether they have a workbook or not.

    A chart of x and y has no names; of each of its series the figures across come first, then those upwards, each up to
    the last that is there.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith(f"{room}/charts/chart") and name.endswith(".xml"):
                yield _cache(ElementTree.fromstring(archive.read(name)))


def _cache(root: ElementTree.Element) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    series = root.findall(f".//{C}ser")
    named = [
        (
            str(_points(each.find(f"{C}tx"))[0]),
            [None if value is None else float(value) for value in _figures(each)],
        )
        for each in series
    ]
    names = series[0].find(f"{C}cat") if series else None
    return [] if names is None else [str(name) for name in _points(names)], named


def _figures(series: ElementTree.Element) -> list[str | None]:
    values = series.find(f"{C}val")
    if values is not None:
        return _points(values)
    axes = [_points(series.find(f"{C}{tag}")) for tag in ("xVal", "yVal")]
    # LibreOffice makes all series as long as the longest.
    return [value for axis in axes for value in axis[: max(at for at, each in enumerate(axis) if each is not None) + 1]]


def _points(part: ElementTree.Element | None) -> list[str | None]:
    """The points of a cache, None where there is none."""
    assert part is not None
    count = part.find(f".//{C}ptCount")
    assert count is not None
    found: list[str | None] = [None] * int(count.get("val", "0"))
    for point in part.iter(f"{C}pt"):
        found[int(point.get("idx", "0"))] = point.findtext(f"{C}v")
    return found


def tables(content: bytes) -> list[list[list[str]]]:
    """The tables of a Word document, as rows of texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    return [
        [
            ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
            for row in table.iter(f"{W}tr")
        ]
        for table in body.iter(f"{W}tbl")
    ]
