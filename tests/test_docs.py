"""The documents say what is there: links, commands, settings, dependencies, the map of the modules."""

import re
import subprocess
import tomllib
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis.charts.spec import Form
from data.settings import Settings
from tests.browser import gallery

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "data/**/*.md", "tests/**/*.md") for path in ROOT.glob(pattern)
)
PACKAGES = ("survey", "analysis", "data")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
_COMMAND = re.compile(r"python -m ([a-z_.]+)(?: ([a-z][a-z-]*))?([^`\n]*)")
_PATH = re.compile(r"`((?:survey|analysis|data|tests|docs|\.streamlit|\.ci)/[\w./-]+|\w+\.(?:py|toml|lock|md))`")
_CALL = re.compile(r"`make ([a-z-]+)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as a repository's web page makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_every_relative_link_and_picture_is_there(document: Path) -> None:
    missing = []
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        if not found.exists() or (anchor and anchor not in anchors(found)):
            missing.append(target)
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_every_path_that_is_named_is_there(document: Path) -> None:
    named = _PATH.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists() and not (document.parent / name).exists()] == []


def commands() -> list[tuple[str, str, tuple[str, ...]]]:
    """(module, command, options) of every `python -m ...` in the documents."""
    found = set()
    for document in DOCUMENTS:
        for module, command, rest in _COMMAND.findall(document.read_text(encoding="utf-8")):
            found.add((module, command, tuple(sorted(set(re.findall(r"(?<!\w)--[a-z][a-z-]*", rest))))))
    return sorted(found)


@cache
def help_of(module: str, command: str) -> str:
    """What a command of one of our packages says about itself; "" when it does not exist."""
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("argparse.ArgumentParser._print_message", lambda _self, text, file=None: printed.append(text))
        with pytest.raises(SystemExit) as ended:
            import_module(f"{module}.__main__").main([*([command] if command else []), "--help"])
    return "".join(printed) if ended.value.code == 0 else ""


@pytest.mark.parametrize(("module", "command", "options"), commands(), ids=str)
def test_every_command_that_is_named_exists(module: str, command: str, options: tuple[str, ...]) -> None:
    if module in PACKAGES:
        said = help_of(module, command)
        assert said, f"python -m {module} {command}"
        assert [option for option in options if option not in said] == []
    else:
        assert find_spec(module) is not None


def test_every_command_stands_in_the_readme() -> None:
    for module in PACKAGES:
        names = re.search(r"\{([a-z,-]+)\}", help_of(module, ""))
        listed = names[1].split(",") if names else re.findall(r"^    ([a-z-]+) ", help_of(module, ""), re.MULTILINE)
        assert listed
        assert [name for name in listed if f"`python -m {module} {name}" not in read("README.md")] == []


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {name for document in DOCUMENTS for name in _CALL.findall(document.read_text(encoding="utf-8"))}
    assert named - targets == set()
    assert targets - named == set()


def test_every_setting_is_explained_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(SOUNDINGS_\w+)` \| (.+?) \|", read("docs/administrators.md"), re.MULTILINE))
    assert set(rows) == {f"SOUNDINGS_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default_factory is None and field.default != "":
            assert rows[f"SOUNDINGS_{name.upper()}"] == f"`{str(field.default).lower()}`"


def test_every_line_of_the_servers_configuration_has_its_reason() -> None:
    page = read("docs/administrators.md").partition("## How the server is set")[2]
    configuration = tomllib.loads(read(".streamlit/config.toml"))
    unexplained = [
        f"{section}.{name}"
        for section, values in configuration.items()
        for name in values
        if f"`{section}.{name}" not in page and (section != "theme" or f"`{name}" not in page)
    ]
    assert unexplained == []


def test_every_dependency_has_a_reason_and_no_other_has() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted = {re.split(r"[\[<>=~!; ]", name)[0] for name in named}
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| (.+?) \| (.+?) \|$", read("docs/decisions/0005-dependencies.md"), re.MULTILINE
    )
    assert {name for name, _, _ in rows if name not in ("dependency", "---")} == wanted


def test_the_gallery_is_what_its_scripts_make() -> None:
    folder = ROOT / "docs" / "gallery"
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert told == gallery.listed()
    assert set(re.findall(r"\]\(([^/()]+)\)", told)) == {each.name for each in folder.iterdir()} - {"README.md"}
    shown = {each.form for each in gallery.GALLERY}
    assert {*Form} - shown == {Form.SLOPE, Form.TILES, Form.OPINIONS}, "these stand among FURTHER"


def test_the_map_names_every_module_and_page() -> None:
    tree = read("docs/architecture.md")
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    modules = [Path(name) for name in listed.split() if name.endswith(".py")]
    left_out = ("data/demo", "data/migrations", "data/reference")
    missing = [
        module.as_posix()
        for module in modules
        if module.name != "__init__.py"
        and not module.as_posix().startswith(left_out)
        and not re.search(rf"\b{module.stem}\b" if module.parent.name == "pages" else rf"\b{module.name}", tree)
    ]
    assert missing == []
