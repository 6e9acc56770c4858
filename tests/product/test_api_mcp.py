"""Assistants: the official client understands the server, in both eras and on both ways; what is told is what the API tells."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx2
import pytest
from django.test import Client
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from paceline.access.models import AuditEntry
from paceline.api.caller import Caller
from paceline.api.mcp.folder import NoCallerError, here
from paceline.api.mcp.messages import VERSION_KEY
from paceline.api.mcp.protocol import NEW, answer, tools_list
from paceline.api.mcp.stdio import serve
from paceline.api.mcp.tools import BY_NAME, TOOLS
from paceline.people import keys
from paceline.project.running import Running
from tests.product.conftest import FOLDER, Cast

MOST_TOOLS, MOST_TOKENS = 12, 6000
LEAST_CHARACTERS = 2.5  # of a token: JSON has more, so this counts too many
# What each tool is asked.
WORDS: dict[str, dict[str, Any]] = {
    "search": {"words": "win rate"},
    "describe_metric": {"metric": "win_rate"},
    "query_metrics": {"metrics": ["revenue", "win_rate"], "by": ["rep"]},
    "get_records": {"metric": "meetings_held", "limit": 5},
}


def caller(cast: Cast, name: str) -> Caller:
    return Caller(cast[name], None, "https://sales.example.com")


def called(who: Caller, tool: str, words: dict[str, Any]) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": words}}
    told = answer(who, message)
    assert told is not None
    result: dict[str, Any] = told["result"]
    return result


def words_of(tool: str, cast: Cast) -> dict[str, Any]:
    return {"rep": cast.rep_id("rep")} if tool in ("get_rep_brief", "prepare_1on1") else WORDS.get(tool, {})


# --- the tools ---


def test_the_tools_are_few_small_and_read_only(cast: Cast) -> None:
    told = tools_list(caller(cast, "manager"), {})
    assert len(told["tools"]) <= MOST_TOOLS
    assert len(json.dumps(told)) / LEAST_CHARACTERS < MOST_TOKENS
    assert all(tool["annotations"]["readOnlyHint"] for tool in told["tools"])
    assert all(tool["description"] and tool["inputSchema"]["type"] == "object" for tool in told["tools"])


@pytest.mark.parametrize("name", ["manager", "rep"])
def test_every_answer_can_be_cited_and_every_call_is_noted(name: str, cast: Cast) -> None:
    who = caller(cast, name)
    for tool in TOOLS:
        result = called(who, tool.name, words_of(tool.name, cast))
        last = AuditEntry.objects.order_by("-number").first()
        assert last is not None
        assert (last.what, last.about["tool"]) == ("asked_by_assistant", tool.name)
        if result["isError"]:
            assert name == "rep" or tool.name == "explain_gap", (tool.name, result)
            continue
        told = result["structuredContent"]
        assert told["as_of"].endswith("Z"), tool.name
        assert told["link"].startswith("https://sales.example.com/"), tool.name
        assert isinstance(told["definition_versions"], dict)
        assert json.loads(result["content"][0]["text"]) == told
    assert called(who, "query_metrics", WORDS["query_metrics"])["structuredContent"]["definition_versions"]["revenue"] >= 1


def test_an_assistant_sees_no_more_than_its_owner(place: Running, cast: Cast) -> None:
    names = {stint.rep_id: stint.name for stint in place.store.view().stints}
    for tool in TOOLS:
        text = json.dumps(called(caller(cast, "rep"), tool.name, words_of(tool.name, cast)), ensure_ascii=False)
        assert (names[cast.rep_id("other_rep")] or "nobody") not in text, tool.name
    hidden = called(caller(cast, "rep"), "get_rep_brief", {"rep": cast.rep_id("peer")})
    assert hidden["isError"]
    assert hidden == called(caller(cast, "rep"), "get_rep_brief", {"rep": "nobody-at-all"})


def test_a_wrong_question_is_told_with_all_its_problems(cast: Cast) -> None:
    result = called(caller(cast, "manager"), "query_metrics", {"metrics": ["revenu"], "period": "someday", "x": 1})
    assert result["isError"]
    text = result["content"][0]["text"]
    assert "There is no such parameter" in text
    right = called(caller(cast, "manager"), "query_metrics", {"metrics": ["revenu"], "period": "someday"})["content"][0]["text"]
    assert "Did you mean 'revenue'?" in right
    assert "someday" in right


# --- over HTTP ---


def post(client: Client, message: Any, **headers: str) -> Any:
    return client.post("/mcp", data=json.dumps(message), content_type="application/json", headers=headers)


def with_key(cast: Cast, name: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'assistant')[1]}"})


def test_without_a_key_or_from_a_foreign_page_nothing_is_told(cast: Cast, browser: Callable[[str], Client]) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert post(browser("admin"), ping).status_code == 401, "a session is no key"
    client = with_key(cast, "manager")
    assert post(client, ping).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert post(client, ping, Origin="https://evil.example").status_code == 403
    assert client.get("/mcp").status_code == 405
    assert post(client, {"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    assert client.post("/mcp", data="{", content_type="application/json").status_code == 400
    large = client.post("/mcp", data="x" * 3_000_000, content_type="application/json")
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")


def test_a_request_of_the_newer_era_must_agree_with_its_headers(cast: Cast) -> None:
    meta = {VERSION_KEY: NEW[0], "io.modelcontextprotocol/clientCapabilities": {}}
    message = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": meta}}
    client = with_key(cast, "manager")
    right = {"MCP-Protocol-Version": NEW[0], "Mcp-Method": "tools/list"}
    assert post(client, message, **right).json()["result"]["resultType"] == "complete"
    assert post(client, message, **{**right, "Mcp-Method": "tools/call"}).json()["error"]["code"] == -32020
    other = {**message, "params": {"_meta": {**meta, VERSION_KEY: "2031-01-01"}}}
    refused = post(client, other, **{**right, "MCP-Protocol-Version": "2031-01-01"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32022)


@pytest.fixture
def address() -> Iterator[str]:
    """A served ``/mcp``; requests are answered by Django's own client, so that the test's database is seen."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                asked.append((body, {name: value for name, value in self.headers.items() if name.lower() != "host"}))
                there.set()
                done.wait(60)
                done.clear()
                told = answered.pop()
            self.send_response(told.status_code)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.content)

        def do_GET(self) -> None:
            self.send_response(405)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/mcp"
    server.shutdown()
    server.server_close()


