"""The form of a connector, made from its fields: what is typed goes back as plain values by field name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.board.records import Field, Input, Tried
from dashboard.i18n import Translator
from dashboard.ui.parts.plain import plain

Widget = Callable[[Field, Any, dict[str, Any]], Any]
_ELSEWHERE = ("Misconfigured", "Unavailable")
"""Failures that may be mended by what is folded away: another server, another port."""


def label(connector: str, field: Field, t: Translator) -> str:
    """Return what a field is called: translated for the connectors we ship, else as its author named it."""
    title = t.find(f"option.{connector}.{field.name}", t.find(f"option.any.{field.name}", field.title))
    return f"{title} *" if field.required else title


def told(tried: Tried, t: Translator) -> dict[str, str]:
    """Return the sentence of every field that is wrong, in the language of the person where it is known."""
    return {name: t.find(f"fault_of.{tried.faults.get(name)}", text) for name, text in tried.errors.items()}


def show(
    connector: str,
    fields: Sequence[Field],
    t: Translator,
    *,
    title: str | None = None,
    values: Mapping[str, Any] | None = None,
    tried: Tried | None = None,
    key: str = "add",
) -> tuple[str, dict[str, Any]]:
    """Show one widget a field, each with its error under it; return the name of the source and what is in them.

    What is rarely needed is folded away until it is what is wrong. ``title`` and ``values`` are those
    of a source that is there already.
    """
    form = _Form(connector, t, values, told(tried, t) if tried else {}, key)
    named = form.name(title) if title is not None else ""
    usual, rare = ([field for field in fields if field.rare is which] for which in (False, True))
    typed = {field.name: form.field(field) for field in usual}
    if rare or title is None:
        wrong = any(form.wrong.get(field.name) for field in rare)
        with st.expander(t("sources.more"), expanded=wrong or bool(rare and tried and tried.failure in _ELSEWHERE)):
            typed |= {field.name: form.field(field) for field in rare}
            named = form.name("") if title is None else named
    return named, typed


@dataclass(frozen=True, slots=True)
class _Form:
    """One form as it is drawn: ``values`` are None for a source that is not there yet."""

    connector: str
    t: Translator
    values: Mapping[str, Any] | None
    wrong: Mapping[str, str]
    key: str

    def name(self, title: str) -> str:
        """Ask what the source is to be called."""
        return st.text_input(
            self.t("sources.name"),
            title,
            key=f"{self.key}.{self.connector}.title",
            help=None if title else self.t("sources.name_help"),
        )

    def field(self, field: Field) -> Any:
        """Ask for one option and say what is wrong with it."""
        common = {
            "label": label(self.connector, field, self.t),
            "key": f"{self.key}.{self.connector}.{field.name}",
            "help": self.t.find(f"option.{self.connector}.{field.name}_help", field.description) or None,
        }
        typed = _WIDGETS.get(field.type, _text)(field, (self.values or {}).get(field.name, field.default), common)
        if problem := self.wrong.get(field.name):
            st.error(plain(problem), icon=":material/error:")
        if field.type is Input.SECRET and self.values is not None:
            st.caption(self.t("sources.keep_secret"))
        return typed


def _text(field: Field, value: Any, common: dict[str, Any]) -> Any:
    return st.text_input(value="" if value is None else str(value), placeholder=field.example or None, **common)


def _secret(field: Field, value: Any, common: dict[str, Any]) -> Any:  # noqa: ARG001  a stored secret is never shown
    return st.text_input(type="password", autocomplete="off", live=True, **common)


def _area(field: Field, value: Any, common: dict[str, Any]) -> Any:
    text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else value or ""
    return st.text_area(value=str(text), placeholder=field.example or None, height=80, **common)


def _number(field: Field, value: Any, common: dict[str, Any]) -> Any:
    number: type[int | float] = int if field.step == 1 else float
    limits = (None if limit is None else number(limit) for limit in (field.minimum, field.maximum))
    low, high = limits
    widget: Any = st.number_input  # its overloads know no number that is either whole or not
    return widget(value=value, min_value=low, max_value=high, step=1 if number is int else None, **common)


def _choice(field: Field, value: Any, common: dict[str, Any]) -> Any:
    options = list(field.choices)
    return st.selectbox(options=options, index=options.index(value) if value in options else None, **common)


def _bool(field: Field, value: Any, common: dict[str, Any]) -> Any:  # noqa: ARG001  one shape for all widgets
    return st.checkbox(value=bool(value), **common)


_WIDGETS: Mapping[Input, Widget] = {
    Input.SECRET: _secret,
    Input.MULTILINE: _area,
    Input.LIST: _area,
    Input.NUMBER: _number,
    Input.CHOICE: _choice,
    Input.BOOL: _bool,
}
