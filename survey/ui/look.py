"""How every page looks, as files: style sheets, icon, icon font, scripts, and the addresses of all."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "survey" / "ui" / "assets"
_COMMENT = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)
_SCRIPT = "text/javascript; charset=utf-8"
FILES = {
    "style.css": "text/css; charset=utf-8",
    "icon.png": "image/png",
    "icons.woff2": "font/woff2",
    "light.css": "text/css; charset=utf-8",
    "light.js": _SCRIPT,
    "shell.js": _SCRIPT,
    "keeper.js": _SCRIPT,
    "ranking.js": _SCRIPT,
    "place.js": _SCRIPT,
    "upload.js": _SCRIPT,
}
"""What is served under /look, with its type."""


def content(name: str) -> bytes:
    """A file as it is served: a script without the lines that are a comment, a fifth of what goes over a thin line."""
    held = (ASSETS / name).read_bytes()
    return _COMMENT.sub(b"", held) if FILES[name] == _SCRIPT else held


def address(name: str) -> str:
    """Where a page finds a file of ours; a changed one has another address, so a browser may keep it."""
    return f"look/{name}?v={hashlib.sha256(content(name)).hexdigest()[:12]}"


STYLE = (ASSETS / "style.css").read_text(encoding="utf-8")
STYLE_ADDRESS = address("style.css")
