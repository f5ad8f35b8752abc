"""The pages of the light form as HTML: its templates, and the languages that a page can be read in."""

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from survey import markup
from survey.channels import light_view
from survey.open_responses import OpenResponse
from survey.questionnaire import Questionnaire
from survey.translator import LANGUAGES, Words, direction, nearest
from survey.ui import look

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""These pages load nothing but one script of ours."""


def words_for(tag: str) -> Words:
    """The application's words for a language of the questionnaire."""
    return Words(nearest(tag, tuple(LANGUAGES)))


def languages_of(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """(tag, name) of each language of the questionnaire."""
    return [(language.tag, language.name) for language in questionnaire.languages]


def offered(wanted: str, questionnaire: Questionnaire, otherwise: str) -> str:
    """The tag of the questionnaire's language that is nearest to the wanted one, else to the other, else English."""
    tags = tuple(language.tag for language in questionnaire.languages)
    for tag in (wanted, otherwise):
        if tag and (found := nearest(tag, tags, fallback="")) in tags:
            return found
    return nearest("en", tags)


def in_language(opened: OpenResponse, wanted: str) -> OpenResponse:
    """The response in the wanted language of its questionnaire."""
    tags = {language.tag for language in opened.state.questionnaire.languages}
    if wanted in tags:
        opened.state.language = wanted
    return opened


def html(template: str, words: Words, tag: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page; `tag` is the language of what it shows, whose direction it has."""
    page = _TEMPLATES.get_template(f"{template}.html").render(
        _=words.translate,
        words=words,
        tag=tag,
        direction=direction(tag),
        style=_STYLE,
        script=_SCRIPT,
        sheet=_SHEET,
        **values,
    )
    return HTMLResponse(
        page,
        status_code=status,
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )


def _markdown(text: str) -> Markup:
    """A note as its author set it."""
    return Markup(markup.html_of(text))


_PLAIN = re.compile(r"[\w.-]+", re.ASCII)


def _quoted(value: str) -> str | Markup:
    """The value of an attribute; without quotation marks where HTML needs none, of which long lists have many."""
    return value if _PLAIN.fullmatch(value) else Markup('"') + escape(value) + Markup('"')


class _Kept:
    """Questions as they were drawn: the same choice among the same options gives the same text.

    Kept are those that are answered by a choice; nobody's own words are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._drawn: dict[tuple[object, ...], Markup] = {}

    def __call__(self, draw: Callable[..., Markup], field: light_view.Field, *around: object) -> Markup:
        """What `draw(field, ...)` gives; `around` is all else that it depends on."""
        if field.control not in _CHOSEN or field.other is not None:
            return draw(field)
        key = (field, *around)
        if (drawn := self._drawn.get(key)) is None:
            if len(self._drawn) >= self._most:
                self._drawn.clear()
            drawn = self._drawn[key] = draw(field)
        return drawn


_CHOSEN = frozenset({"radio", "boxes", "rank", "menu", "several", "tick", "note"})
_TEMPLATES = Environment(
    autoescape=True, loader=FileSystemLoader(Path(__file__).parent / "light"), trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters["markdown"] = _markdown
_TEMPLATES.filters["quoted"] = _quoted
_TEMPLATES.filters["direction"] = direction
_TEMPLATES.globals["kept"] = _Kept(4_000)
_STYLE = Markup((look.ASSETS / "light.css").read_text(encoding="utf-8"))
_SHEET = f"/{look.address('light.css')}"
_SCRIPT = f"/{look.address('light.js')}"
