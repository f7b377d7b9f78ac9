"""What makes the page an app: its manifest (https://www.w3.org/TR/appmanifest/), its icons and its service worker."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from dashboard.i18n import Translator, negotiate
from dashboard.web.notice import notice

_HERE = Path(__file__).parent
_LOGO = _HERE.parent / "ui" / "logo.svg"
_ICONS = {file.name: file for file in (*(_HERE / "icons").glob("*.png"), _LOGO)}
_A_DAY = {"cache-control": "public, max-age=86400"}
_FRESH = {"cache-control": "no-cache", "vary": "accept-language"}
LIGHT, DARK = "#ffffff", "#171614"
"""What the page is painted on, also while it starts."""


def routes() -> Sequence[Route]:
    """Return everything an installed app asks for; none of it says anything about anybody."""
    return (
        Route("/manifest.webmanifest", _manifest),
        Route("/service-worker.js", _service_worker),
        Route("/icons/{name}", _icon),
    )


async def _manifest(request: Request) -> Response:
    t = _translator(request)
    content = {
        "id": "/",
        "name": "Frontdesk",
        "short_name": "Frontdesk",
        "description": t("app.description"),
        "lang": t.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [
            {"src": "/icons/logo.svg", "sizes": "any", "type": "image/svg+xml"},
            {"src": "/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {"src": "/icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "shortcuts": [{"name": t(f"{view}.title"), "url": f"/{view}"} for view in ("search", "sources")],
    }
    return JSONResponse(content, headers=_FRESH, media_type="application/manifest+json")


async def _service_worker(request: Request) -> Response:
    wanted = request.query_params.get("language") or _translator(request).language
    return Response(_worker(negotiate(wanted)), headers=_FRESH, media_type="text/javascript")


async def _icon(request: Request) -> Response:
    icon = _ICONS.get(request.path_params["name"])
    return FileResponse(icon, headers=_A_DAY) if icon else Response(status_code=404)


@cache
def _worker(language: str) -> str:
    script = (_HERE / "service-worker.js").read_text(encoding="utf-8")
    page = notice({"accept-language": language}, "offline", way="/").body
    return script.replace('"{offline}"', json.dumps(bytes(page).decode()))


def _translator(request: Request) -> Translator:
    """Choose the first language that a browser asks for: they come in the order of preference (RFC 9110, 12.5.4)."""
    return Translator(negotiate(request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()))
