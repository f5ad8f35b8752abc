"""What may not lie in the repository: addresses of package registries, paths of machines, unlocked packages."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REGISTRY = re.compile(r"https?://[^\s/]*(?:pypi|pythonhosted|npmjs|artifact|nexus|devpi)[^\s]*|--(?:extra-)?index-url")
MACHINE = re.compile(r"(?<![\w.)])(?:/r[o]ot/|/home/[a-z]|/Users/[A-Za-z]|/w[o]rk/(?!\.)|[A-Z]:\\Users\\(?!me\b))")
WATCHERS = {Path("tests/test_repository.py")}
"""The test that names what it looks for."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content and path not in WATCHERS:
            found[path] = content.decode("utf-8")
    return found


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert places(REGISTRY) == []


def test_no_file_names_a_place_on_a_machine() -> None:
    assert places(MACHINE) == []


@pytest.mark.parametrize(
    "line", ["--index-url https://x", "see https://pypi.example/simple", "https://files.pythonhosted.example/a.whl"]
)
def test_an_address_of_a_registry_would_be_found(line: str) -> None:
    assert REGISTRY.search(line) is not None


@pytest.mark.parametrize("line", ["open('/home/ana/form.xlsx')", "/".join(("", "root", ".venv")), "C:\\Users\\Ana\\x"])
def test_a_place_on_a_machine_would_be_found(line: str) -> None:
    assert MACHINE.search(line) is not None


def test_every_locked_package_has_a_version_and_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    joined = lock.replace("\\\n", " ")
    packages = [line for line in joined.splitlines() if line and not line.startswith(("#", " "))]
    pinned = re.compile(
        r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+( ;[^-]*(-[^-]+)*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*"
    )
    assert [line[:80] for line in packages if not pinned.fullmatch(line)] == []
    assert (len(packages) > 40, re.findall(r"https?://|@ ", lock)) == (True, [])


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~! ;]", each)[0].lower() for each in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert names - set(re.findall(r"^([a-z0-9._-]+)", lock, flags=re.MULTILINE)) == set()