asked: list[tuple[bytes, dict[str, str]]] = []
answered: list[Any] = []
there, done = threading.Event(), threading.Event()


def answering(until: threading.Thread) -> None:
    """In this thread, which alone sees what the test wrote: answer what the server was asked."""
    while until.is_alive():
        if there.wait(0.05):
            there.clear()
            body, headers = asked.pop()
            answered.append(Client().post("/mcp", data=body, content_type="application/json", headers=headers))
            done.set()


@pytest.mark.parametrize("era", ["old", "new"])
def test_the_official_client_asks_over_http(era: str, cast: Cast, address: str) -> None:
    text = keys.make(cast["manager"], "assistant")[1]
    found: dict[str, Any] = {}

    async def ask() -> None:
        headers = {"Authorization": f"Bearer {text}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            streamable_http_client(address, http_client=http) as streams,
            ClientSession(streams[0], streams[1]) as session,
        ):
            await _conversation(session, era, found)

    thread = threading.Thread(target=lambda: anyio.run(ask))
    thread.start()
    answering(thread)
    thread.join()
    _check(found)


async def _conversation(session: ClientSession, era: str, found: dict[str, Any]) -> None:
    if era == "old":
        found["server"] = (await session.initialize()).server_info.name
    else:
        from mcp.client._probe import negotiate_auto

        await negotiate_auto(session)
        assert session.discover_result is not None
        found["server"] = "paceline"
    found["tools"] = [tool.name for tool in (await session.list_tools()).tools]
    found["result"] = await session.call_tool("query_metrics", {"metrics": ["revenue"], "period": "2026-05"})
    found["resources"] = [str(one.uri) for one in (await session.list_resources()).resources]
    found["prompts"] = [one.name for one in (await session.list_prompts()).prompts]


def _check(found: dict[str, Any]) -> None:
    assert found["server"] == "paceline"
    assert found["tools"] == list(BY_NAME)
    assert not found["result"].is_error
    assert found["result"].structured_content["items"][0]["metric"] == "revenue"
    assert "paceline://metrics" in found["resources"]
    assert "one_on_one" in found["prompts"]


# --- over stdin and stdout ---


def test_a_line_in_is_a_line_out_and_rubbish_is_told(cast: Cast) -> None:
    who = caller(cast, "manager")
    lines = ['{"jsonrpc":"2.0","id":1,"method":"ping"}', "", "rubbish", '{"jsonrpc":"2.0","method":"notifications/initialized"}',
             '{"jsonrpc":"2.0","id":2,"method":"no/such"}', "[]"]
    out = io.StringIO()
    serve(lines, out, lambda message: answer(who, message))
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one.get("id") for one in told] == [1, None, 2, None]
    assert [one.get("error", {}).get("code") for one in told] == [None, -32700, -32601, -32600]


def test_a_key_is_looked_at_again_with_each_question(cast: Cast) -> None:
    key, text = keys.make(cast["manager"], "assistant")
    answers = here(FOLDER, text, "")
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert answers(ping) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    key.delete()
    with pytest.raises(NoCallerError):
        answers(ping)
    with pytest.raises(NoCallerError):
        here(FOLDER, "pace_guessed", "")


def test_the_official_client_starts_the_command(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder of its own, no server: the command opens the store for each question, as the project's admin."""
    import subprocess

    folder = tmp_path_factory.mktemp("assistant")
    (folder / "paceline.toml").write_text("", encoding="utf-8")
    made = (
        "import sys; from pathlib import Path; from paceline.pages.serving import prepare; prepare(Path(sys.argv[1]));"
        "from paceline.people.models import User;"
        "User.objects.create_user('a@example.com', 'long enough 1', name='A', role='admin')"
    )
    own = {name: value for name, value in os.environ.items() if name not in ("PACELINE_PROJECT", "DJANGO_SETTINGS_MODULE")}
    subprocess.run([sys.executable, "-c", made, str(folder)], check=True, env=own)
    found: dict[str, Any] = {}
    command = StdioServerParameters(command=sys.executable, args=["-m", "paceline.cli", "mcp", "-p", str(folder)], env=own)

    async def ask() -> None:
        async with stdio_client(command) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            found["server"] = (await session.initialize()).server_info.name
            found["result"] = await session.call_tool("describe_metric", {"metric": "win_rate"})

    asked = threading.Thread(target=anyio.run, args=(ask,))  # of its own: a browser's driver may have a loop in this one
    asked.start()
    asked.join()
    assert found["server"] == "paceline"
    assert found["result"].structured_content["definition"]["metric"] == "win_rate"
