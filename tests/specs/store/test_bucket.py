"""A bucket: listings that are whole or fail, and replies in words, without what is secret."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from obstore.store import GCSStore, MemoryStore

from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    ServerError,
    WorkflowPermissionError,
)
from dli_tui.specs.store.bucket import Bucket
from dli_tui.specs.store.objects import MAX_OBJECT, ClashError, UnreadableError
from dli_tui.specs.store.opening import open_objects
from tests.specs.store.places import NOW
from tests.support import ManualClock

FOLDER = "workflows/manual"
KEY = f"{FOLDER}/web.clicks.yaml"
SECRET = "a-secret-that-nobody-sees"


def page(*keys, token=""):
    """A page of a listing, as S3 answers it."""
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    listed = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-11-21T09:00:00.000Z</LastModified>"
        f"<ETag>&quot;{number}&quot;</ETag><Size>1</Size></Contents>"
        for number, key in enumerate(keys)
    )
    return (
        '<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><Prefix/>'
        f"<IsTruncated>{str(bool(token)).lower()}</IsTruncated>{listed}{more}</ListBucketResult>"
    )


def refusal(code):
    return f"<Error><Code>{code}</Code><Message>no: {SECRET}</Message></Error>"


@contextmanager
def served(*answers):
    """A server that gives those answers in turn, then the last one again; what it was asked."""
    waiting, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            condition = self.headers.get("x-goog-if-generation-match", "")
            asked.append(f"{self.command} {self.path} {condition}".rstrip())
            status, body, *cut = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            self.send_header("content-length", str(len(body) + sum(cut)))
            self.send_header("etag", '"1"')
            self.send_header("x-goog-generation", "7")
            self.send_header("last-modified", "Sat, 21 Nov 2026 09:00:00 GMT")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())
            self.close_connection = bool(cut)

        do_GET = do_PUT = do_HEAD = _answer  # noqa: N815 - the names that it calls

        def log_message(self, *_):
            """Nothing of it is of interest."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def opened(monkeypatch):
    """Opens a bucket at an address."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    def at(address):
        settings = {"AWS_ENDPOINT_URL": address}
        return open_objects("s3://bucket/team", settings, ManualClock(NOW))

    return at


async def test_what_is_written_is_there_and_nothing_is_written_unseen():
    place = Bucket("memory://", MemoryStore())
    etag = await place.put(KEY, b"one", over=None)
    assert await place.get(KEY) == (b"one", etag)
    assert await place.etags(FOLDER) == {KEY: etag}
    for key, over in ((KEY, None), (KEY, '"99"'), (f"{FOLDER}/other.yaml", etag)):
        with pytest.raises(ClashError):
            await place.put(key, b"two", over=over)
    assert await place.get(f"{FOLDER}/other.yaml") is None
    assert await place.etags("workflows/code") == {}


async def test_a_listing_has_all_its_pages(opened):
    one, two = (page(f"team/{FOLDER}/{name}.yaml", token=name == "a" and "next") for name in "ab")
    with served((200, one), (200, two)) as (address, asked):
        found = await (await opened(address)).etags(FOLDER)
    assert list(found) == [f"{FOLDER}/a.yaml", f"{FOLDER}/b.yaml"]
    assert ["continuation-token=next" in one for one in asked] == [False, True]


@pytest.mark.parametrize(
    "answer", [(403, refusal("AccessDenied")), (200, page(KEY)[:-40]), (200, page(KEY), 50)]
)
async def test_a_listing_that_is_cut_off_is_an_error_and_never_a_short_one(opened, answer):
    with served((200, page(f"team/{KEY}", token="next")), answer) as (address, _):
        place = await opened(address)
        with pytest.raises((ServerError, WorkflowPermissionError), match="s3://bucket/team "):
            await place.etags(FOLDER)


REPLIES = [
    (403, "AccessDenied", WorkflowPermissionError, "with these credentials (AccessDenied)"),
    (403, "InvalidAccessKeyId", AuthenticationError, "doesn't know these credentials (Invalid"),
    (403, "SignatureDoesNotMatch", AuthenticationError, "doesn't know these credentials"),
    (401, "Whatever", AuthenticationError, "doesn't know these credentials"),
    (404, "NoSuchBucket", ConfigurationError, "There is no such bucket: s3://bucket/team"),
    (409, "OperationAborted", ConfigurationError, "couldn't be listed (OperationAborted)"),
    (400, "<b>odd</b>", ConfigurationError, "couldn't be listed (status 400)"),
]


@pytest.mark.parametrize(("status", "code", "kind", "said"), REPLIES)
async def test_a_refusal_is_told_in_words_and_without_its_body(opened, status, code, kind, said):
    with served((status, refusal(code))) as (address, _):
        place = await opened(address)
        with pytest.raises(kind) as caught:
            await place.etags(FOLDER)
    told = f"{caught.value} {caught.value.hint}"
    assert said in told
    assert SECRET not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_bucket_that_is_gone_is_not_a_document_that_is_not_there(opened):
    with served((404, refusal("NoSuchBucket"))) as (address, _):
        place = await opened(address)
        for asked in (place.get(KEY), place.put(KEY, b"x", over=None)):
            with pytest.raises(ConfigurationError, match="no such bucket"):
                await asked
    with served((404, refusal("NoSuchKey"))) as (address, _):
        assert await (await opened(address)).get(KEY) is None


async def test_one_object_that_is_refused_or_too_long_is_no_fault_of_the_others(opened):
    with served((403, refusal("AccessDenied"))) as (address, _):
        place = await opened(address)
        with pytest.raises(UnreadableError, match=r"clicks\.yaml can't be read: .* refuses it"):
            await place.get(KEY)
    place = Bucket("memory://", MemoryStore())
    await place.put(KEY, b"#" * (MAX_OBJECT + 1), over=None)
    with pytest.raises(UnreadableError, match="longer than"):
        await place.get(KEY)


async def test_a_write_is_sent_once_and_what_became_of_it_is_not_claimed(opened):
    with served((200, "", 5)) as (address, _):
        place = await opened(address)
    with pytest.raises(AnswerLostError, match="nobody knows whether it was written"):
        await place.put(KEY, b"x", over=None)
    with pytest.raises(ConnectionFailedError, match="can't be reached"):
        await place.get(KEY)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_write_that_a_server_failed_at_is_not_sent_again(opened, status):
    with served((status, refusal("InternalError"))) as (address, asked):
        place = await opened(address)
        with pytest.raises(AnswerLostError):
            await place.put(KEY, b"x", over=None)
    assert len(asked) == 1


@pytest.mark.parametrize("status", [409, 412])
async def test_a_write_that_met_another_one_is_a_clash(opened, status):
    with served((status, refusal("ConditionalRequestConflict"))) as (address, asked):
        place = await opened(address)
        for over in (None, '"1"'):
            with pytest.raises(ClashError):
                await place.put(KEY, b"x", over=over)
    assert len(asked) == 2


async def test_google_compares_the_version_that_has_that_etag():
    with served((200, "")) as (address, asked):
        key = {
            "gcs_base_url": address,
            "disable_oauth": True,
            "client_email": "",
            "private_key": "",
            "private_key_id": "",
        }
        store = GCSStore(
            "bucket", service_account_key=json.dumps(key), client_options={"allow_http": True}
        )
        place = Bucket("gs://bucket", store, by_version=True)
        assert await place.put(KEY, b"x", over='"1"') == '"1"'
        with pytest.raises(ClashError):
            await place.put(KEY, b"x", over='"2"')
        await place.put(KEY, b"x", over=None)
    written = [one.split()[2] for one in asked if one.startswith("PUT")]
    assert written == ["7", "0"]
