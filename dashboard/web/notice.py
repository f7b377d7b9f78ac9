"""A small page in words, for whoever cannot be shown the real one: what happened, and a way out."""

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

from dashboard.i18n import Translator, negotiate

_STYLE = """
:root { color-scheme: light dark }
body { font: 1.0625rem/1.6 system-ui, sans-serif; margin: 18vh auto 0; max-width: 30rem; padding: 0 1.5rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem }
p { margin: 0 0 1.5rem; overflow-wrap: anywhere }
a { background: #1f5fbf; border-radius: .5rem; color: #fff; display: inline-block; font-weight: 600;
  padding: .65rem 1.2rem; text-decoration: none }
a:focus-visible { outline: 3px solid #8fbdff; outline-offset: 2px }
"""


def notice(headers: Mapping[str, str], key: str, *, status: int = 200, way: str = "", **values: str) -> HTMLResponse:
    """Return the page whose texts are below ``key`` in the locales: ``title``, ``text`` and ``do``.

    The reader's browser says the language. ``way`` is where its one button leads; without it there is none.
    """
    t = Translator(negotiate(headers.get("accept-language", "").split(",")[0].split(";")[0]))
    title, text = escape(t(f"{key}.title")), escape(t(f"{key}.text", **values))
    button = f"<a href='{escape(way)}'>{escape(t(f'{key}.do'))}</a>" if way else ""
    page = (
        f"<!doctype html><html lang='{t.language}'><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width'><title>{title} \u2013 Frontdesk</title>"
        f"<style>{_STYLE}</style><main><h1>{title}</h1><p>{text}</p>{button}</main></html>"
    )
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})
