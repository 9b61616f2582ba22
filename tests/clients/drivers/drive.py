"""Verifies one case per line: header, body and secret in base64, and a time."""

import base64
import sys

from verify import verify

for line in sys.stdin:
    header, body, secret, now = line.rstrip("\n").split("\t")
    is_valid = verify(
        base64.b64decode(header).decode(), base64.b64decode(body), base64.b64decode(secret).decode(), int(now)
    )
    sys.stdout.write(f"{is_valid}\n".lower())
