"""The guard for local files: a source reads only below the folders an admin has opened."""

from collections.abc import Iterable
from pathlib import Path

from connectors.kit.errors import Misconfigured


class Files:
    """Local files below ``folders``; with none, every path is refused."""

    def __init__(self, folders: Iterable[Path | str] = ()) -> None:
        self._folders = tuple(Path(folder).expanduser().resolve() for folder in folders)

    def path(self, name: str | Path) -> Path:
        """Return the real path of an existing file or folder.

        Raises Misconfigured, with the same words, where it does not exist and where it (or what a
        symbolic link in it points to) lies outside the opened folders.
        """
        path = Path(name).expanduser()
        try:
            path = path.resolve(strict=True)
        except (OSError, RuntimeError):
            path = Path()
        if not any(path.is_relative_to(folder) for folder in self._folders):
            raise Misconfigured(f"no such file in an opened folder: {name}")
        return path
