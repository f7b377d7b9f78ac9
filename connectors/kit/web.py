"""The guarded HTTP client: the only network a connector has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a backend answered, read to its end."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved: str | None = None
    """Where a chain of permanent redirects (301, 308) led, None where there was none."""
    fresh_until: datetime | None = None
    """Until when ``Cache-Control`` or ``Expires`` says that asking again is useless."""

    @property
    def unchanged(self) -> bool:
        """Whether the backend said 304: what was read last time still holds."""
        return self.status == 304

    @property
    def validators(self) -> dict[str, str]:
        """What to pass as ``unless`` next time: ``etag`` and ``modified`` where the backend gave them."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The body decoded by its declared charset, else UTF-8."""
        raise NotImplementedError

    def json(self) -> Any:
        """The body as JSON. Raises BadData where it is none."""
        raise NotImplementedError


class Http:
    """One client for one run."""

    def request(self, method: str, url: str, **options: Any) -> Reply:
        """Send one request."""
        raise NotImplementedError

    def get(self, url: str, *, unless: Mapping[str, str] | None = None, **params: Any) -> Reply:
        """Fetch ``url`` with ``params`` as its query."""
        raise NotImplementedError

    def post(self, url: str, *, json: Any = None, form: Mapping[str, Any] | None = None, **params: Any) -> Reply:
        """Send a JSON or form body."""
        raise NotImplementedError

    def pages(self, url: str, *, token: str | None = None, **params: Any) -> Iterator[Any]:
        """Yield the JSON of every page of a listing."""
        raise NotImplementedError
