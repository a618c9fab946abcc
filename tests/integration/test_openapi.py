# SPDX-License-Identifier: MIT
"""/openapi.json follows the rules of OpenAPI 3.1, names every path, and its examples are answered
as it says."""

import fnmatch
import re

import pytest


@pytest.fixture
def document(recorded):
    answer = recorded.aircheck.get("/openapi.json")
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


def resolve(document, item):
    while "$ref" in item:
        assert set(item) == {"$ref"} and item["$ref"].startswith("#/")
        found = document
        for key in item["$ref"][2:].split("/"):
            found = found[key]
        item = found
    return item


def parameters(document, path, operation=()):
    return [resolve(document, p) for p in path.get("parameters", [])] + [
        resolve(document, p) for p in (operation or {}).get("parameters", [])]


def operations(path):
    return {method: operation for method, operation in path.items() if method != "parameters"}


def test_it_follows_the_rules(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"] and document["info"]["version"]
    assert all(server["url"] for server in document["servers"])
    ids, shapes = [], []
    for name, path in document["paths"].items():
        assert name.startswith("/")
        shapes.append(re.sub(r"\{[^}]*\}", "{}", name))
        for method, operation in operations(path).items():
            assert method in ("get", "head", "post"), method
            ids.append(operation["operationId"])
            assert operation["summary"] and operation["tags"]
            check_parameters(parameters(document, path, operation), name)
            assert operation["responses"]
            for status, response in operation["responses"].items():
                assert re.fullmatch(r"[1-5](\d\d|XX)|default", status)
                response = resolve(document, response)
                assert response["description"]
                assert all("/" in media for media in response.get("content", {}))
            for security in operation.get("security", []):
                assert set(security) <= set(document["components"]["securitySchemes"])
    assert len(set(ids)) == len(ids)
    assert len(set(shapes)) == len(shapes)


def check_parameters(found, name):
    keys = [(p["in"], p["name"]) for p in found]
    assert len(set(keys)) == len(keys), name
    assert [p["name"] for p in found if p["in"] == "path"] == re.findall(r"\{([^}]*)\}", name)
    for parameter in found:
        assert parameter["in"] in ("path", "query")
        assert parameter["schema"]["type"] == "string"
        assert parameter["description"], (name, parameter["name"])
        assert parameter.get("required") or parameter["in"] != "path"


def test_it_names_what_help_names(recorded, document):
    text = recorded.aircheck.get("/help").body.decode()
    named = [line for line in text.splitlines() if line.startswith("/")]
    assert sorted(named) == sorted(document["paths"])


def test_every_example_is_answered_as_it_says(recorded, document):
    for name, path in document["paths"].items():
        target = name
        for parameter in parameters(document, path):
            target = target.replace("{" + parameter["name"] + "}", parameter["example"])
        for method, operation in operations(path).items():
            # Behind a proxy nobody may operate anything; and live radio would never end.
            forwarded = {"X-Forwarded-For": "192.0.2.1"} if "security" in operation else {}
            if method == "get" and ("live" in target or target == "/events"):
                continue
            answer = recorded.aircheck.request(method.upper(), target, forwarded)
            if forwarded:
                assert answer.status == 403, target
                continue
            nothing = answer.status == 404 and b"Nothing is recorded" in answer.body
            assert answer.status == 200 or nothing, (target, answer.status, answer.body)
            if method == "get" and not nothing:
                media = answer.headers["Content-Type"].partition(";")[0]
                assert any(fnmatch.fnmatch(media, pattern)
                           for pattern in operation["responses"]["200"]["content"]), target
