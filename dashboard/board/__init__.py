"""The board: every use case of a person, and the only door for the page and the command line."""

from collections.abc import Callable
from datetime import UTC, datetime

from dashboard.acting import perform
from dashboard.board.admin import Admin
from dashboard.board.alerts import Alerts
from dashboard.board.changes import Changes
from dashboard.board.consents import Consents
from dashboard.board.demo import Demo
from dashboard.board.listing import Listing
from dashboard.board.logins import SINGLE, Logins
from dashboard.board.marks import Marks
from dashboard.board.mutes import Mutes
from dashboard.board.pictures import Pictures
from dashboard.board.preview import Preview
from dashboard.board.privacy import Privacy
from dashboard.board.profiles import Profiles
from dashboard.board.records import Refused
from dashboard.board.searches import Searches
from dashboard.board.sources import Sources
from dashboard.board.starts import Starts
from dashboard.opening import House
from dashboard.schedule import describe
from dashboard.store.protocol import StoreError
from dashboard.store.records import Employee


class Board:
    """What people can do, room by room: lists, marks, sources, profiles."""

    def __init__(self, house: House, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = clock
        self.store = house.store
        self.profiles = Profiles(house.store)
        self.listing = Listing(house.store, self.profiles, house.connections.registry, clock)
        self.pictures = Pictures(house.store, self.listing, clock)
        self.preview = Preview(house.store, self.profiles, self.listing, clock)
        self.starts = Starts(house.settings.config_folder)
        self.admin = Admin(house.store, house.connections, self.listing.forget, clock)
        self.privacy = Privacy(house.store, self.listing, self.admin.people)
        self.searches = Searches(house.store)
        self.marks = Marks(house.store, clock)
        self.mutes = Mutes(house.store, self.profiles, self.listing, clock)
        self.changes = Changes(house.store)
        self.alerts = Alerts(house.store, self.listing, clock)
        self.consents = Consents(house.store, house.connections, clock)
        self.logins = Logins(house.store, house.settings.login, clock)
        self.sources = Sources(house.store, house.connections, clock)
        self.demo = Demo(self.sources, house.settings.demo, clock)
        self._connections = house.connections

    def me(self) -> Employee:
        """Return the one person of an embedded Frontdesk, who is its admin as well."""
        return self.store.employee(SINGLE) or self.store.enroll(SINGLE, admin=True)

    def act(self, person: int, entry: int, action: str, **arguments: str) -> None:
        """Do something with an item at its source, because the person asked for it.

        Only who added a source acts in it: it is their login that the backend sees. Raises Refused
        where the source does not do it, and KeyError for an item that is not there or not theirs.
        """
        found = self.store.entries(person, [entry])
        source = self.store.source(person, found[0].source) if found else None
        if source is None or source.owner != person:
            raise KeyError(entry)
        try:
            perform(self._connections, self.store.engine, source, found[0].item, action, arguments, now=self.now())
        except Exception as error:
            raise Refused(*describe(error)) from error


__all__ = ["Board", "StoreError"]
