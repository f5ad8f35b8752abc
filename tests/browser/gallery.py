"""The pictures of docs/gallery: `python -m tests.browser.gallery [FOLDER]`, no browser needed.

The demo is loaded into a new database; every form of chart is drawn from its figures as a meeting may see them, in
English and in Arabic, and README.md names each with what it is for.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from analysis import overview, recommendations, review, snapshots, waves
from analysis.charts import image
from analysis.charts.choose import chart
from analysis.charts.description import form_name
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from data.records import ResponseStatus
from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import OPERATOR
from survey.translator import Words
from tests.analysis.batteries import two_camps_published

ROOT = Path(__file__).parents[2]
NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
HALFWAY = datetime(2026, 12, 1, 12, tzinfo=UTC)
LANGUAGES = ("en", "ar")
COLOURS = 64
WIDEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture: the form, and of which question of the demo, compared by what."""

    form: Form
    question: str
    by: str = ""


GALLERY = (
    Shown(form=Form.BARS, question="fields"),
    Shown(form=Form.INTERVALS, question="barriers"),
    Shown(form=Form.COLUMNS, question="confidence"),
    Shown(form=Form.STACKED, question="m_serv"),
    Shown(form=Form.DIVERGING, question="m_serv"),
    Shown(form=Form.RANKS, question="invest_rank"),
    Shown(form=Form.STACKED, question="invest_rank"),
    Shown(form=Form.GROUPED, question="funding", by="work_level"),
    Shown(form=Form.MULTIPLES, question="work_level", by="region"),
    Shown(form=Form.HEAT_MAP, question="work_level", by="region"),
    Shown(form=Form.DUMBBELL, question="work_level", by="region"),
    Shown(form=Form.TABLE, question="work_level", by="region"),
    Shown(form=Form.SCATTER, question="m_serv"),
    Shown(form=Form.UPSET, question="fields"),
)
FURTHER = {
    "opinion-groups-views": "Groups of opinion",
    "slope-barriers": "Slope chart",
    "timeline": "Replies over time",
    "coverage": "Replies of those who were invited",
    "countries": "Map of squares",
}
"""Charts that are of no question of the demonstration alone: their files, and what README.md calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """A picture of a page."""

    name: str
    width: int
    language: str
    scheme: str

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"page-{self.name}-{self.width}-{self.language}-{self.scheme}.webp"


ADDRESSES = {
    "overview": "overview",
    "questions": "explore?section=s3",
    "replies": "monitor",
    "report": "report",
    "take-away": "take-away",
    "meeting": "meet",
    "results": f"results/{demo.SLUG}",
}
"""The pages of dashboards and reports: what is opened, without the language."""
TITLES = {"take-away": "Take away", "results": "Published results"}
WIDTHS = {1280: "on a desk", 768: "on a tablet", 390: "on a telephone"}
SCHEMES = {"light": "by day", "dark": "by night"}
TONGUES = {"en": "English", "ar": "Arabic"}
PAGES = tuple(
    ShownPage(name=name, width=width, language=language, scheme=scheme)
    for name in ADDRESSES
    for width in WIDTHS
    for language in TONGUES
    for scheme in SCHEMES
)


def main(arguments: list[str]) -> int:
    """The pictures and their list lie in the folder, docs/gallery unless another is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.gallery")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "gallery")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Settings(database_url=f"sqlite:///{Path(place) / 'soundings.db'}"), migrate=True)
        try:
            demo.load(store, actor=OPERATOR, now=NOW)
            two_camps_published(store)
            recommendations.keep_groups(store, "views", "views", "Two camps speak.", actor=OPERATOR, now=NOW)
            for language in LANGUAGES:
                for name, spec in drawn(store, Words(language)):
                    (folder / f"{name}-{language}.png").write_bytes(_small(spec))
        finally:
            store.close()
    (folder / "README.md").write_text(listed(), encoding="utf-8")
    return 0


