"""The limit of open files of a process."""

import resource

WANTED_FILES = 65536


def raise_file_limit() -> int:
    """Raise the limit of open files as far as this user may, and return it.

    Child processes inherit it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        return allowed
    return WANTED_FILES if soft == resource.RLIM_INFINITY else soft
