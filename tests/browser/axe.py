"""axe-core in a page: what it finds against WCAG 2.0 to 2.2, levels A and AA."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One rule that one element breaks."""

    rule: str
    target: str
    html: str

    def __str__(self) -> str:
        """One line for a report."""
        return f"{self.rule}: {self.target}  {self.html}"


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, tags: tuple[str, ...] = TAGS) -> list[Violation]:
    """Every element that breaks a rule, sorted; the page's policy is not in the way, because nothing is loaded."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_script())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(tags)
    )
    return sorted(
        Violation(
            rule=rule["id"],
            target=" ".join(str(part) for part in node["target"]),
            html=node["html"][:200],
        )
        for rule in found["violations"]
        for node in rule["nodes"]
    )
