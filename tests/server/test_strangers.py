"""Nobody gets anything by the socket or the routes themselves: neither without an account nor with a role elsewhere."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from streamlit.util import calc_hash

from analysis import recommendations, reports, snapshots
from analysis.channels import downloads
from analysis.opened_data import Filters
from analysis.report.outline import Item, ItemKind
from data.settings import Settings
from data.store import open_store
from survey import (
    consultations,
    grants,
    invitations,
    links,
    people,
    preparation,
    publications,
    response_files,
    responses,
    saving,
)
from survey.access import OPERATOR, ConsultationRole, Role
from survey.channels import log
from survey.channels.requests import Site
from survey.channels.shell import STAFF_PAGES
from survey.ui.look import ROOT
from survey.xlsform.sheets import from_markdown
from tests.fuzz.requests import ROUTES
from tests.server.process import Server, now
from tests.server.reading import read_page
from tests.small import ANSWERS, FORM

SEALED, THEIRS, PASSWORD = "sealed", "theirs", "a long enough one"
MARK = "Zanzibarium"
"""A word that stands in everything of the sealed consultation: organisations, answers, files, findings."""
TITLE = "Ferrocarril"
FILES = {path.stem.replace("_", "-"): path for path in ROOT.glob("*/pages/*.py")}


@dataclass(frozen=True, slots=True)
class House:
    """A server with a sealed consultation and another; cookies of people by name; keys of what is in the sealed one."""

    server: Server
    cookies: dict[str, str]
    project: int
    file: str
    addresses: tuple[str, ...]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A sealed consultation, to which all invited replied: the South with what nobody else may read."""
    path = tmp_path_factory.mktemp("house") / "house.db"
    store = open_store(Settings(database_url=f"sqlite:///{path.as_posix()}"), migrate=True)
    for slug, title in ((SEALED, TITLE), (THEIRS, "Theirs")):
        publications.publish(
            store, from_markdown(FORM), slug=slug, title={"en": title}, actor=OPERATOR, now=now(), fictional=True
        )
    project = preparation.begin_from_version(store, SEALED, name=MARK, actor=OPERATOR, now=now()).project_id
    north = [{"organisation": f"Aurora {n}", "region": "n", "language": "fr"} for n in range(7)]
    south = [{"organisation": f"{MARK} {n}", "region": "s", "email": "z@zanzibarium.example"} for n in range(6)]
    invitations.import_frame(store, SEALED, [*north, *south], actor=OPERATOR, now=now())
    with store.read() as kept:
        frame = kept.invitations(kept.consultation(SEALED).id)
    for invited in frame:
        link = links.renew_link(store, SEALED, invited.id, actor=OPERATOR, now=now())
        code = responses.begin(store, SEALED, language="en", channel="web", now=now(), invitation_token=link)
        answers = {**ANSWERS, "org_name": invited.organisation, "region": "n"}
        if invited.organisation.startswith(MARK):
            answers |= {"finding": MARK, "recommendation": MARK, "region": "s"}
            answers |= {"action_local": MARK, "story_yes": "yes"}
        saving.save(store, code, answers, seen={}, section="s3", language="en", now=now())
        if invited.organisation.startswith(MARK):
            file = {"name": f"{MARK}.txt", "content": MARK.encode(), "limit_bytes": 99}
            response_files.attach(store, code, "story_file", **file, now=now())  # type: ignore[arg-type]
        responses.submit(store, code, now=now())
    finding = recommendations.keep_finding(
        store, SEALED, "serv_prev", MARK, filters=Filters(), actor=OPERATOR, now=now()
    )
    state = snapshots.take(store, SEALED, actor=OPERATOR, now=now()).record.sha256
    report = reports.create_report(store, SEALED, MARK, "en", actor=OPERATOR, now=now())
    told = Item(kind=ItemKind.TEXT, text="Of {{region|what=n}} replies.")
    reports.add_item(store, SEALED, report, told, revision=1, actor=OPERATOR, now=now())
    values = {"text": MARK, "addressee": MARK, "level": "local", "challenge": "c1", "answers": ()}
    recommendations.write_recommendation(
        store, SEALED, finding_ids=[finding], actor=OPERATOR, now=now(), **values  # type: ignore[arg-type]
    )  # fmt: skip
    (file, _reference), *_others = response_files.staff_files(store, SEALED, actor=OPERATOR)
    consultations.set_status(store, SEALED, consultations.ConsultationStatus.DRAFT, actor=OPERATOR, now=now())
    cookies = {"": "", "forged": "soundings_session=made-up"}
    for login, slug, role, regions in (
        ("member", "", None, ()),
        ("analyst", THEIRS, ConsultationRole.ANALYST, ()),
        ("owner", THEIRS, ConsultationRole.OWNER, ()),
        ("north", SEALED, ConsultationRole.OWNER, ("n",)),
        ("inside", SEALED, ConsultationRole.OWNER, ()),
    ):
        token = people.invite(store, login=login, name=login, role=Role.MEMBER, actor=OPERATOR, now=now())
        people.accept_link(store, token, login="", name="", password=PASSWORD, now=now())
        if role is not None:
            grants.grant(store, slug, login, role, regions=regions, actor=OPERATOR, now=now())
        session = people.sign_in(store, login=login, password=PASSWORD, now=now(), hours=1)
        cookies[login] = f"soundings_session={session}"
    store.close()
    base = f"/export/{SEALED}"
    addresses = (
        *(f"{base}/chart/serv_prev.{kind}" for kind in ("csv", "xlsx", "svg", "png")),
        f"{base}/chart/serv_prev.csv?by=region&f=region:s",
        f"{base}/monitor/timeline.svg",
        f"{base}/monitor/coverage.png",
        f"{base}/monitor/coverage-languages.svg",
        f"{base}/charts.zip?kind=svg",
        f"{base}/report/{report}.html",
        f"{base}/slope/serv_prev.svg?before={state}",
        f"{base}/trend/serv_prev.csv?before={state}",
        f"{base}/finding/{finding}.csv",
        f"{base}/finding/{finding}.svg",
        f"{base}/data/figures.r?q=m_serv&by=region",
        f"{base}/data/answers.r?texts=1&names=1",
        f"{base}/dashboard.xlsx",
        f"{base}/dashboard.pptx",
        f"{base}/dashboard.docx",
        f"{base}/dashboard.pdf",
        f"{base}/dashboard.html",
        f"{base}/dashboard.html?q=m_serv&labels=fr",
        f"{base}/charts.zip?kind=svg&q=m_serv&labels=fr",
        f"/answers/files/{file.id}",
        f"/log/acts.csv?c={SEALED}",
        f"/log/acts.jsonl?c={SEALED}&act=response.submitted",
    )
    server = Server(path)
    try:
        yield House(server.wait(), cookies, project, file.id, addresses)
    finally:
        server.stop()


