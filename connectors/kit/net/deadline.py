"""The moment by which a piece of network work must be over, whatever the other side does."""

import time


class Deadline:
    """A point on the monotonic clock.

    A timeout of a socket starts anew with every byte that arrives; a server that sends one byte a
    second is never late for it. A deadline is for the whole of a request or a command.
    """

    __slots__ = ("at",)

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when none are."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def within(self, seconds: float) -> "Deadline":
        """Return an earlier deadline for one part of the work: in ``seconds``, but never after this one."""
        part = Deadline(seconds)
        part.at = min(part.at, self.at)
        return part
