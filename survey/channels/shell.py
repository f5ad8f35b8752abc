"""The page in which Streamlit starts: its own index page with the reader's language, a title, and a way round.

A screen reader speaks it in the right language, and without scripts, or while they load, it says what to do. It names
beforehand the scripts that the page will ask for, and no font, because pages are set in the fonts of the device.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from data.errors import SoundingsError
from survey import asking, consultations
from survey.channels.requests import Site, words_of
from survey.translator import Words
from survey.ui import look

STAFF_PAGES = (
    "home",
    "overview",
    "monitor",
    "review",
    "explore",
    "voices",
    "recommend",
    "meet",
    "take-away",
    "report",
    "prepare",
    "collect",
    "people",
    "my-account",
    "log",
)
"""Addresses of the other pages, as in `survey/ui/navigation.py`."""
WHERE = "window.__streamlit={BACKEND_BASE_URL:new URL('./',location.href).href}"
"""Tells Streamlit that its server is beside the page and not below it, which it would find out by two requests more. A
Streamlit that does not know this asks as before."""
_PRELOAD = re.compile(r'<link rel="modulepreload" crossorigin href="\./[^"]+">\s*')
_PRELOADED = re.compile(r'<link rel="modulepreload" crossorigin href="\./([^"]+)">')
_LARGE_BYTES = 20_000
_WIDGETS = "../lib/src/components/"
START_PARTS = (
    "elements/Html/Html.tsx",
    "widgets/BidiComponent/BidiComponent.tsx",
    "widgets/Button/Button.tsx",
    "widgets/TextInput/TextInput.tsx",
)
"""What the first page of a respondent shows, as Streamlit's manifest names it."""
SECTION_PARTS = (
    *START_PARTS,
    "widgets/Selectbox/Selectbox.tsx",
    "widgets/Radio/Radio.tsx",
    "widgets/Checkbox/Checkbox.tsx",
    "widgets/TextArea/TextArea.tsx",
)
"""What most sections show."""


def routes(site: Site, index_page: Path) -> list[Route]:
    """/respond and /respond/SLUG, which leads there, and the staff's pages.

    index_page  Streamlit's own index.html, beside which its manifest lies.
    """

    async def respond(request: Request) -> Response:
        slug = request.query_params.get("c", "")
        words = words_of(request)
        title, known = "Soundings", ""
        try:
            consultation = await run_in_threadpool(consultations.find, site.store(), slug)
            title = asking.title_of(consultation, words)
            known = consultation.slug
        except SoundingsError:
            pass  # the page itself says what is wrong
        personal = {name: request.query_params.get(name, "") for name in ("r", "i")}
        parts = SECTION_PARTS if personal["r"] else START_PARTS
        page = shell(index_page, title, words, slug=known, parts=parts)
        page = _with_code(page, known, {**personal, "lang": request.query_params.get("lang", "")})
        return _answer(page)

    async def short(request: Request) -> Response:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "c"]
        return RedirectResponse(f"../respond?{urlencode([('c', request.path_params['slug']), *kept])}", 307)

    async def staff(request: Request) -> Response:
        return _answer(shell(index_page, "Soundings", words_of(request)))

    return [
        Route("/respond", respond, methods=["GET"]),
        Route("/respond/{slug}", short, methods=["GET"]),
        Route("/", staff, methods=["GET"]),
        *(Route(f"/{name}", staff, methods=["GET"]) for name in STAFF_PAGES),
    ]


def _answer(text: str) -> Response:
    # The page holds no answers, but its address may hold a personal code: no browser keeps it under that.
    return HTMLResponse(text, headers={"Cache-Control": "no-store", "Vary": "Accept-Language"})


def _simple(slug: str) -> str:
    return f'href="./f/{quote(slug, safe="")}"'


def _with_code(page: str, slug: str, query: Mapping[str, str]) -> str:
    """The page whose way round leads to the same response, in the same language.

    This is done to each answer and not in `shell`, whose pages are remembered: no code of a person is among them.
    """
    given = urlencode({name: value for name, value in query.items() if value})
    if not slug or not given:
        return page
    plain = _simple(slug)
    return page.replace(plain, html.escape(f"{plain[:-1]}?{given}", quote=False) + '"')


