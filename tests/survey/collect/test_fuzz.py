"""No request causes a 500: schemathesis over the protocol, and mutated bodies."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.collect_load import free_port, start, stop
from survey.study.study import Study, load_study
from tests.long_runs import SHARE
from tests.survey.collect.town import answers_of, body_of, make_town, uuid7

pytestmark = pytest.mark.server
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
LIMITS = "burst = 1000000\nper_second = 1000000\ndrain_seconds = 0"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Study]]:
    root = tmp_path_factory.mktemp("fuzz") / "town"
    make_town(root, LIMITS)
    port = free_port()
    process = start(root, port)
    yield port, load_study(root)
    stop(process)


OPERATIONS = (
    *("PUT /r/{study}/{id}", "PUT /r/{study}/check", "POST /p/{study}", "POST /w/{study}"),
    *("GET /", "GET /healthz", "GET /readyz"),
)


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_protocol_holds_whatever_is_sent(server: tuple[int, Study], label: str) -> None:
    api = schemathesis.openapi.from_url(f"http://127.0.0.1:{server[0]}/openapi.json")
    operations = {one.ok().label: one.ok() for one in api.get_all_operations()}
    assert {*OPERATIONS, "GET /metrics"} == set(operations)
    strategy = st.one_of(
        operations[label].as_strategy(), operations[label].as_strategy(schemathesis.GenerationMode.NEGATIVE)
    )

    @given(case=strategy)
    @settings(max_examples=round(120 * SHARE), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def hold(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    hold()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@given(seed=st.integers(0, 10**6), value=JSON, position=st.floats(0, 1), bend=st.integers(0, 5))
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_body_bent_anywhere_is_refused_with_a_reason(
    server: tuple[int, Study], seed: int, value: Any, position: float, bend: int
) -> None:
    port, study = server
    chance = random.Random(seed)
    identity = uuid7(chance)
    body = bent(body_of(study, identity, answers_of(study.questionnaire, chance)), value, position, bend, chance)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("PUT", f"/r/silu-default/{identity}", body)
    reply = connection.getresponse()
    payload = json.loads(reply.read())
    connection.close()
    assert reply.status in (200, 201, 400, 403, 409, 413, 422), (reply.status, body)
    if reply.status in (200, 201):
        assert payload["id"] == identity
    else:
        assert payload["message"]


def bent(body: bytes, value: Any, position: float, bend: int, chance: random.Random) -> bytes:
    """A valid body with one thing wrong."""
    at = int(position * len(body))
    content = json.loads(body)
    if bend == 0:
        return body[:at]
    if bend == 1:
        return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
    if bend == 2:
        content[chance.choice(list(content))] = value
    elif bend == 3:
        content["answers"][chance.choice(list(content["answers"]))] = value
    elif bend == 4:
        content["answers"][str(value)[:50]] = value
    else:
        content["consent"][chance.choice(["agreed", "under14", "guardian", "x"])] = value
    return json.dumps(content).encode()
