"""What the page's own parts are made of: scripts, styles and texts that a browser asks for once and then keeps.

A message of the page carries only where they are. Each address tells what is in it, so it never has to
be asked for again, and another version has another one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.i18n import catalog

_HERE = Path(__file__).parent
_FOLDER = "/assets/"
_HEADERS = {"cache-control": "public, max-age=31536000, immutable"}
_STYLED = "\nexport const sheet = new CSSStyleSheet();\nsheet.replaceSync({css});\n"
_served: dict[str, bytes] = {}


@dataclass(frozen=True)
class Part:
    """A component of the page: ``html`` is its markup, ``js`` and ``css`` name files that stand beside this one.

    What its script returns is called before it is shown anew, and when it goes.
    """

    name: str
    js: tuple[str, ...]
    html: str = ""
    css: str = ""

    def show(self, data: Mapping[str, Any], key: str, *, texts: str = "", **heard: Any) -> Any:
        """Show it with this data; ``heard`` are Streamlit's ``default`` and ``on_<event>_change``.

        Its script finds the texts of an address of :func:`texts` in ``data.texts``.
        """
        component = st.components.v2.component(self.name, html=self.html, js=self._loader)
        # In a list: of a mapping Streamlit asks whether a value is a data frame, and loads pandas for it (80 MB, 1 s).
        return component(key=key, data=[data, texts], **heard)

    @cached_property
    def address(self) -> str:
        """Where its script is."""
        script = "\n".join(map(read, self.js))
        styles = _STYLED.format(css=json.dumps(read(self.css))) if self.css else ""
        return publish(self.name, script + styles)

    @cached_property
    def _loader(self) -> str:
        return read("loader.js").replace("{address}", self.address)


def texts(language: str, *prefixes: str) -> str:
    """Return where a script finds the texts of a language whose keys begin like this."""
    return _texts(language, prefixes)


@cache
def _texts(language: str, prefixes: tuple[str, ...]) -> str:
    found = {name: text for name, text in catalog(language).items() if name.startswith(prefixes)}
    return publish(f"texts.{language}", f"export default {json.dumps(found)};")


def publish(name: str, script: str) -> str:
    """Let a script be asked for, and return where."""
    content = script.encode()
    file = f"{name}.{hashlib.sha256(content).hexdigest()[:16]}.js"
    _served[file] = content
    return _FOLDER + file


@cache
def read(name: str) -> str:
    """Return what stands in a file beside this one."""
    return (_HERE / name).read_text(encoding="utf-8")


async def _answer(request: Request) -> Response:
    content = _served.get(request.path_params["name"])
    if content is None:
        return Response(status_code=404)
    return Response(content, headers=_HEADERS, media_type="text/javascript")


ROUTE = Route(_FOLDER + "{name}", _answer)
"""Where all of them are answered; none of them says anything about anybody."""
