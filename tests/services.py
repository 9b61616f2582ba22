"""Runs a command with PostgreSQL and Redis for the tests, or says why not. CI requires both."""

import os
import subprocess
import sys

POSTGRES = os.environ.get("WTH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/postgres")
REDIS = os.environ.get("WTH_TEST_REDIS", "redis://127.0.0.1:6379/7")


def missing() -> str | None:
    """The reason why the services cannot be used, or None."""
    import psycopg
    import redis

    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError as fault:
        return f"PostgreSQL does not answer at {POSTGRES}: {str(fault).splitlines()[0]}"
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as fault:
        return f"Redis does not answer at {REDIS}: {fault}"
    return None


def main(command: list[str]) -> int:
    reason = missing()
    if reason is None:
        environment = {**os.environ, "WTH_TEST_POSTGRES": POSTGRES, "WTH_TEST_REDIS": REDIS}
        return subprocess.call(command, env=environment)
    if os.environ.get("CI"):
        sys.exit(f"CI tests on PostgreSQL and Redis too. {reason}")
    print(f"SKIPPED: the tests on PostgreSQL and Redis. {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
