"""What stands around every request, from the outside in."""

from collections.abc import Callable
from pathlib import Path

from starlette.middleware import Middleware

from data.settings import Settings
from survey.channels import addresses, bodies, forms, live, middleware, proxies, shell, static_files


def everything(
    settings: Settings,
    index_page: Path,
    *,
    session_id_of: Callable[[bytes], str],
    taken: Callable[[bytes], bytes | None],
    is_staff: Callable[[str], bool],
) -> list[Middleware]:
    """The order is the order of belief: who asks, by which name, how much, whose, and only then the route.

    index_page  Streamlit's own index.html, beside which its static files lie
    """
    policy = middleware.content_security_policy(index_page, shell.WHERE)
    return [
        Middleware(proxies.TrustedProxies, settings=settings),
        Middleware(static_files.PackedFiles, folder=index_page.parent / "static"),
        Middleware(middleware.SecurityHeaders, policy=policy, tls=settings.behind_tls),
        Middleware(addresses.PlainAddresses),
        Middleware(bodies.BodiesInTime),
        Middleware(
            live.LiveSessions,
            settings=settings,
            session_id_of=session_id_of,
            taken=taken,
            is_staff=is_staff,
        ),
        Middleware(forms.OwnForms, settings=settings),
    ]
