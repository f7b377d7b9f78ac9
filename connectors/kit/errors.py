"""The five ways a source can fail, each named after what happens next.

::

    SourceError
    ├── Misconfigured   the source pauses and asks for its settings
    ├── Unauthorized    the source pauses and asks to connect again
    ├── RateLimited     the source waits as long as the backend said
    ├── Unavailable     the source backs off and tries again by itself
    └── BadData         what was read is kept, the source goes on at its normal pace

Anything else that leaves a connector is a bug in it: it is recorded with its traceback and
pauses the source after five in a row. The class name is the key of the sentence a person
reads, in their language; the message given here is the technical detail beside it.
"""

CAUSES = ("absent", "private", "down", "insecure", "no_feed", "sign_in")
"""What settings that do not work may have met: nothing there, something that is not public, a server that is
there and out of order, one without TLS, a page without a feed, a page to sign in at."""


class SourceError(Exception):
    """A source could not be read or written, with a detail a technician can use.

    Never put a secret or a whole reply into ``detail``: it is stored and shown. ``cause`` is the key of a
    sentence that says more than the class does to whoever is just entering the settings, one of
    :data:`CAUSES`, or ``""``.
    """

    def __init__(self, detail: str = "", *, cause: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.cause = cause


class Misconfigured(SourceError):
    """The settings cannot work: a wrong address, a refused host, something that is not there.

    ``absent`` is for what the backend says it does not have (404): that may come back, so the
    source pauses only when it was so three times in a row. 410 says that it will not come back.
    """

    def __init__(self, detail: str = "", *, absent: bool = False, cause: str = "") -> None:
        super().__init__(detail, cause=cause)
        self.absent = absent


class Unauthorized(SourceError):
    """The backend does not accept the login any more, or never did."""


class RateLimited(SourceError):
    """The backend asks for a pause; ``retry_after`` is in seconds, None where it did not say."""

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(SourceError):
    """The backend cannot be reached or is broken right now."""


class BadData(SourceError):
    """The backend answered with something that cannot be understood."""