def drawn(store: Store, words: Words) -> Iterator[tuple[str, ChartSpec]]:
    """Every chart of the gallery with the name of its file."""
    for shown in GALLERY:
        card = review.drawn_card(
            store,
            demo.SLUG,
            shown.question,
            shown.form,
            actor=OPERATOR,
            audience=Audience.MEETING,
            language=words.language,
            filters=Filters(),
            now=NOW,
            by=shown.by,
        )
        spec = chart(card, words, form=shown.form)
        assert spec is not None
        yield _file(shown), spec
    yield "opinion-groups-views", _camps(store, words)
    drawn_slope = waves.slope(
        store, two_states(store), "barriers", actor=OPERATOR, audience=Audience.MEETING, words=words, now=NOW
    )
    yield "slope-barriers", drawn_slope.spec
    for name in ("timeline", "coverage", "countries"):
        yield name, overview.picture(store, demo.SLUG, name, actor=OPERATOR, words=words, now=NOW)


def _camps(store: Store, words: Words) -> ChartSpec:
    """Two groups of opinion of an invented battery, kept once; those of the demonstration are one."""
    found = recommendations.findings(store, "views", actor=OPERATOR, language=words.language)
    spec = chart(found[0].card, words, form=Form.OPINIONS)
    assert spec is not None
    return spec


def two_states(store: Store) -> tuple[waves.Wave, waves.Wave]:
    """The state when half of the replies were there, and that of all; frozen once."""
    if not snapshots.listed(store, demo.SLUG, actor=OPERATOR):
        with store.read() as kept:
            replies = kept.responses(kept.consultation(demo.SLUG).id)
        for status, moment in ((ResponseStatus.WITHDRAWN, HALFWAY), (ResponseStatus.SUBMITTED, NOW)):
            with store.write() as kept:
                for each in replies[len(replies) // 2 :]:
                    revision = kept.response(each.id).revision
                    kept.save_response(each.id, expected_revision=revision, status=status, updated_at=moment)
            snapshots.take(store, demo.SLUG, actor=OPERATOR, now=moment)
    found = snapshots.listed(store, demo.SLUG, actor=OPERATOR)
    after, before = (waves.Wave(slug=demo.SLUG, snapshot=each.sha256) for each in found)
    return before, after


def listed() -> str:
    """README.md: each form with both pictures."""
    words = Words("en")
    parts = [
        "# Gallery",
        "Every form of chart, drawn from the invented consultation as a meeting may see it: small counts are hidden. "
        "Made by `python -m tests.browser.gallery`; which chart is for what stands in "
        "[report-writers.md](../report-writers.md#which-chart).",
    ]
    names = [(form_name(shown.form, words), _file(shown)) for shown in GALLERY]
    for title, name in (*names, *((title, name) for name, title in FURTHER.items())):
        parts += [f"## {title}" if f"## {title}" not in parts else f"## {title}, of a ranking"]
        parts += [f"![{title}, in English]({name}-en.png)", f"![{title}, in Arabic]({name}-ar.png)"]
    parts += [
        "## Pages",
        "Each in three widths, two languages, by day and by night. Made by `python -m tests.browser.gallery_pages`, "
        "which needs Chromium.",
    ]
    for name in ADDRESSES:
        title = TITLES.get(name, name.capitalize())
        parts += [f"### {title}"]
        for width, place in WIDTHS.items():
            shown = [page for page in PAGES if (page.name, page.width) == (name, width)]
            parts += [
                f"![{title} {place}, in {TONGUES[page.language]}, {SCHEMES[page.scheme]}]({page.file})"
                for page in shown
            ]
    return "\n\n".join(parts) + "\n"


def _file(shown: Shown) -> str:
    return f"{shown.form}-{shown.question}".replace("_", "-")


def _small(spec: ChartSpec) -> bytes:
    """The picture with few colours, no wider than a page shows it."""
    found = Image.open(io.BytesIO(image.png(spec, scale=1))).convert("RGB")
    if found.width > WIDEST:
        found = found.resize((WIDEST, round(found.height * WIDEST / found.width)), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    found.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(target, "png", optimize=True)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
