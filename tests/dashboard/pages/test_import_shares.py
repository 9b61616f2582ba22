"""Shares of imports and previews: one job and one heavy page of a dealer at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from dashboard.import_preview import preview_file, read_header
from errors import NotFound
from models.jobs.job import BackgroundJob
from models.jobs.queue import claim_next_job
from models.thread_pool import HEAVY
from tasks.background_jobs import enqueue_job
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page
from tests.dashboard.imports import finish_import, import_file
from tests.worker import work_off


def test_an_import_waits_until_another_one_of_the_dealer_has_ended(owner: Browser) -> None:
    first = import_file(owner, b"brand,model,price\nOmega,Speedmaster,6000\n")
    owner.post(first, {"then": "import"})
    job = claim_next_job()
    assert job is not None
    second = import_file(owner, b"brand,model,price\nOmega,Seamaster,6000\n")
    owner.post(second, {"then": "import"})
    work_off()
    assert "Queued. The import starts when other imports have finished." in page(owner.get(second)).text
    job.finish({})
    enqueue_job(job.id)
    finish_import(owner, second)


def test_a_preview_that_is_reloaded_is_not_parsed_again(owner: Browser) -> None:
    path = import_file(owner, b"brand,model,price\nOmega,Speedmaster,6000\nOmega,,1\n")
    first = page(owner.get(path)).text
    parsed = preview_file.cache_info().misses
    assert page(owner.get(path)).text == first
    assert preview_file.cache_info().misses == parsed


def test_a_preview_is_kept_for_its_dealer_only(owner: Browser, cast: Cast) -> None:
    path = import_file(owner, b"brand,model,price\nOmega,Speedmaster,6000\n")
    assert page(owner.get(path)).text
    job_id = path.rpartition("/")[2]
    assert read_header(cast.owner.dealer.id, job_id, None, None).columns == ("brand", "model", "price")
    with pytest.raises(NotFound):
        read_header(cast.stranger.dealer.id, job_id, None, None)
    with pytest.raises(NotFound):
        preview_file(cast.stranger.dealer.id, job_id, (), "DE", None, None, strict=False)


def test_heavy_pages_of_one_dealer_take_one_thread(owner: Browser, stranger_api: Client) -> None:
    path = import_file(owner, b"brand,model,price\nOmega,Speedmaster,6000\n")
    blocked = Event()
    with ThreadPoolExecutor(4) as browsers:
        call = HEAVY.submit(lambda: blocked.wait(10), owner_id(path))
        reloads = [browsers.submit(owner.get, path) for _ in range(4)]
        assert owner.get("/inventory").status_code == 200
        assert stranger_api.get("/listings").status_code == 200
        assert not any(reload.done() for reload in reloads)
        blocked.set()
        assert {reload.result().status_code for reload in reloads} == {200}
    assert call.result(1)


def owner_id(path: str) -> str:
    job = BackgroundJob.get_by_id(path.rpartition("/")[2])
    dealer_id: str = job.dealer.id
    return dealer_id
