"""`dli-tui pyairtable-demo` as a process: it says where it is, obeys signals, ends in words."""

import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager

import httpx
import pytest

from tests.playground.asking import SAGAS, SIGNED, WORKFLOWS, step

WAIT = 20
FAR = "https://hooks.example.com/far"
COMMAND = [sys.executable, "-m", "dli_tui", "pyairtable-demo"]
ANYWHERE = ("--port", "0", "--saga-port", "0")


@contextmanager
def playing(*options):
    """A process that plays, and its two lines."""
    process = subprocess.Popen(
        [*COMMAND, *ANYWHERE, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process, process.stdout.readline().strip(), process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def get(url, path):
    return httpx.get(f"{url}{path}", headers=SIGNED, trust_env=False)


@pytest.mark.parametrize(("by", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_says_where_it_is_and_how_to_open_it_until_a_signal_comes(by, code):
    with playing() as (process, where, command):
        words = command.split()
        workflows, sagas = words[3], words[5]
        assert where == (
            f"A PyAirtable service that is made up: workflows {workflows}, sagas {sagas}"
        )
        assert command == (
            f"DLI_TUI_API_KEY=try-me dli-tui --pyairtable {workflows} --saga-url {sagas}"
        )
        assert len(get(workflows, WORKFLOWS).json()) == 16
        assert get(sagas, f"{SAGAS}/").json()["total"] > 10
        process.send_signal(by)
        rest, _ = process.communicate(timeout=WAIT)
    assert (rest, process.returncode) == ("", code)


def test_it_posts_webhooks_to_this_machine_and_says_what_it_does_not():
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as hook,
        playing("--speed", "200") as played,
    ):
        process, _, command = played
        hook.settimeout(WAIT)
        address = f"http://127.0.0.1:{hook.getsockname()[1]}/hook"
        body = {
            "name": "Hooked",
            "workflow_config": {
                "steps": [
                    step("tell", "notification", webhook_url=address),
                    step("far", "notification", webhook_url=FAR),
                ]
            },
        }
        url = f"{command.split()[3]}{WORKFLOWS}"
        number = httpx.post(url, json=body, headers=SIGNED, trust_env=False).json()["id"]
        begun = httpx.post(f"{url}/{number}/execute", headers=SIGNED, trust_env=False)
        line, _ = hook.accept()
        with closing(line):
            asked = line.recv(10_000).decode()
            line.sendall(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        execution = begun.json()["execution_id"]
        told: list[str] = []
        while not told or "far" not in told[-1]:
            told.append(process.stderr.readline())
            assert told[-1], "it ended without a word"
    assert asked.startswith("POST /hook HTTP/1.1")
    of_it = [line.strip() for line in told if f"execution {execution} " in line]
    assert of_it == [
        f"step_completed of execution {execution} to {address}: answered 204",
        f"step_completed of execution {execution} to {FAR}: not sent, that isn't this machine",
    ]


def test_a_port_that_is_taken_is_told_in_words():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        for options in (("--port", port), ("--saga-port", port)):
            done = subprocess.run(
                [*COMMAND, *ANYWHERE, *options],
                capture_output=True,
                text=True,
                timeout=WAIT,
                check=False,
            )
            assert (done.returncode, done.stdout) == (1, "")
            assert f"Can't listen on 127.0.0.1 port {port}" in done.stderr
            assert f"{options[0]} N" in done.stderr


def test_it_can_be_another_service_that_is_slow_and_half_down():
    with playing("--generation", "legacy", "--sagas", "flat", "--sagas-down", "--slow", "0.01") as (
        _,
        _,
        command,
    ):
        workflows, sagas = command.split()[3], command.split()[5]
        assert get(workflows, "/workflows").json()["total"] == 16
        assert get(sagas, "/saga").status_code == 503
