"""How every page looks, as files and the addresses under which they are served: style sheet, icon, icon font."""

import hashlib
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
STYLE = (ASSETS / "style.css").read_text(encoding="utf-8")
STYLE_ADDRESS = f"look/style.css?v={hashlib.sha256(STYLE.encode()).hexdigest()[:12]}"
"""Where a page finds the style sheet; a changed one has another address, so a browser may keep it."""
FILES = {"style.css": "text/css; charset=utf-8", "icon.png": "image/png", "icons.woff2": "font/woff2"}
"""What is served under /look, with its type."""
