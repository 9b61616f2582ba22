"""No statement of a page or GET operation reads a large table, or most of a dealer's rows, on a filled hub."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config

ROWS = 100_000  # fewer make a capped count as much work as reading all rows of a dealer


@pytest.mark.skipif(not config.is_sqlite(), reason="make bench-growth checks the plans of PostgreSQL")
def test_every_statement_of_a_page_reads_few_rows(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WTH_")}
    for step in ("fill", "plans"):
        command = [sys.executable, "-m", "bench.growth", step, "--rows", str(ROWS), "--folder", str(tmp_path)]
        done = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[:4000] + done.stderr[-2000:]
    assert ", 0 that read too much" in done.stdout
