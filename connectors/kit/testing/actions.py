"""Checks on reading and writing: a fetch changes nothing, an action does what it says, and the tape is all used."""

from connectors.kit.item import Event
from connectors.kit.recording.tape import Player
from connectors.kit.testing.isolation import watched
from connectors.kit.testing.subject import require
from connectors.kit.testing.taped import TapedSubject


class ActionChecks(TapedSubject):
    """What a connector sends."""

    def test_a_fetch_changes_nothing_at_the_backend(self) -> None:
        player = self.player()
        self.fetch_through(player)
        wrote = sorted({request.method for request in player.asked} - self.reading)
        require(not wrote, f"a fetch sends {', '.join(wrote)}: reading must not write")

    def test_a_fetch_opens_no_socket_outside_its_run(self) -> None:
        with watched() as seen:
            self.first()
        require(not seen, f"the fetch tried {seen} outside of run")

    def test_every_action_shows_on_the_tape(self) -> None:
        for name in self.connector.actions():
            player = self.player()
            self.act(name, player)
            wrote = [request for request in player.asked if request.method not in self.reading]
            require(wrote, f"{name} sent nothing that could change anything")

    def test_nothing_on_the_tape_is_left_over(self) -> None:
        player = self.player()
        run = self.run({}, player)
        run.cursor = self.fetch(run).cursor
        if run.cursor:
            self.fetch(run)
        for name in self.connector.actions():
            self.act(name, player)
        left = "\n".join(str(request) for request in player.unplayed)
        require(not left, f"nobody asks for this part of the tape:\n{left}")

    def act(self, name: str, player: Player) -> None:
        """Do one action with what ``acts`` says, on the item it names or the first one."""
        arguments = dict(self.acts.get(name, {}))
        items = self.first().items
        item = items[arguments.pop("item")] if "item" in arguments else next(iter(items.values()))
        effect = getattr(self.made(), name)(self.run({}, player), item, **arguments)
        require(effect is None or isinstance(effect, Event), f"{name} returns an event or nothing, not {effect!r}")
