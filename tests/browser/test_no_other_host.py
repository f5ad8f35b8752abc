"""No page asks another host for anything, and none breaks the content security policy, whatever an author wrote."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page

from data.settings import Settings
from data.store import open_store
from survey import demo, publications, responses
from survey.access import OPERATOR
from survey.channels.shell import STAFF_PAGES
from survey.xlsform.sheets import from_markdown
from tests.browser.running import RunningApp
from tests.browser.watching import Watch

HOSTILE = """
| survey |            |      |                                                       |                                |
|        | type       | name | label                                                 | hint                           |
|        | note       | n    | ![a](http://evil.example/n.png) [b](http://a.example) | x                              |
|        | text       | a    | ![a](http://evil.example/a) <img src=//evil.example> | ![h](http://evil.example/h) |
|        | select_one l | b  | ![b](https://evil.example/b.png)                      | x                              |
| choices |
|        | list_name  | name | label                             |
|        | l          | x    | ![x](http://evil.example/x.png)   |
|        | l          | y    | <script src=//evil.example>       |
"""


NOT_OF_THE_DEMO = ("people", "my-account")
"""Pages that a demo account does not have."""


def test_no_page_asks_another_host(app: RunningApp, reader: Callable[..., Page], watch: Watch) -> None:
    now = datetime.now(UTC)
    store = open_store(Settings(database_url=f"sqlite:///{app.database}"))
    publications.publish(
        store,
        from_markdown(HOSTILE),
        slug="hostile",
        title={"en": "![t](http://evil.example/t.png)"},
        actor=OPERATOR,
        now=now,
        fictional=True,
    )
    code = responses.begin(store, "hostile", language="en", channel="app", now=now)
    store.close()
    page = reader(width=1280)
    page.goto(app.url)
    page.get_by_role("button", name="Enter as the demo secretariat").click()
    page.wait_for_url("**/overview*")
    for name in ("", *(page for page in STAFF_PAGES[1:] if page not in NOT_OF_THE_DEMO)):
        page.goto(f"{app.url}/{name}?c={demo.SLUG}")
        page.get_by_role("heading").first.wait_for()
        page.wait_for_timeout(1500)
    for address in (f"respond?c=hostile&r={code}", f"f/hostile?r={code}", "f/hostile", f"respond?c={demo.SLUG}"):
        page.goto(f"{app.url}/{address}")
        page.get_by_role("heading").first.wait_for()
        page.wait_for_timeout(1500)
    # What an author wrote as a picture of another host is asked for by nobody: the policy forbids it to the browser.
    refused = [fault for fault in watch.faults if "evil.example" in fault and "Content Security Policy" in fault]
    assert [fault for fault in watch.faults if fault not in refused] == []
    assert watch.answered_hosts == {"127.0.0.1"}
