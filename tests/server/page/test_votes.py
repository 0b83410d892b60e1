"""Blind votes over HTTP."""

from __future__ import annotations

import httpx

from tests.server.page.conftest import FACT, QUESTION


def test_a_pair_does_not_tell_which_model_is_which_before_the_vote(client: httpx.Client) -> None:
    reply = client.post("/votes", json={"question": QUESTION})
    assert "base-model" not in reply.text and "tuned-model" not in reply.text
    pair = reply.json()
    assert FACT in pair["left"]["answer"] and pair["right"]["citations"][0]["quote"].startswith(FACT)
    told = client.post(f"/votes/{pair['id']}", json={"vote": "left"}).json()
    assert {told["left"], told["right"]} == {"base-model", "tuned-model"}
    assert told[told["tuned"]] == "tuned-model"


def test_votes_are_counted_with_an_interval(client: httpx.Client) -> None:
    before = client.get("/votes").json()["counts"]
    count = before[0]["votes"] if before else 0
    pair = client.post("/votes", json={"question": QUESTION}).json()
    client.post(f"/votes/{pair['id']}", json={"vote": "right"})
    (found,) = client.get("/votes").json()["counts"]
    assert (found["votes"], found["base_model"], found["tuned_model"]) == (count + 1, "base-model", "tuned-model")
    assert found["low"] <= found["share"] <= found["high"]


def test_a_second_vote_and_an_unknown_pair_are_refused(client: httpx.Client) -> None:
    pair = client.post("/votes", json={"question": QUESTION}).json()
    assert client.post(f"/votes/{pair['id']}", json={"vote": "same"}).status_code == 200
    assert client.post(f"/votes/{pair['id']}", json={"vote": "left"}).status_code == 400
    assert client.post("/votes/0123456789abcdef", json={"vote": "left"}).status_code == 404
    assert client.post("/votes/..%2F..%2Fconfig", json={"vote": "left"}).status_code in {400, 404}
    assert client.post(f"/votes/{pair['id']}", json={"vote": "both"}).status_code == 400
