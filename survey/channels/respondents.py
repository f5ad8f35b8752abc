"""A respondent's routes: file upload, the copy of what was sent, everything that is kept; and how pages look."""

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.errors import InvalidInput, SoundingsError
from survey import printed_receipts, receipts, response_files
from survey.channels.bodies import require_size
from survey.channels.requests import SANDBOX, Site, address_of, error_json, error_page, now, require_same_site, words_of
from survey.guard import Guard
from survey.own_data import everything
from survey.ui import look

FORM_OVERHEAD_BYTES = 20_000
"""What a multipart form adds to the file in it."""


def routes(site: Site, guard: Guard) -> list[Route]:
    """/files, /own-data, the copies under /receipts, and under /look how pages look."""
    limit_bytes = site.settings.upload_limit_mb * 1_000_000

    async def files(request: Request) -> Response:
        words = words_of(request)
        try:
            require_same_site(request)
            guard.require_calm(address_of(request), "save")
            await require_size(request, limit_bytes + FORM_OVERHEAD_BYTES, site.settings.upload_limit_mb)
            form = await request.form(max_files=1, max_fields=7)
            words = words_of(request, str(form.get("lang", "")))
            code, question = str(form.get("code", "")), str(form.get("question", ""))
            said = str(form.get("version", ""))
            version = int(said) if said.isdecimal() and len(said) < 7 else 0
            with guard.guessing(address_of(request), code=code):
                if form.get("remove"):
                    await run_in_threadpool(
                        response_files.detach, site.store(), code, question, now=now(), version=version
                    )
                    return JSONResponse({"removed": question})
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise InvalidInput("file.empty")
                record = await run_in_threadpool(
                    response_files.attach,
                    site.store(),
                    code,
                    question,
                    name=file.filename or "",
                    content=await file.read(),
                    limit_bytes=limit_bytes,
                    now=now(),
                    version=version,
                )
        except (MultiPartException, HTTPException):
            return error_json(InvalidInput("request.unreadable"), words)
        except SoundingsError as error:
            return error_json(error, words)
        return JSONResponse({"name": record.name, "size_bytes": record.size_bytes})

    async def receipt(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        words = words_of(request, str(form.get("lang", "")))
        kind = request.url.path.rpartition("/")[2]
        try:
            require_same_site(request)
            code = str(form.get("code", ""))
            guard.require_calm(address_of(request), "look", code)
            with guard.guessing(address_of(request), code=code):
                kept = await run_in_threadpool(
                    receipts.receipt,
                    site.store(),
                    code,
                    now=now(),
                    language=str(form.get("lang", "")),
                )
        except SoundingsError as error:
            return error_page(error, words)
        write, content_type = _COPIES[kind]
        return _download(await run_in_threadpool(write, kept), f"soundings-{kept.reference}.{kind}", content_type)

    async def own_data(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        tag = str(form.get("lang", ""))
        try:
            require_same_site(request)
            code = str(form.get("code", ""))
            guard.require_calm(address_of(request), "look", code)
            with guard.guessing(address_of(request), code=code):
                reference, content = await run_in_threadpool(everything, site.store(), code, now=now(), language=tag)
        except SoundingsError as error:
            return error_page(error, words_of(request, tag))
        return _download(content, f"soundings-{reference}.zip", "application/zip")

    return [
        Route("/own-data", own_data, methods=["POST"]),
        Route("/files", files, methods=["POST"]),
        *(Route(f"/receipts/{kind}", receipt, methods=["POST"], name=kind) for kind in _COPIES),
        *(Route(f"/look/{name}", _look(name), methods=["GET"]) for name in look.FILES),
        # Streamlit asks for its own sign here on every page that names none.
        Route("/favicon.png", _look("icon.png"), methods=["GET"]),
    ]


def _look(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def file(_request: Request) -> Response:
        # The address of the style sheet changes with it, so a browser may keep it; that of the others does not.
        kept = "public, max-age=31536000, immutable" if name == "style.css" else "public, max-age=86400"
        headers = {"Cache-Control": kept}
        return Response(look.content(name), media_type=look.FILES[name], headers=headers)

    return file


_COPIES: dict[str, tuple[Callable[[receipts.Receipt], str | bytes], str]] = {
    "html": (receipts.as_html, "text/html; charset=utf-8"),
    "pdf": (printed_receipts.as_pdf, "application/pdf"),
    "json": (receipts.as_json, "application/json; charset=utf-8"),
}
"""How a copy of a receipt is written, and its type, by the ending of its address."""


def _download(content: str | bytes, name: str, content_type: str) -> Response:
    return Response(
        content,
        media_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "no-store",
        },
    )
