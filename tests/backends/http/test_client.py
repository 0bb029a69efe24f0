"""The client as adapters use it: what is sent, what comes out, and what is known already."""

import asyncio
import gzip
import json
import logging
import threading
from traceback import walk_tb

import httpx
import pytest

from dli_tui.backends.http import memory
from dli_tui.backends.http.exchange import decoded
from dli_tui.backends.http.reply import ACCEPTED
from dli_tui.domain.errors import (
    AnswerLostError,
    ConfigurationError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from tests.backends.http.servers import LIST, RUN, TOKEN, URL, Stub, client

OK = httpx.Response(200, json=["a"])


def tagged(body, etag="", status=200):
    return httpx.Response(
        status, headers={"ETag": etag, "X-Total-Count": str(len(body))}, json=body
    )


class TestWhatIsSent:
    async def test_path_and_query_stand_behind_the_url(self):
        stub = Stub(OK)
        asked = LIST._replace(path="/api/v1/workflows/a%20b%2Fc", query={"limit": 5, "q": "x y"})
        async with client(stub, url=f"{URL}/base/") as http:
            await http.read(asked, decoded)
        target = stub.requests[0].url.raw_path.decode().replace("+", "%20")
        assert target == "/base/api/v1/workflows/a%20b%2Fc?limit=5&q=x%20y"
        assert (stub.requests[0].method, stub.requests[0].content) == ("GET", b"")
        assert "Content-Type" not in stub.requests[0].headers

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize("body", [None, {}, {"params": {"ü": 1}}])
    async def test_a_write_always_sends_an_object(self, method, body):
        stub = Stub(httpx.Response(204))
        asked = RUN._replace(method=method, body=body, headers={"Idempotency-Key": "k"})
        async with client(stub) as http:
            assert (await http.write(asked, decoded)).value is None
        sent = stub.requests[0]
        assert (sent.method, json.loads(sent.content)) == (method, body or {})
        assert sent.headers["Content-Type"] == "application/json"
        assert sent.headers["Idempotency-Key"] == "k"

    async def test_a_question_may_have_a_body_too(self):
        stub = Stub(httpx.Response(503), OK)
        async with client(stub) as http:
            asked = LIST._replace(method="POST", body={"dag_ids": ["a"]})
            assert (await http.read(asked, decoded)).value == ["a"]
        assert [json.loads(request.content) for request in stub.requests] == [
            {"dag_ids": ["a"]}
        ] * 2

    async def test_we_say_who_we_are_and_what_we_understand(self):
        stub = Stub(OK)
        async with client(stub) as http:
            await http.read(LIST, decoded)
        headers = stub.requests[0].headers
        assert (headers["Accept"], headers["Accept-Encoding"]) == ("application/json", "gzip")
        assert headers["User-Agent"].startswith("dli-tui/")

    async def test_a_value_that_json_lacks_isnt_sent(self):
        stub = Stub(OK)
        async with client(stub) as http:
            with pytest.raises(ConfigurationError, match="can't be sent"):
                await http.write(RUN._replace(body={"params": {"x": float("nan")}}), decoded)
        assert stub.requests == []

    async def test_it_is_used_while_it_is_open(self):
        http = client(Stub(OK))
        with pytest.raises(RuntimeError, match="async with"):
            await http.read(LIST, decoded)


class TestWhatComesOut:
    async def test_a_value_a_status_and_headers_of_any_case(self):
        async with client(Stub(tagged(["a"], status=206))) as http:
            answer = await http.read(LIST, decoded)
        assert (answer.value, answer.status, answer.unchanged) == (["a"], 206, False)
        assert answer.headers["x-TOTAL-count"] == "1"

    async def test_gzip_is_unpacked(self):
        packed = httpx.Response(200, content=gzip.compress(b'["a"]'))
        packed.headers["Content-Encoding"] = "gzip"
        async with client(Stub(packed)) as http:
            assert (await http.read(LIST, decoded)).value == ["a"]

    @pytest.mark.parametrize(
        ("status", "asked", "kind"),
        [
            (404, RUN, WorkflowNotFoundError),
            (400, RUN, WorkflowExecutionError),
            (500, LIST, WorkflowExecutionError),
            (503, LIST, ServerError),
        ],
    )
    async def test_a_refusal_is_the_error_that_the_table_says(self, status, asked, kind):
        stub = Stub(httpx.Response(status, json={"detail": "because \x1b[31mof it"}))
        async with client(stub) as http:
            with pytest.raises(kind, match="because of it"):
                await (http.read if asked is LIST else http.write)(asked, decoded)

    async def test_what_the_caller_expects_it_reads(self):
        stub = Stub(httpx.Response(409, json={"detail": "exists"}))
        async with client(stub) as http:
            answer = await http.write(RUN._replace(expected=frozenset({409})), decoded)
        assert (answer.status, answer.value) == (409, {"detail": "exists"})

    @pytest.mark.parametrize("size", [10, 100_000])
    async def test_a_large_body_is_parsed_in_a_thread(self, size):
        def thread_of(content):
            return threading.current_thread()

        async with client(Stub(httpx.Response(200, content=b" " * size))) as http:
            thread = (await http.read(LIST, thread_of)).value
        assert (thread is threading.main_thread()) == (size < 65536)

    async def test_of_many_large_bodies_only_a_few_take_threads_and_the_others_wait(self):
        at_work, over = threading.Semaphore(0), threading.Event()

        def slow(content):
            at_work.release()
            over.wait(10)
            return len(content)

        bodies = [httpx.Response(200, content=b" " * 70_000) for _ in range(9)]
        async with client(Stub(*bodies)) as http:
            asked = [LIST._replace(path=f"/{number}") for number in range(len(bodies))]
            reads = [asyncio.create_task(http.read(one, slow)) for one in asked]
            try:
                for _ in range(2):
                    assert await asyncio.to_thread(at_work.acquire, timeout=10)
                assert not at_work.acquire(blocking=False)
            finally:
                over.set()
            assert [one.value for one in await asyncio.gather(*reads)] == [70_000] * len(bodies)

    @pytest.mark.parametrize("error", [ValueError(TOKEN), RecursionError()])
    async def test_what_a_parser_stumbles_over_is_an_error_of_ours(self, error):
        def stumbling(content):
            raise error

        async with client(Stub(OK)) as http:
            with pytest.raises(ServerError, match="something else was expected") as caught:
                await http.read(LIST, stumbling)
        assert caught.value.__context__ is None

    @pytest.mark.parametrize(
        "reply",
        [
            httpx.Response(202, content=b"{not json"),
            httpx.Response(202, html="<html><title>Welcome</title>"),
            httpx.Response(202, headers={"Content-Encoding": "br"}),
        ],
    )
    async def test_after_a_yes_to_a_write_it_may_have_happened(self, reply):
        async with client(Stub(reply)) as http:
            with pytest.raises(AnswerLostError) as caught:
                await http.write(RUN, decoded)
            assert (caught.value.code, caught.value.hint) == (ErrorCode.SERVER_ERROR, ACCEPTED)
            with pytest.raises(ServerError) as refused:
                await http.read(LIST, decoded)
            assert refused.value.hint != ACCEPTED


class TestWhatIsKnown:
    async def test_the_same_bytes_are_the_same_object(self):
        parsed = []

        def parse(content):
            parsed.append(content)
            return decoded(content)

        async with client(Stub(OK)) as http:
            first, second = await http.read(LIST, parse), await http.read(LIST, parse)
        assert (first.unchanged, second.unchanged, len(parsed)) == (False, True, 1)
        assert second.value is first.value

    async def test_a_server_with_etags_is_asked_whether_it_changed(self):
        stub = Stub(tagged(["a"], 'W/"1"'), httpx.Response(304, headers={"ETag": 'W/"2"'}))
        async with client(stub) as http:
            first = await http.read(LIST, decoded)
            answers = [await http.read(LIST, decoded) for _ in range(2)]
        sent = [request.headers.get("If-None-Match") for request in stub.requests]
        assert sent == [None, 'W/"1"', 'W/"2"']
        for answer in answers:
            assert answer.value is first.value
            assert (answer.unchanged, answer.status) == (True, 200)
            assert answer.headers["X-Total-Count"] == "1"

    async def test_other_bytes_are_news_and_so_is_the_return_of_the_old_ones(self):
        async with client(Stub(tagged(["a"]), tagged(["b"]), tagged(["a"]))) as http:
            answers = [await http.read(LIST, decoded) for _ in range(3)]
        assert [answer.value for answer in answers] == [["a"], ["b"], ["a"]]
        assert not any(answer.unchanged for answer in answers)

    async def test_what_is_there_again_is_news(self):
        gone = httpx.Response(404, json={})
        asked = LIST._replace(expected=frozenset({404}))
        async with client(Stub(OK, gone, OK)) as http:
            answers = [await http.read(asked, decoded) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 404, 200]
        assert not any(answer.unchanged for answer in answers)

    async def test_a_failure_between_changes_nothing(self):
        async with client(Stub(OK, httpx.Response(500), OK)) as http:
            await http.read(LIST, decoded)
            with pytest.raises(WorkflowExecutionError):
                await http.read(LIST, decoded)
            assert (await http.read(LIST, decoded)).unchanged

    @pytest.mark.parametrize(
        "other",
        [
            LIST._replace(query={"offset": 500}),
            LIST._replace(path="/other"),
            LIST._replace(headers={"Accept": "text/plain"}),
            LIST._replace(method="POST"),
        ],
    )
    async def test_another_question_has_another_answer(self, other):
        async with client(Stub(OK)) as http:
            await http.read(LIST, decoded)
            assert not (await http.read(other, decoded)).unchanged

    async def test_an_etag_that_cant_be_sent_back_isnt(self):
        reply = httpx.Response(200, headers=[(b"ETag", b'"\xfc"')], content=b"[]")
        stub = Stub(reply)
        async with client(stub) as http:
            await http.read(LIST, decoded)
            assert (await http.read(LIST, decoded)).unchanged
        assert "If-None-Match" not in stub.requests[1].headers

    async def test_what_was_asked_longest_ago_is_forgotten(self, monkeypatch):
        monkeypatch.setattr(memory, "QUESTIONS", 2)
        a, b, c = (LIST._replace(path=f"/{name}") for name in "abc")
        async with client(Stub(OK)) as http:
            seen = [(await http.read(asked, decoded)).unchanged for asked in (a, b, a, c, a, b)]
        assert seen == [False, False, True, False, True, False]

    async def test_what_is_kept_is_limited_by_its_bytes(self, monkeypatch):
        monkeypatch.setattr(memory, "MOST_BYTES", 2 * len(OK.content))
        a, b, c = (LIST._replace(path=f"/{name}") for name in "abc")
        async with client(Stub(OK)) as http:
            seen = [(await http.read(asked, decoded)).unchanged for asked in (a, b, b, c, b, a)]
        assert seen == [False, False, True, False, True, False]

    async def test_many_small_objects_count_as_much_as_what_is_made_of_them(self, monkeypatch):
        body: list[dict[str, int]] = [{}] * 50
        monkeypatch.setattr(memory, "MOST_BYTES", 50 * len(httpx.Response(200, json=body).content))
        a, b = (LIST._replace(path=f"/{name}") for name in "ab")
        async with client(Stub(httpx.Response(200, json=body))) as http:
            seen = [(await http.read(asked, decoded)).unchanged for asked in (a, b, b, a)]
        assert seen == [False, False, False, False]

    async def test_a_question_that_is_never_asked_again_leaves_nothing(self):
        asked = LIST._replace(cacheable=False)
        async with client(Stub(OK)) as http:
            await http.read(asked, decoded)
            assert not (await http.read(asked, decoded)).unchanged

    async def test_a_huge_body_isnt_kept(self, monkeypatch):
        monkeypatch.setattr(memory, "LARGEST", 4)
        async with client(Stub(OK)) as http:
            await http.read(LIST, decoded)
            assert not (await http.read(LIST, decoded)).unchanged


async def test_no_secret_is_in_any_log_line_or_repr(caplog):
    caplog.set_level(logging.DEBUG)
    stub = Stub(httpx.Response(503), OK)
    async with client(stub, token_env="MY_TOKEN") as http:
        answer = await http.read(LIST, decoded)
        shown = f"{http!r} {vars(http)!r} {vars(http._sign_in)!r} {answer!r}"
    assert "HTTP Request" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in shown


async def test_whoever_gives_up_leaves_the_client_usable():
    gate = asyncio.Event()

    async def slow(request):
        if request.url.path == "/slow":
            await gate.wait()
        return httpx.Response(200, json=["a"])

    async with client(slow) as http:
        asking = asyncio.create_task(http.read(LIST._replace(path="/slow"), decoded))
        await asyncio.sleep(0)
        asking.cancel()
        assert (await http.read(LIST, decoded)).value == ["a"]
    assert asking.cancelled()


async def test_an_error_about_an_answer_keeps_nothing_that_was_parsed():
    """Its traceback would hold the rows of a large answer for as long as somebody keeps it."""

    def parse(_content):
        rows = ["kept"]
        raise ServerError(f"more than {len(rows)} row")

    async with client(Stub(OK)) as http:
        with pytest.raises(ServerError, match="more than 1 row") as caught:
            await http.read(LIST, parse)
    frames = [frame.f_locals for frame, _ in walk_tb(caught.value.__traceback__)]
    assert not any("rows" in names for names in frames)
    assert caught.value.__context__ is None
