"""The record of processing activities says what the settings and the rules say, and names what nobody stated."""

from pathlib import Path

import pytest

from data.errors import NotAllowed
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, processing_record
from survey.__main__ import main
from survey.access import ANONYMOUS, OPERATOR
from survey.translator import LANGUAGES, Words
from tests.small import NOW, REPORT_WRITER, SECRETARIAT, SLUG

STATED = {
    "controller": "UNODC <Vienna>",
    "controller_contact": "privacy@unodc.example",
    "recipients": "Hosting GmbH",
    "public_url": "https://consult.example",
}


def stated(settings: Settings) -> Settings:
    return settings.model_copy(update=STATED)


def test_everything_that_article_30_asks_for_is_there(small: Store, settings: Settings) -> None:
    typed = {"keep_contacts_months": "6", "keep_drafts_months": "1"}
    consultation_rules.set_policies(small, SLUG, typed, actor=SECRETARIAT, now=NOW)
    found = processing_record.record(small, stated(settings), words=Words("en"), actor=OPERATOR, now=NOW)
    controller = dict(found.controller)
    assert controller["Controller"] == "UNODC <Vienna>"
    assert controller["Data protection officer"] == "Not stated: set SOUNDINGS_DATA_PROTECTION_OFFICER"
    assert "AES-256-GCM" in controller["Security measures"] and "TLS" in controller["Security measures"]
    activity, accounts = found.activities
    rows = dict(activity.rows)
    assert set(rows) == {"Purpose", "Legal basis", "Data subjects", "Categories of data", "Recipients", "Retention"}
    assert rows["Legal basis"] == "Consent, whose text is kept with each response"
    assert "Hosting GmbH" in rows["Recipients"]
    assert rows["Retention"].splitlines()[1:4] == [
        "Contact data, addresses on the contact list and in mails: 6 months after closing",
        "Drafts that were never sent: 1 month after closing",
        "Answers and files: Never: there is no rule",
    ]
    assert accounts.title == "Accounts of staff"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_is_in_every_language_and_escapes(small: Store, settings: Settings, tag: str) -> None:
    words = Words(tag)
    found = processing_record.record(small, stated(settings), words=words, actor=OPERATOR, now=NOW)
    page = processing_record.as_html(found, words)
    assert f'<html lang="{tag}"' in page
    assert "UNODC &lt;Vienna&gt;" in page


@pytest.mark.parametrize("actor", [REPORT_WRITER, ANONYMOUS])
def test_nobody_else_reads_it(small: Store, settings: Settings, actor: object) -> None:
    with pytest.raises(NotAllowed):
        processing_record.record(small, settings, words=Words("en"), actor=actor, now=NOW)  # type: ignore[arg-type]


def test_the_commands_print_and_write_it(
    small: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small.close()
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SOUNDINGS_CONTROLLER", "UNODC")
    assert main(["record-of-processing"]) == 0
    assert "Controller: UNODC" in capsys.readouterr().out
    assert main(["record-of-processing", "--out", str(tmp_path / "r.html"), "--language", "ar"]) == 0
    assert 'dir="rtl"' in (tmp_path / "r.html").read_text()
    assert main(["record-of-processing", "--out", str(tmp_path / "no" / "r.html")]) == 1
    assert main(["retention", SLUG]) == 0
    assert "drafts: 0 drafts; kept without end (no keep_drafts_months)" in capsys.readouterr().out
    assert main(["erase", SLUG, "R-0000-0000"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["erase", SLUG, "R-0000-0000", "--yes"]) == 1
    assert main(["retention", SLUG, "--run", "--json"]) == 0
