"""When an appointment is, as an opened item says it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.kit import Item, Kind
from dashboard.i18n import Translator
from dashboard.ui.parts.opened import _times
from dashboard.ui.parts.plain import plain

BEGIN = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lasts", "zone", "told"),
    [
        (timedelta(minutes=15), UTC, "02 Mar 21:30 – 21:45"),
        (timedelta(hours=3), UTC, "02 Mar 21:30 – 03 Mar 00:30"),
        (timedelta(hours=2), timezone(timedelta(hours=1)), "02 Mar 22:30 – 03 Mar 00:30"),
        (None, UTC, "02 Mar 21:30"),
    ],
)
def test_the_day_is_said_once_where_it_is_the_same(lasts, zone, told):
    item = Item(id="1", kind=Kind.EVENT, title="Drill", created=BEGIN, start=BEGIN, end=lasts and BEGIN + lasts)
    assert _times(item, Translator("en", zone)) == " · " + plain(f"takes place {told}")
