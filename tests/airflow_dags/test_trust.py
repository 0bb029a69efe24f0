"""What somebody who may register can't make a worker do."""

import pytest

from dli_tui.airflow_dags import dli_dags
from dli_tui.airflow_dags.dli_dags import CODE, MANUAL, Rules, refusals, spec_of

OPEN = Rules(
    connections=frozenset({"warehouse"}),
    urls=("https://api.example.com/v1", "http://10.0.0.5:8080/"),
)


def problems(step, source=MANUAL, rules=OPEN):
    return refusals(spec_of(f"name: x\nparameters: {{day: {{}}}}\nsteps: [{step}]"), source, rules)


def http(url):
    return f"{{name: a, type: http, config: {{url: '{url}'}}}}"


SHELL = "{name: a, type: shell, config: {command: ls}}"
PYTHON = "{name: a, type: python, config: {module: jobs.load}}"


@pytest.mark.parametrize("step", [SHELL, PYTHON])
def test_code_runs_for_code_only_unless_the_people_of_airflow_say_otherwise(step):
    assert "runs for CODE only" in problems(step)[0]
    assert problems(step, CODE) == []
    assert problems(step, MANUAL, Rules(manual_code=True)) == []


def test_manual_uses_the_connections_that_are_named():
    step = "{{name: a, type: sql, config: {{connection: {}, query: select 1}}}}"
    assert problems(step.format("warehouse")) == []
    assert "DLI_ALLOWED_CONNECTIONS" in problems(step.format("payroll"))[0]
    assert problems(step.format("payroll"), CODE) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "https://API.example.com/v1/rows?day={{params.day}}",
        "https://api.example.com:443/v1/{{ds}}",
        "http://10.0.0.5:8080/anything",
    ],
)
def test_manual_reaches_what_begins_with_an_allowed_address(url):
    assert problems(http(url)) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/",
        "https://api.example.com/v10",
        "http://api.example.com/v1",
        "https://api.example.com:8443/v1",
        "https://api.example.com.evil.example/v1",
        "https://evil.example/https://api.example.com/v1",
        "http://10.0.0.5/",
        "https://api.example.com/v1/../admin",
        "https://api.example.com/v1/%2e%2E/admin",
        "https://api.example.com/v1/..;x/admin",
        "https://api.example.com/v1/..%2fadmin",
        "https://api.example.com\\\\@evil.example/v1",
        "https://api.example.com@evil.example/v1",
        "https://{{params.day}}/v1",
        "https://api.example.com{{params.day}}/v1",
        "//api.example.com/v1",
        "ftp://api.example.com/v1",
        "https://api.example.com/v1 HTTP/1.1",
        "https://api.example.com:port/v1",
        "https://[::1/v1",
        "api",
        "",
    ],
)
def test_manual_reaches_nothing_else(url):
    assert len(problems(http(url))) == 1


def test_nothing_is_allowed_that_is_not_named():
    assert dli_dags.rules_of({}) == Rules(frozenset(), (), manual_code=False)
    assert dli_dags.rules_of(
        {
            "DLI_ALLOWED_CONNECTIONS": "a, b",
            "DLI_ALLOWED_URLS": "https://a/\nhttps://b/",
            "DLI_ALLOW_MANUAL_CODE": "yes",
        }
    ) == Rules(frozenset({"a", "b"}), ("https://a/", "https://b/"), manual_code=False)


@pytest.mark.parametrize("source", [CODE, MANUAL])
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "169.254.169.254", "100.100.100.200"),
        *("168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
        *("[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]"),
        *("[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "localhost", "x.localhost"),
    ],
)
def test_this_machine_its_link_and_its_keeper_are_closed_to_everybody(host, source):
    allowed = Rules(urls=(f"http://{host}/",))
    assert "this machine" in problems(http(f"http://{host}/"), source, allowed)[0]


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.5", "192.0.2.1", "93.184.216.34", "2606:2800:220:1::1"),
        *("::ffff:93.184.216.34", "64:ff9b::5db8:d822"),
    ],
)
def test_any_other_address_is_open(address):
    assert dli_dags.why_not_an_address(address) is None


def test_a_webhook_is_an_address_like_any_other():
    text = "name: x\nnotifications: {on_success: [{type: slack, url: 'https://evil.example/'}]}"
    assert "DLI_ALLOWED_URLS" in refusals(spec_of(text), MANUAL, OPEN)[0]
    assert refusals(spec_of(text), CODE, OPEN) == []


@pytest.mark.parametrize("value", ["{{params.day}}", "{{ ds }}"])
def test_a_value_is_never_put_into_a_command(value):
    step = f"{{name: a, type: shell, config: {{command: 'echo {value}'}}}}"
    assert "is never put into a command; write $DLI_" in problems(step, CODE)[0]
