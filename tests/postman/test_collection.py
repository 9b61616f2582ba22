"""The collection file: deterministic, complete and safe to share."""

import copy
import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import config
from postman.environment import render_environment
from postman.generator import SCHEMA, render_collection
from spec.document import read_document

Json = dict[str, Any]


@functools.cache
def render() -> str:
    return render_collection(read_document())


def generate() -> Json:
    collection: Json = json.loads(render())
    return collection


def items(folder: Json) -> Iterator[Json]:
    for item in folder["item"]:
        yield from items(item) if "item" in item else [item]


def folders() -> dict[str, Json]:
    return {folder["name"]: folder for folder in generate()["item"]}


def test_committed_file_is_up_to_date() -> None:
    assert (config.ROOT / "postman" / "v1.postman.json").read_text() == render_collection(read_document())


def test_output_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import sys; from postman.generator import render_collection; from spec.document import read_document; "
        "sys.stdout.write(render_collection(read_document()))"
    )
    for seed in ("1", "2"):
        result = subprocess.run(
            [sys.executable, "-c", program],
            cwd=config.ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert result.stdout.decode() == render()


def test_generator_does_not_change_the_document() -> None:
    before = copy.deepcopy(read_document())
    render_collection(read_document())
    assert read_document() == before


def test_ids_are_unique() -> None:
    seen = [node["id"] for node in _nodes(generate()) if "id" in node and ("name" in node or "exec" in node)]
    assert len(seen) > 300
    assert len(set(seen)) == len(seen)


def test_folders_are_the_tags_in_their_order() -> None:
    collection = generate()
    assert collection["info"]["schema"] == SCHEMA
    assert list(folders()) == [tag["name"] for tag in read_document()["tags"]]


def test_every_operation_is_in_the_folder_of_its_tag_with_all_documented_responses() -> None:
    for path, item in read_document()["paths"].items():
        for method, operation in item.items():
            requests = [row for row in items(folders()[operation["tags"][0]]) if _is_for(row, method, path)]
            saved = {response["code"] for row in requests for response in row["response"]}
            assert {int(status) for status in operation["responses"] if status != "default"} <= saved, path
            assert {404, 405} <= saved, path


def test_saved_responses_carry_the_documents_examples() -> None:
    conflict = next(row for row in items(folders()["Orders"]) if row["name"] == "Create an order")
    saved = [
        json.loads(response["body"])["error"]["code"] for response in conflict["response"] if response["code"] == 409
    ]
    documented = read_document()["components"]["responses"]["OrderConflict"]["content"]["application/json"]["examples"]
    assert saved == [example["value"]["error"]["code"] for example in documented.values()]


def test_api_key_is_sent_to_no_public_operation_and_no_receiver() -> None:
    for name in ("Health", "Contract", "Webhooks"):
        assert all(row["request"]["auth"] == {"type": "noauth"} for row in items(folders()[name])), name
    private = [row for name in ("Integration", "Listings", "Orders") for row in items(folders()[name])]
    assert not any("auth" in row["request"] for row in private)


def test_every_post_takes_its_idempotency_key_from_the_script() -> None:
    posts = [row for row in items(generate()) if row["request"]["method"] == "POST"]
    to_api = [row for row in posts if row["request"]["url"]["raw"].startswith("{{baseUrl}}")]
    assert len(to_api) >= 5
    for row in to_api:
        headers = {header["key"]: header["value"] for header in row["request"]["header"]}
        assert headers["Idempotency-Key"] == "{{idempotencyKey}}"


def test_all_variables_of_requests_are_declared_or_set_by_a_script() -> None:
    collection = generate()
    text = json.dumps([row["request"] for row in items(collection)])
    used = {part.split("}}")[0] for part in text.split("{{")[1:]}
    declared = {row["key"] for row in collection["variable"]}
    scripts = json.dumps([node["exec"] for node in _nodes(collection) if "exec" in node])
    assert all(f"pm.variables.set('{name}'" in scripts for name in used - declared)


def test_shared_collection_holds_no_secret() -> None:
    values = {row["key"]: row["value"] for row in generate()["variable"]}
    assert (values["apiKey"], values["webhookSecret"]) == ("", "")


def test_environment_has_the_settings_and_no_secret() -> None:
    rows = {row["key"]: row for row in json.loads(render_environment(read_document()))["values"]}
    assert list(rows) == ["baseUrl", "apiKey", "receiverUrl", "webhookSecret"]
    assert {key: row["value"] for key, row in rows.items() if row["type"] == "secret"} == {
        "apiKey": "",
        "webhookSecret": "",
    }
    assert {row["key"] for row in generate()["variable"]} >= set(rows)


def test_public_url_becomes_the_base_url() -> None:
    document = {**read_document(), "servers": [{"url": "https://hub.example.com/api/v1"}]}
    variables = json.loads(render_collection(document))["variable"]
    assert {row["key"]: row["value"] for row in variables}["baseUrl"] == "https://hub.example.com/api/v1"


def test_operation_outside_the_scenario_gets_a_request() -> None:
    document = copy.deepcopy(read_document())
    get_me = document["paths"]["/me"]["get"]
    document["paths"]["/whoami"] = {"get": {**get_me, "operationId": "whoAmI", "summary": "Who am I"}}
    integration = next(f for f in json.loads(render_collection(document))["item"] if f["name"] == "Integration")
    assert [row["name"] for row in items(integration)][-1] == "Who am I"


def _is_for(item: Json, method: str, path: str) -> bool:
    address = "{{baseUrl}}" + path.replace("{", ":").replace("}", "")
    request = item["request"]
    return bool(request["method"] == method.upper() and request["url"]["raw"].split("?")[0] == address)


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from _nodes(child)
