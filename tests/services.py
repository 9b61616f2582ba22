"""Runs a command with PostgreSQL and Redis for the tests, or skips it and prints why. CI requires both."""

import os
import subprocess
import sys

POSTGRES = os.environ.get("WTH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/postgres")
REDIS = os.environ.get("WTH_TEST_REDIS", "redis://127.0.0.1:6379/7")


def find_unavailable() -> str | None:
    """Return why the services cannot be used, or None if both respond."""
    import psycopg
    import redis

    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL is unavailable at {POSTGRES}: {str(error).splitlines()[0]}"
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        return f"Redis is unavailable at {REDIS}: {error}"
    return None


def main(command: list[str]) -> int:
    reason = find_unavailable()
    if reason is None:
        environment = {**os.environ, "WTH_TEST_POSTGRES": POSTGRES, "WTH_TEST_REDIS": REDIS}
        return subprocess.call(command, env=environment)
    if os.environ.get("CI"):
        sys.exit(f"CI requires PostgreSQL and Redis. {reason}")
    print(f"SKIPPED: the tests on PostgreSQL and Redis. {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
