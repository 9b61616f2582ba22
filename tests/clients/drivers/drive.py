"""Reads header, body, secret (base64) and time from each line; prints what the recipe says."""

import base64
import sys

from verify import verify

for line in sys.stdin:
    header, body, secret, now = line.rstrip("\n").split("\t")
    said = verify(
        base64.b64decode(header).decode(), base64.b64decode(body), base64.b64decode(secret).decode(), int(now)
    )
    sys.stdout.write(f"{said}\n".lower())
