"""A browser without scripts over the light form's routes: it follows links, fills in forms and presses buttons.

It sends what the HTML standard says a form sends, so a field that the page does not have cannot be filled in.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
from starlette.applications import Starlette

from tests.loops import finished

BOUNDARY = "soundings-boundary"


class Reader:
    """One tab. `application` is any ASGI application."""

    def __init__(self, application: Starlette, *, language: str = "en", address: str = "10.0.0.1") -> None:
        self.application = application
        self._headers = {"host": "soundings.test", "accept-language": language, "sec-fetch-site": "same-origin"}
        self._address = address
        self.path = self.anchor = ""
        self.status = 0
        self.content = b""
        self.headers: dict[str, str] = {}

    def open(self, path: str) -> "Reader":
        """The page at an address, after redirects."""
        return self._go("GET", path)

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> "Reader":
        """A form sent by hand, which a page need not have."""
        body = urlencode(fields).encode()
        return self._go("POST", path, body, "application/x-www-form-urlencoded", headers)

    @property
    def page(self) -> Any:
        """The page's tree."""
        return lxml.html.document_fromstring(self.content.decode())

    @property
    def words(self) -> str:
        """All that can be read."""
        page = self.page
        for hidden in page.xpath("//style|//script|//*[@class='gone']"):
            hidden.drop_tree()
        return " ".join(page.text_content().split())

    @property
    def title(self) -> str:
        """The heading."""
        return str(self.page.xpath("string(//h1)"))

    @property
    def errors(self) -> list[str]:
        """What is said to be wrong, the summary first."""
        return [" ".join(found.text_content().split()) for found in self.page.xpath("//*[contains(@class, 'err')]")]

    @property
    def json(self) -> Any:
        """What the page's script reads."""
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The personal code, as the page shows it."""
        return str(self.page.xpath("string(//*[@class='code'])"))

    def form(self, act: str) -> Any:
        """The form that has the button."""
        (found, *_more) = self.page.xpath(f"//form[.//button[@name='act'][@value='{act}']]")
        return found

    def press(
        self,
        act: str,
        answers: Mapping[str, object] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        chosen: Mapping[str, str] | None = None,
        **fields: str,
    ) -> "Reader":
        """Fills in questions and presses a button; raises KeyError for a question that the page does not ask.

        chosen  question -> "here" or "there", which of two answers holds
        """
        form = self.form(act)
        for key, which in (chosen or {}).items():
            (button,) = form.xpath(f".//input[@name='k.{key}'][@value='{which}']")
            button.checked = True
        for key, value in (answers or {}).items():
            _fill(form, key, value)
        for name, text in fields.items():
            form.fields[name] = text
        sent = [*values(form), ("act", act)]
        path = form.get("action")
        if form.get("enctype") != "multipart/form-data":
            return self.post(path, sent)
        return self._go("POST", path, _multipart(sent, files or {}), f"multipart/form-data; boundary={BOUNDARY}")

    def _go(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        more: Mapping[str, str] | None = None,
    ) -> "Reader":
        for _hop in range(5):
            headers = {**self._headers, **(more or {})}
            if kind:
                headers |= {"content-type": kind, "content-length": str(len(body))}
            self.status, self.headers, self.content = finished(self._ask(method, path, headers, body))
            self.path = path
            if self.status not in (302, 303):
                return self
            target, _sign, self.anchor = urljoin(path, self.headers["location"]).partition("#")
            path, method, body, kind = target, "GET", b"", ""
        raise AssertionError(f"too many redirects at {path}")

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(path)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": (self._address, 50_000),
            "server": ("soundings.test", 80),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        start = next(message for message in sent if message["type"] == "http.response.start")
        content = b"".join(message.get("body", b"") for message in sent)
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content


def values(form: Any) -> list[tuple[str, str]]:
    """What the form sends; lxml itself makes "on" of an empty value."""
    empty = {field.get("name") for field in form.xpath(".//input[@type='radio'][@value='']") if field.checked}
    return [(name, "" if name in empty else value) for name, value in form.form_values()]


def _fill(form: Any, key: str, value: object) -> None:
    name = f"q.{key}"
    found = form.xpath(f".//*[@name='{name}' or starts-with(@name, '{name}.')]")
    if not found:
        raise KeyError(key)
    first = found[0]
    if first.get("name") != name:  # a ranking: one menu for each choice
        order = list(value) if isinstance(value, list | tuple) else []
        for menu in found:
            code = menu.get("name").removeprefix(f"{name}.")
            menu.value = str(order.index(code) + 1) if code in order else ""
    elif first.get("type") == "checkbox":
        codes = {"OK"} if value is True else set(value if isinstance(value, list | tuple) else ())
        unknown = codes - {box.get("value") for box in found}
        if unknown:
            raise KeyError(f"{key}: {unknown}")
        for box in found:
            box.checked = box.get("value") in codes
    elif first.get("type") == "radio":
        if value is None:
            for button in found:
                button.checked = button.get("value") == ""
            return
        if str(value) not in {button.get("value") for button in found}:
            raise KeyError(f"{key}: {value}")
        for button in found:
            button.checked = button.get("value") == str(value)
    elif first.tag == "select":
        if "multiple" in first.attrib:
            first.value = value or []
        else:
            first.value = "" if value is None else str(value)
    elif first.tag == "textarea":
        first.text = "" if value is None else str(value).replace("\n", "\r\n")
    else:
        first.value = "" if value is None else str(value)


def _multipart(fields: list[tuple[str, str]], files: Mapping[str, tuple[str, bytes]]) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    for key, (name, content) in files.items():
        head = f'Content-Disposition: form-data; name="f.{key}"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        parts.append(head.encode() + content)
    mark = f"--{BOUNDARY}\r\n".encode()
    return b"".join(mark + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
