"""How every page looks, as files: style sheets, icon, icon font, scripts, and the addresses of all."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "survey" / "ui" / "assets"
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


def address(name: str) -> str:
    """Where a page finds a file of ours; a changed one has another address, so a browser may keep it."""
    return f"look/{name}?v={hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]}"


STYLE = (ASSETS / "style.css").read_text(encoding="utf-8")
STYLE_ADDRESS = address("style.css")
