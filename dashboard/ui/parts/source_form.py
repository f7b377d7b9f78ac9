"""The form of a connector, made from its fields: what is typed goes back as plain values by field name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.board.records import Field, Input, Tried
from dashboard.i18n import Translator
from dashboard.ui.parts.plain import plain

Widget = Callable[[Field, Any, dict[str, Any]], Any]


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
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    key: str = "add",
) -> dict[str, Any]:
    """Show one widget a field, each with its error under it; return what is in them."""
    typed: dict[str, Any] = {}
    stored, wrong = values or {}, errors or {}
    for field in fields:
        value = stored.get(field.name, field.default)
        common = {
            "label": label(connector, field, t),
            "key": f"{key}.{connector}.{field.name}",
            "help": t.find(f"option.{connector}.{field.name}_help", field.description) or None,
        }
        typed[field.name] = _WIDGETS.get(field.type, _text)(field, value, common)
        if problem := wrong.get(field.name):
            st.error(plain(problem), icon=":material/error:")
        if field.type is Input.SECRET and values is not None:
            st.caption(t("sources.keep_secret"))
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
