"""Values of prometheus-client in files, which all processes of a hub share.

Import it before an instrument is created: the library chooses the kind of its values then.
"""

import os
from pathlib import Path

from prometheus_client import values

import config
from config.files import open_private_file
from monitoring.slots import ProcessSlot

FOLDER = config.DATA_DIR / "metrics"
KINDS = ("counter", "histogram", "gauge_livesum")
FILE_BYTES = 1024 * 1024


def _reserve(path: Path) -> None:
    """Create a missing file of zeros, which the library takes for an empty one.

    It maps files into memory. Without reserved space, a full disk would end the process by SIGBUS. Raises SystemExit
    with a message if the disk is full.
    """
    if path.exists():
        return
    try:
        with os.fdopen(open_private_file(path), "wb") as file:
            file.write(bytes(FILE_BYTES))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise SystemExit(config.cannot_write(path, error)) from None


slot = ProcessSlot(FOLDER)
for kind in KINDS:
    _reserve(FOLDER / f"{kind}_{slot.number}.db")
config.export_metrics_folder(FOLDER)
values.ValueClass = values.MultiProcessValue(lambda: slot.number)  # type: ignore[no-untyped-call] # untyped in the library
