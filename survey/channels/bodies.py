"""How much of a request is read."""

from starlette.requests import Request

from data.errors import InvalidInput


async def require_size(request: Request, most_bytes: int, limit_mb: int) -> None:
    """Refuses a body that is announced, or turns out, to be larger; it is read no further than that."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise InvalidInput("file.too_large", limit_mb=limit_mb)
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > most_bytes:
            raise InvalidInput("file.too_large", limit_mb=limit_mb)
    request._body = bytes(received)  # Starlette keeps a body that was read here and parses the form from it
