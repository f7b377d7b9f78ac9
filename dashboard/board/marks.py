"""What a person does with items: seen, done, later, pinned; each can be taken back, on any device."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.store.protocol import Store
from dashboard.store.records import Entry, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A step that was taken back; ``entry`` is its first item, None where that is gone or it was about none."""

    step: Step
    entry: Entry | None


class Marks:
    """The marks of one person on items; nothing here ever reaches a backend."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def seen(self, person: int, entries: Sequence[int]) -> None:
        """Remember that the person looked at these items; this is no step that is taken back."""
        self._store.mark(person, entries, seen_at=self._clock())

    def done(self, person: int, entries: Sequence[int]) -> None:
        """Take these items off the list for good; those that are done already stay as they are."""
        now = self._clock()
        self._store.mark(person, entries, step=Step(verb="done", at=now), again=False, done_at=now)

    def snooze(self, person: int, entries: Sequence[int], until: datetime) -> None:
        """Take these items off the list until then."""
        self._store.mark(person, entries, step=Step(verb="snooze", at=self._clock()), snoozed_until=until)

    def back(self, person: int, entries: Sequence[int]) -> None:
        """Put what was done or snoozed into the list again."""
        step = Step(verb="back", at=self._clock())
        self._store.mark(person, entries, step=step, done_at=None, snoozed_until=None)

    def pin(self, person: int, entries: Sequence[int]) -> None:
        """Keep these items on top."""
        self._store.mark(person, entries, step=Step(verb="pin", at=self._clock()), pinned=True)

    def unpin(self, person: int, entries: Sequence[int]) -> None:
        """Let go of what was kept on top."""
        self._store.mark(person, entries, step=Step(verb="unpin", at=self._clock()), pinned=False)

    def last(self, person: int) -> Step | None:
        """Return what the person did last and can take back; its subject is the title of its first item."""
        with self._store.together():
            step = next(iter(self._store.steps(person)), None)
            if step is None or step.subject or not step.entries:
                return step
            return replace(step, subject=self._store.title(person, step.entries[0]) or "")

    def undo(self, person: int) -> Undone | None:
        """Take back the last step, wherever it was done; None where there is none."""
        step = self._store.undo(person)
        if step is None:
            return None
        return Undone(step=step, entry=next(iter(self._store.entries(person, step.entries[:1])), None))