@lru_cache(maxsize=256)
def shell(index_page: Path, title: str, words: Words, *, slug: str = "", parts: tuple[str, ...] = ()) -> str:
    """The index page for one reader.

    slug   of the consultation, whose light form is linked; "" links to none.
    parts  kinds of widgets whose scripts are fetched at once, not only when the first of them is shown.
    """
    index = index_page.read_text(encoding="utf-8")
    need = words.translate("This page needs JavaScript. Please allow it, or write to the secretariat.")
    if slug:
        need = words.translate("The full version needs JavaScript. The simple version works without it.")
    noscript = f"<noscript><p>{html.escape(need)}</p></noscript>"
    wait = html.escape(words.translate("Loading…"))
    simple = ""
    if slug:
        name = html.escape(words.translate("Simple version without JavaScript"))
        simple = f"<p><a {_simple(slug)}>{name}</a></p>"
    index = index.replace("<head>", '<head><meta name="color-scheme" content="light dark">', 1)
    index = re.sub(r"<html[^>]*>", f'<html lang="{words.language}" dir="{words.direction}">', index, count=1)
    index = re.sub(
        r"<title>.*?</title>", lambda _: f"<title>{html.escape(title)}</title>", index, count=1, flags=re.DOTALL
    )
    index = re.sub(r"<noscript>.*?</noscript>", lambda _: noscript, index, count=1, flags=re.DOTALL)
    index = re.sub(r"<link\b(?=[^>]*\bas=\"font\")[^>]*>", "", index)
    first = tuple(_PRELOADED.findall(index))
    then = tuple(file for file in scripts_of(index_page.parent / "manifest.json", parts) if file not in index)
    ahead = _links(index_page.parent, first) + _links(index_page.parent, then, ' fetchpriority="low"')
    index = _PRELOAD.sub("", index)
    index = index.replace("</head>", f"{ahead}<script>{WHERE}</script>\n</head>", 1)
    waiting = f'<div id="root"><main style="font-family:sans-serif;padding:2rem"><p>{wait}</p>{simple}</main></div>'
    # After Streamlit's own style sheets, so that of two equally exact rules ours holds.
    style = f'<link rel="stylesheet" href="./{look.STYLE_ADDRESS}" />'
    return index.replace('<div id="root"></div>', waiting + style)


def _links(folder: Path, files: tuple[str, ...], more: str = "") -> str:
    """Links to files in an order in which large and small ones run out together: a browser fetches six at a time, the
    large ones fill the line, and the small ones, which only wait, do so meanwhile."""
    sizes = {file: (folder / file).stat().st_size for file in files if (folder / file).is_file()}
    large = sorted((file for file in sizes if sizes[file] >= _LARGE_BYTES), key=lambda file: -sizes[file])
    small = [file for file in sizes if sizes[file] < _LARGE_BYTES]
    turns = [(number / len(small), file) for number, file in enumerate(small)]
    total, sent = sum(sizes[file] for file in large), 0
    for file in large:
        turns.append((sent / total, file))
        sent += sizes[file]
    turns.sort(key=lambda turn: turn[0])
    return "".join(f'<link rel="modulepreload" crossorigin{more} href="./{file}">\n' for _, file in turns)


def scripts_of(manifest: Path, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The files that these parts of Streamlit need, in the order of their need; what it does not know is left out."""
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    if not isinstance(entries, dict):
        return ()
    found: dict[str, None] = {}
    waiting = [_WIDGETS + part for part in parts]
    seen = set()
    while waiting:
        name = waiting.pop(0)
        entry = entries.get(name)
        if name in seen or not isinstance(entry, dict):
            continue
        seen.add(name)
        if str(entry.get("file", "")).endswith(".js"):
            found[entry["file"]] = None
        waiting.extend(entry.get("imports", ()))
    return tuple(found)
