"""The files with which an administrator starts several processes agree with each other and with the program."""

import re
import stat
import subprocess
from pathlib import Path

import pytest

from data.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
PROXY = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def service(name: str) -> str:
    """The lines of one service, with those that it takes over."""
    block = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert block is not None
    common = re.search(r"^x-app: &app\n((?:  .*\n)+)", COMPOSE, re.MULTILINE)
    return block[1] + (common[1] if common and "<<: *app" in block[1] else "")


def test_every_image_is_named_without_a_host() -> None:
    images = re.findall(r"^\s*image: (\S+)$", COMPOSE, re.MULTILINE) + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )
    assert len(images) == 4
    assert [name for name in images if not re.fullmatch(r"[a-z]+(:[\w.-]+)?", name)] == []


def test_every_setting_that_is_given_exists_and_proxies_are_counted() -> None:
    given = set(re.findall(r"^\s+(SOUNDINGS_\w+):", COMPOSE, re.MULTILINE)) | set(
        re.findall(r"^ENV (SOUNDINGS_\w+)=", DOCKERFILE, re.MULTILINE)
    )
    assert given - {f"SOUNDINGS_{name.upper()}" for name in Settings.model_fields} == set()
    assert 'SOUNDINGS_PROXIES: "1"' in service("app1")


def test_the_proxy_gets_every_value_that_its_file_names() -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", PROXY))
    assert wanted == set(re.findall(r"^\s+(PROXY_\w+):", service("proxy"), re.MULTILINE))
    assert "deploy/haproxy.cfg" in service("proxy")


def test_no_secret_stands_in_a_file_and_each_that_is_read_is_made(tmp_path: Path) -> None:
    files = re.findall(r"^    file: deploy/secrets/(\S+)$", COMPOSE, re.MULTILINE)
    subprocess.run(
        ["sh", str(ROOT / "deploy" / "prepare.sh"), "consult.example.org", str(tmp_path / "made")], check=True
    )
    made = tmp_path / "made"
    assert sorted(files) == sorted(path.name for path in made.iterdir())
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    address = (made / "soundings_database_url").read_text(encoding="utf-8")
    password = (made / "database_password").read_text(encoding="utf-8")
    assert Settings(database_url=address).database_shown == "postgresql://soundings:…@database/soundings"
    assert (len(password), password in address) == (48, True)
    assert Settings(contact_key=(made / "soundings_contact_key").read_text(encoding="utf-8")).contact_key
    first = {path.name: path.read_bytes() for path in made.iterdir()}
    subprocess.run(["sh", str(ROOT / "deploy" / "prepare.sh"), "consult.example.org", str(made)], check=True)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == first


@pytest.mark.parametrize("name", ["database", "app1", "app2", "proxy"])
def test_every_service_is_watched_and_starts_again(name: str) -> None:
    watched = "HEALTHCHECK" in DOCKERFILE if name.startswith("app") else "healthcheck:" in service(name)
    assert (watched, "restart: unless-stopped" in service(name)) == (True, True)


def test_no_process_starts_before_the_schema_is_there() -> None:
    assert "service_completed_successfully" in service("app1")
    assert '"-m", "data", "upgrade"' in service("upgrade")
    assert "service_healthy" in service("upgrade")
