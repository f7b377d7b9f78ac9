"""Checks on how a connector goes on: its cursors, its snapshots, and a fetch that is left early."""

import json

from connectors.kit.errors import SourceError
from connectors.kit.item import Cursor, Event, Snapshot
from connectors.kit.testing.subject import Subject, require


class ProgressChecks(Subject):
    """What must hold between one fetch and the next."""

    def test_cursors_survive_json(self) -> None:
        for event in self.first().events:
            if isinstance(event, Cursor):
                require(json.loads(json.dumps(event.at)) == event.at, f"the cursor {event.at!r} is another after JSON")

    def test_cursors_hold_no_secret(self) -> None:
        told = repr([event for event in self.first().events if isinstance(event, Cursor)])
        require(not any(secret in told for secret in self.hidden()), "a cursor contains a secret of the options")

    def test_going_on_from_the_cursor_repeats_nothing(self) -> None:
        run = self.run({})
        first = self.fetch(run)
        if not first.cursor or first.error:
            return
        run.cursor = json.loads(json.dumps(first.cursor))
        again = self.fetch(run)
        require(again.error is None, f"the fetch from {first.cursor!r} failed: {again.error}")
        repeated = [id_ for id_, item in again.items.items() if first.items.get(id_) == item]
        require(len(repeated) <= self.overlap, f"these came again unchanged from {first.cursor!r}: {repeated}")

    def test_a_snapshot_lists_what_was_brought(self) -> None:
        first = self.first()
        for event in first.events:
            if isinstance(event, Snapshot):
                lost = {id_ for id_ in first.items if id_.startswith(event.within)} - set(event.ids)
                require(not lost, f"the snapshot would remove what came with it: {sorted(lost)}")

    def test_a_fetch_can_be_left_early(self) -> None:
        left = self.made().fetch(self.run({}))
        next(left, None)
        try:
            getattr(left, "close", lambda: None)()
        except Exception as error:
            raise AssertionError(f"a fetch that is stopped early raises {error!r}") from error

    def test_a_fetch_does_nothing_before_it_is_asked(self) -> None:
        fetched = self.made().fetch(self.run({}))
        require(hasattr(fetched, "__next__"), "fetch yields: it does not return a list")

    def test_checking_the_options_succeeds(self) -> None:
        said = self.made().check(self.run({}))
        require(said is None or isinstance(said, str), "check returns a word on what was found, or None")

    def test_a_cursor_that_makes_no_sense_is_no_crash(self) -> None:
        for cursor in ({"no_such_key": 1}, {"at": None}):
            error = self.fetch(self.run(cursor)).error
            allowed = error is None or isinstance(error, SourceError | AssertionError)
            require(allowed, f"a cursor of an older version, {cursor}, ends the fetch with {error!r}")

    def test_events_are_of_the_kit(self) -> None:
        strange = [each for each in self.records() if type(each).__name__ in _EVENT_NAMES]
        require(not strange, f"these look like events and are none: {strange[:3]}")


_EVENT_NAMES = frozenset(each.__name__ for each in Event.__args__)