def readable(body: bytes) -> str:
    """What is in a file, unpacked when it is packed."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


OUTSIDE = ("", "forged", "member", "analyst", "owner")


@pytest.mark.parametrize("who", OUTSIDE)
@pytest.mark.parametrize("page", STAFF_PAGES)
def test_no_page_says_a_word_of_a_consultation_over_the_socket(house: House, who: str, page: str) -> None:
    cookie = house.cookies[who]
    said = read_page(house.server.port, page, cookie=cookie, c=SEALED, project=str(house.project))
    # A browser names the page that it is on; a client can name any.
    said += read_page(house.server.port, "home", cookie=cookie, script=calc_hash(page.replace("_", "-")), c=SEALED)
    said += read_page(house.server.port, "home", cookie=cookie, script=calc_hash(str(FILES[page])), c=SEALED)
    assert "Soundings" in said
    assert MARK.casefold() not in said.casefold()
    assert TITLE not in said
    assert SEALED not in said.replace(f"c={SEALED}", "")


@pytest.mark.parametrize("page", ["collect", "log", "people"])
def test_somebody_for_a_part_is_not_given_the_pages_about_the_whole(house: House, page: str) -> None:
    said = read_page(house.server.port, page, cookie=house.cookies["north"])
    said += read_page(house.server.port, "home", cookie=house.cookies["north"], script=calc_hash(str(FILES[page])))
    assert MARK.casefold() not in said.casefold()
    assert "response." not in said


@pytest.mark.parametrize(
    "page", ["overview", "monitor", "explore", "voices", "recommend", "meet", "collect", "prepare", "log"]
)
def test_the_owner_reads_on_the_same_pages(house: House, page: str) -> None:
    said = read_page(house.server.port, page, cookie=house.cookies["inside"], project=str(house.project))
    assert MARK in said or TITLE in said
    assert "Theirs" not in said


@pytest.mark.parametrize(
    "page", ["overview", "monitor", "explore", "voices", "recommend", "meet", "take-away", "report"]
)
def test_somebody_for_another_part_reads_nothing_of_the_rest(house: House, page: str) -> None:
    said = read_page(house.server.port, page, cookie=house.cookies["north"], project=str(house.project))
    assert "You see this part only: North" in said
    assert MARK.casefold() not in said.casefold()


def test_the_addresses_are_those_of_all_routes_of_figures_files_and_the_log(house: House) -> None:
    site = Site(lambda: None, Settings())  # type: ignore[arg-type, return-value]
    for route in (*downloads.routes(site), *log.routes(site)):
        assert any(route.path_regex.fullmatch(address.partition("?")[0]) for address in house.addresses), route.path
        assert route.methods == {"GET", "HEAD"}


@pytest.mark.parametrize("who", OUTSIDE)
def test_no_route_gives_a_file_of_a_consultation(house: House, who: str) -> None:
    for address in house.addresses:
        for language in ("en", "ar"):
            sign = "&" if "?" in address else "?"
            answer = house.server.get(f"{address}{sign}lang={language}", Cookie=house.cookies[who])
            # Somebody with a role elsewhere may ask for files, and hears that there is no such consultation.
            assert answer.status == (403 if who in ("", "forged") or (who == "member" and "files" in address) else 404)
            assert answer.headers["content-type"].startswith("text/html")
            assert MARK.encode() not in answer.body
            assert TITLE.encode() not in answer.body


@pytest.mark.parametrize("who", ["analyst", "owner"])
def test_another_consultation_is_not_read_as_the_earlier_one_of_ones_own(house: House, who: str) -> None:
    for address in (f"/export/{THEIRS}/slope/serv_prev.svg", f"/export/{THEIRS}/trend/serv_prev.csv"):
        assert house.server.get(f"{address}?earlier={THEIRS}", Cookie=house.cookies[who]).status == 200
        answer = house.server.get(f"{address}?earlier={SEALED}", Cookie=house.cookies[who])
        assert answer.status == 404
        assert TITLE.encode() not in answer.body


def test_what_is_hidden_is_answered_like_what_is_not_there(house: House) -> None:
    for address in house.addresses:
        if SEALED in address:
            hidden, absent = (
                house.server.get(each, Cookie=house.cookies["analyst"])
                for each in (address, address.replace(SEALED, "absent"))
            )
            assert (hidden.status, hidden.text.replace(SEALED, "absent")) == (absent.status, absent.text)


def test_a_role_for_another_part_gets_no_file_and_no_number_of_the_rest(house: House) -> None:
    cookie = house.cookies["north"]
    assert house.server.get(f"/answers/files/{house.file}", Cookie=cookie).status == 404
    assert house.server.get(next(each for each in house.addresses if "/finding/" in each), Cookie=cookie).status == 404
    for address in house.addresses:
        if address.startswith("/log/"):
            assert house.server.get(address, Cookie=cookie).status == 403
    numbers = house.server.get(house.addresses[0], Cookie=cookie)
    assert numbers.status == 200
    assert "North" in numbers.text
    assert not re.search(r"[,\t][6][,\r\n]", numbers.text)


@pytest.mark.parametrize("who", [*OUTSIDE, "north"])
def test_no_route_of_the_server_says_a_word_of_the_rest(house: House, who: str) -> None:
    words = ("serv_prev", "timeline", "coverage", "figures", "answers", SEALED, house.file, str(house.project))
    kinds = ("csv", "r", "xlsx", "pptx", "svg", "png", "jsonl", "json")
    asked = set(house.addresses)
    for route in ROUTES:
        for word, kind in product(words, kinds if "{kind}" in route else ("",)):
            address = route.replace("{word}", SEALED, 1) if route.startswith("/export/") else route
            asked.add(f"{address.replace('{word}', word).replace('{kind}', kind)}?c={SEALED}&by=region&f=region:s")
    asked -= {address for address in asked if "stream?" in address}  # a websocket: asked above
    for address in sorted(asked):
        body = house.server.get(address, Cookie=house.cookies[who]).body
        assert MARK.casefold() not in readable(body).casefold(), address


def test_the_owner_gets_every_one_of_them(house: House) -> None:
    for address in house.addresses:
        assert house.server.get(address, Cookie=house.cookies["inside"]).status == 200, house.server.errors[-3000:]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_other_method_opens_a_route(house: House, method: str) -> None:
    for address in house.addresses:
        answer = house.server.call(method, address, headers={"Cookie": house.cookies["inside"]})
        assert answer.status in (403, 405), (address, answer.status)


def test_a_translator_comes_to_the_start_page_after_signing_in(house: House) -> None:
    for login, place in (("member", "/?"), ("analyst", "/overview?")):
        answer = house.server.form("/account/sign-in", {"login": login, "password": PASSWORD})
        assert (answer.status, answer.headers["location"].startswith(place)) == (303, True)
