"""From an entry to an item: plain text, absolute addresses, honest dates and a stable id."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from posixpath import basename
from urllib.parse import unquote, urlsplit

from connectors.feeds.dates import moment
from connectors.feeds.entry import Enclosure, Entry, Prose
from connectors.feeds.links import absolute, rebased
from connectors.feeds.prose import line, read
from connectors.kit import Attachment, Item, Person

TITLE, _TEXT, _LABELS, _FILES, _ID = 500, 20_000, 30, 20, 1000
_LONG = 1000
"""More of a name or a label is not looked at."""


def item(entry: Entry) -> Item:
    """Translate one entry. ``text`` is the fuller of content and summary, ``html`` the same as delivered."""
    body = max(entry.content, entry.summary, key=lambda prose: len(prose.value))
    text, markup = read(body, _TEXT)
    people = [_person(name.name[:_LONG], name.email[:200]) for name in entry.authors[:_LABELS]]
    published, updated = moment(entry.published), moment(entry.updated)
    return Item(
        id=entry.id,
        title=line(entry.title, TITLE) or text[:80].partition("\n")[0],
        text=text,
        html=rebased(markup, absolute(body.base, entry.base) or entry.base if body.base else entry.base),
        url=absolute(entry.link, entry.base) if entry.link else None,
        author=people[0] if people else None,
        people=tuple(people[1:]),
        channel=entry.channel or None,
        created=published or updated,
        updated=updated,
        labels=tuple(dict.fromkeys(label for raw in entry.labels[:_LABELS] if (label := _label(raw[:_LONG])))),
        attachments=tuple(_attachments(entry.enclosures[:_FILES], entry.base)) if entry.enclosures else (),
        raw={
            "id": entry.id,
            "link": entry.link,
            "title": entry.title.value,
            "published": entry.published,
            "updated": entry.updated,
        },
    )


def crowded(entries: Iterable[Entry]) -> set[str]:
    """Return the names that several entries without an id of their own share."""
    names = Counter(_name(entry) for entry in entries if not entry.id)
    return {name for name, count in names.items() if count > 1}


def numbered(entries: Iterable[Entry], shared: Collection[str] = ()) -> Iterator[Entry]:
    """Give every entry its id and yield each once.

    That is the id of its own, else its address, else its title. Of entries with the same id of their own
    only the first comes: they are versions of one (RFC 4287, 4.1.1). To a name that several
    entries share, now or earlier (``shared``), is added what tells them apart.
    """
    seen = set()
    for entry in entries:
        if not entry.id:
            name = _name(entry)
            entry.id = f"{name}#{_mark(entry)}" if name in shared or not name else name
        if len(entry.id) > _ID:
            entry.id = digest(entry.id)
        if entry.id not in seen:
            seen.add(entry.id)
            yield entry


def mark(entry: Entry) -> str:
    """Return what is another text as soon as anything in an entry is."""
    return digest(
        *(entry.id, entry.link, entry.published, entry.updated, entry.base, entry.channel),
        *(str(part) for prose in (entry.title, entry.summary, entry.content) for part in prose),
        *("labels", *entry.labels),
        *("authors", *chain.from_iterable(entry.authors)),
        *("files", *chain.from_iterable(entry.enclosures)),
    )


def digest(*parts: str) -> str:
    """Return 12 characters that stand for these texts."""
    return blake2b("\x1f".join(parts).encode(errors="replace"), digest_size=6).hexdigest()


def _name(entry: Entry) -> str:
    """Return what an entry without an id is known by."""
    files = (file.url for file in entry.enclosures if file.url)
    return entry.link or (entry.title.value and digest(entry.title.value)) or next(files, "")


def _mark(entry: Entry) -> str:
    told_apart = (entry.title.value, entry.published)
    return digest(*told_apart) if any(told_apart) else digest(entry.summary.value, entry.content.value)


@lru_cache(maxsize=2048)
def _person(name: str, email: str) -> Person:
    return Person(name=line(Prose(name), 200), address=email)


@lru_cache(maxsize=2048)
def _label(raw: str) -> str:
    return line(Prose(raw), 100)


def _attachments(files: Iterable[Enclosure], base: str) -> Iterator[Attachment]:
    for file in files:
        if url := absolute(file.url, base) if file.url else None:
            name = unquote(basename(urlsplit(url).path))[:200] or "file"
            size = int(file.length) if file.length.isdecimal() and len(file.length) < 16 else None
            yield Attachment(name, file.type[:100] or "application/octet-stream", size or None, url)
