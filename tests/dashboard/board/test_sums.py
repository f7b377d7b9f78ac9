"""The line of sums adds up whatever a person does or looks at; every number is a list that can be opened."""

from datetime import timedelta

from board_letters import NOW, letter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.kit import Kind, Person
from dashboard.board.records import EVERYTHING, Filter, Place

PLACES = (Place.SHOWN, Place.HELD, Place.DONE, Place.SNOOZED, Place.MUTED)
KINDS = (Kind.MAIL, Kind.NEWS, Kind.CHAT)

numbers = st.integers(0, 19)
verbs = st.sampled_from(["done", "snooze", "back", "pin", "unpin", "thread", "person", "channel", "release", "undo"])
operations = st.lists(st.tuples(verbs, numbers), max_size=12)


def various():
    for n in range(20):
        yield letter(
            str(n),
            hours=n,
            kind=KINDS[n % 3],
            thread=f"t{n // 2}",
            channel=f"c{n % 4}" if n % 5 else None,
            author=Person(f"P{n % 3}", f"p{n % 3}@example.org"),
            bulk=n % 4 == 0,
            own=n == 7,
        )


def carry_out(board, ada, verb, entry):
    if verb == "snooze":
        board.marks.snooze(ada, [entry], NOW + timedelta(hours=1))
    elif verb == "undo":
        board.marks.undo(ada)
    elif verb == "release":
        board.mutes.release(ada, entry)
    elif verb in ("thread", "person", "channel"):
        board.mutes.mute(ada, entry, verb)
    else:
        getattr(board.marks, verb)(ada, [entry])


def counted(total):
    return dict(zip(PLACES, (total.shown, total.held, total.done, total.snoozed, total.muted), strict=True))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=operations, kind=st.sampled_from([None, *KINDS]), channel=st.sampled_from([None, "c1", "", "no"]))
def test_whatever_a_person_does_every_item_is_in_one_list_and_counted_once(
    board, ada, letters, arrive, operations, kind, channel
):
    ids = list(arrive(letters, *various()).values())
    while board.marks.undo(ada):
        pass
    for verb, number in operations:
        carry_out(board, ada, verb, ids[number])
    total = board.listing.today(ada).total
    assert total.arrived == 19  # what a person wrote did not arrive
    only = Filter(kind=kind, source=letters.id, channel=channel)
    some = board.listing.today(ada, only=only).total
    rest = [board.listing.today(ada, place=place, only=only, limit=99) for place in PLACES]
    assert counted(some) == counted(rest[0].total)
    for place, there in zip(PLACES, rest, strict=True):
        rows = sum(row.count for row in there.rows) if place in PLACES[:2] else len(there.rows)
        assert rows == counted(some)[place]
        assert rows == (there.kinds.get(kind, 0) if kind else sum(there.kinds.values()))
        assert len(there.rows) == there.waiting
        assert all(row.entry.item.kind == kind for row in there.rows if kind)


def test_choosing_each_kind_in_turn_shows_everything_once(board, ada, letters, arrive):
    arrive(letters, *various())
    everything = board.listing.today(ada, only=EVERYTHING)
    assert everything.kinds.keys() == {"mail", "news", "chat"}
    parts = [board.listing.today(ada, only=Filter(kind=kind)) for kind in everything.kinds]
    assert sum(part.total.arrived for part in parts) == everything.total.arrived
    assert [part.total.shown for part in parts] == list(everything.kinds.values())
    assert sum(everything.kinds.values()) == everything.total.shown


def test_choosing_each_channel_in_turn_shows_everything_once(board, ada, letters, arrive):
    arrive(letters, *various())
    everything = board.listing.today(ada, only=EVERYTHING)
    parts = [
        board.listing.today(ada, only=Filter(source=source, channel=channel)) for source, channel in everything.channels
    ]
    assert [part.total.shown for part in parts] == list(everything.channels.values())
    assert sum(part.waiting for part in parts) == everything.waiting


def test_lists_without_an_order_tell_the_newest_first(board, ada, letters, arrive):
    ids = arrive(letters, *various())
    board.marks.done(ada, [ids["3"], ids["12"], ids["1"]])
    rows = board.listing.today(ada, place=Place.DONE).rows
    assert [row.entry.item.id for row in rows] == ["1", "3", "12"]
