"""Lists of people as spreadsheets write them: read with what each line leads to, and written."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboard.board.admin.records import Deed, Line
from dashboard.board.layers import LANGUAGES
from dashboard.board.records import Invalid
from dashboard.store.records import KEEPER, Employee

COLUMNS = ("login", "name", "groups", "admin", "language")
_YES, _NO = {"yes", "true", "1", "x", "ja", "wahr"}, {"", "no", "false", "0", "nein", "falsch"}
_LONGEST = 200
_MOST = 50_000
_GROUP = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

Row = tuple[str, Mapping[str, Any]]


def checked(login: str | None, **fields: Any) -> dict[str, Any]:
    """Return the fields of a person as they are kept. Raises Invalid with a sentence."""
    if login is not None and (fault := _login_fault(login.strip())):
        raise Invalid(fault, login=login)
    if "name" in fields:
        fields["name"] = fields["name"].strip()
        if _unfit(fields["name"]):
            raise Invalid("name")
    if "groups" in fields:
        fields["groups"] = {checked_group(group) for group in fields["groups"] if group.strip()}
    if fields.get("language"):
        if fields["language"] not in LANGUAGES:
            raise Invalid("language", language=fields["language"])
    elif "language" in fields:
        fields["language"] = None
    return fields


def checked_group(group: str) -> str:
    """Return the name of a group as it is kept. Raises Invalid with a sentence."""
    if _unfit(group.strip()) or "|" in group:
        raise Invalid("group")
    return group.strip()


def read(document: bytes, known: Mapping[str, Employee]) -> tuple[list[Line], list[Row]]:
    """Return what each line leads to, and the rows to bring in. Raises Invalid where it is no list of people."""
    reader = csv.reader(io.StringIO(_text(document)), delimiter=_delimiter(document), strict=True)
    lines: list[Line] = []
    rows: list[Row] = []
    seen: set[str] = set()
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header)
        number = reader.line_num
        for values in reader:
            first, number = number + 1, reader.line_num
            if any(map(str.strip, values)):
                line, row = _line(first, header, values, known, seen)
                lines.append(line)
                rows += [row] if row and line.deed in (Deed.ADD, Deed.CHANGE) else []
            if len(lines) > _MOST:
                raise Invalid("csv_long", most=_MOST)
    except csv.Error:
        raise Invalid("csv_line", line=reader.line_num) from None
    return lines, rows


def write(people: Iterable[Employee]) -> str:
    """Return a list of people; what a spreadsheet would take for a formula is written with a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in people:
        groups = "|".join(re.sub(r"([\\|])", r"\\\1", group) for group in sorted(one.groups))
        values = (one.login, one.name, groups, "yes" if one.admin else "no", one.language or "")
        writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])
    return out.getvalue()


def _text(document: bytes) -> str:
    if document.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")  # what spreadsheets write
    for encoding in encodings:
        try:
            return document.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("csv_text")


def _delimiter(document: bytes) -> str:
    first = _text(document).lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _check_header(header: Sequence[str]) -> None:
    if "login" not in header or len(set(header)) != len(header):
        raise Invalid("csv_header", columns=", ".join(COLUMNS))
    if unknown := sorted(set(header) - set(COLUMNS)):
        raise Invalid("csv_column", column=unknown[0], columns=", ".join(COLUMNS))


def _line(
    number: int, header: Sequence[str], values: Sequence[str], known: Mapping[str, Employee], seen: set[str]
) -> tuple[Line, Row | None]:
    if len(values) != len(header):
        return Line(number=number, login="", deed=Deed.REFUSE, changes={}, fault="columns", told=str(len(values))), None
    cells = {name: _unquoted(value.strip()) for name, value in zip(header, values, strict=True)}
    login = cells.pop("login")
    fault, told = _fault(login, cells, seen)
    seen.add(login)
    if fault:
        return Line(number=number, login=login, deed=Deed.REFUSE, changes={}, fault=fault, told=told), None
    fields = _fields(cells)
    before = known.get(login)
    changes = _changes(before, fields)
    deed = Deed.ADD if before is None else Deed.CHANGE if changes else Deed.SAME
    return Line(number=number, login=login, deed=deed, changes=changes), (login, fields)


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _fault(login: str, cells: Mapping[str, str], seen: set[str]) -> tuple[str, str]:
    """Return the key of what is wrong with a line and what stands there, ``""`` twice where it is fine."""
    if fault := _login_fault(login):
        return fault, login
    if login in seen:
        return "twice", login
    for name, cell in cells.items():
        if _unfit(cell) if name != "groups" else any(map(_unfit, _groups(cell))):
            return "long", cell[:_LONGEST]
    if cells.get("admin", "").casefold() not in _YES | _NO:
        return "admin", cells["admin"]
    if cells.get("language", "") not in ("", *LANGUAGES):
        return "language", cells["language"]
    return "", ""


def _login_fault(login: str) -> str:
    if login == KEEPER:
        return "keeper"
    return "login" if not login or _unfit(login) or " " in login else ""


def _unfit(text: str) -> bool:
    return len(text) > _LONGEST or bool(_CONTROL.search(text))


def _fields(cells: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": cells["name"]} if "name" in cells else {}
    if "groups" in cells:
        fields["groups"] = _groups(cells["groups"])
    if "admin" in cells:
        fields["admin"] = cells["admin"].casefold() in _YES
    if "language" in cells:
        fields["language"] = cells["language"] or None
    return fields


def _groups(cell: str) -> set[str]:
    """Return the groups of a cell, with a bar between them; one in a name stands behind a backslash.

    A name from a provider may hold either.
    """
    names = (_ESCAPED.sub(r"\1", written.strip()) for written in _GROUP.findall(cell))
    return {name for name in names if name}


def _changes(before: Employee | None, fields: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    if before is None:
        return {name: (None, value) for name, value in fields.items() if value}
    return {name: (getattr(before, name), value) for name, value in fields.items() if getattr(before, name) != value}
