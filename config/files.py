"""Files and folders that settings refer to."""

from pathlib import Path
from urllib.parse import urlsplit


def sqlite_path(url: str) -> Path:
    """Return the file of a `sqlite:///…` URL."""
    return Path(urlsplit(url).path)


def make_folder(path: Path) -> None:
    """Create a folder and its parents.

    Raises SystemExit with a message if that fails.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"Cannot create the folder {path} ({error.strerror}). Check WTH_DATA_DIR.") from None
