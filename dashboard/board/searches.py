"""The searches that a person keeps: plain texts, the newest first."""

from dashboard.store.protocol import Store

MOST = 20
"""How many are kept; the oldest makes room."""
_NAME, _LONGEST = "searches", 1000


class Searches:
    """The kept searches of each person."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, person: int) -> list[str]:
        """Return what was kept, the newest first."""
        return [str(text) for text in self._store.document(person, _NAME) or ()]

    def keep(self, person: int, text: str) -> None:
        """Keep a search, in front; one that is kept already comes to the front."""
        text = " ".join(text.split())[:_LONGEST]
        if text:
            self._store.keep(person, _NAME, [text, *(one for one in self.all(person) if one != text)][:MOST])

    def forget(self, person: int, text: str) -> None:
        """Keep a search no longer."""
        left = [one for one in self.all(person) if one != text]
        self._store.keep(person, _NAME, left or None)
