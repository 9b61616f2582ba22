"""Limit on the responses that the delivery log keeps.

A response may have 16 KiB of headers and 4 KiB of body in the log, and a delivery has ten attempts. Without a limit, a
receiver that always fails fills the disk faster than any API client can.
"""

from collections import Counter
from typing import Any

from models.clock import DAY_MS

MAX_BYTES_PER_DAY = 256 * 2**20  # of one endpoint in one worker process
NOT_KEPT = "Not kept: the log already has 256 MiB of this endpoint's responses of today."


class ResponseLog:
    """Counts the kept bytes of each endpoint on the current day.

    Only one thread may use it.
    """

    def __init__(self) -> None:
        self._day = 0
        self._kept: Counter[str] = Counter()

    def limit(self, row: dict[str, Any], at: int) -> dict[str, Any]:
        """Return the row of an attempt.

        Without its response if the endpoint's share of the day is used up.
        """
        if at // DAY_MS != self._day:
            self._day, self._kept = at // DAY_MS, Counter()
        size = len(row["response_headers"]) + len(row["response_preview"])
        if self._kept[row["endpoint_id"]] + size > MAX_BYTES_PER_DAY:
            return {**row, "response_headers": "{}", "response_preview": NOT_KEPT}
        self._kept[row["endpoint_id"]] += size
        return row


response_log = ResponseLog()
