"""Metrics are text that Prometheus reads, of bounded size, whatever is asked."""

import re

from dli_tui.server.metrics import Requests, by_component, counter, gauge, text_of

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?[0-9.e+-]+')


def samples(families):
    """The samples by name, with a look at the rules of the format."""
    found, named = {}, set()
    for line in text_of(families).splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            assert name not in named
            assert kind in ("counter", "gauge", "histogram")
            named.add(name)
        elif not line.startswith("# HELP "):
            assert SAMPLE.fullmatch(line), line
            key, _, value = line.rpartition(" ")
            found[key] = float(value)
    return found


def test_requests_are_counted_by_method_and_status():
    requests = Requests()
    for method, status in (("GET", 200), ("GET", 200), ("POST", 403), ("BREW", 405), ("X", 405)):
        requests.note(method, status, 0.01)
    requests.note("GET", None, 0.01)
    found = samples(requests.families())
    assert found['dli_tui_requests_total{method="GET",status="200"}'] == 2
    assert found['dli_tui_requests_total{method="POST",status="403"}'] == 1
    assert found['dli_tui_requests_total{method="other",status="405"}'] == 2
    assert found['dli_tui_requests_total{method="GET",status="none"}'] == 1


def test_how_long_they_took_is_a_histogram():
    requests = Requests()
    for seconds in (0.001, 0.005, 0.05, 100.0):
        requests.note("GET", 200, seconds)
    found = samples(requests.families())
    name = "dli_tui_request_seconds"
    bounds = [found[f'{name}_bucket{{le="{one}"}}'] for one in ("0.005", "0.1", "30.0", "+Inf")]
    assert bounds == [2, 3, 3, 4]
    assert (found[f"{name}_count"], found[f"{name}_sum"]) == (4, 100.056)


def test_methods_of_their_own_make_no_more_samples():
    requests = Requests()
    before = len(samples(requests.families()))
    for number in range(1_000):
        requests.note(f"M{number}", 405, 0.0)
    assert len(samples(requests.families())) == before + 1


def test_single_values_and_components():
    families = [
        gauge("a", "A.", 1.5),
        counter("b", "B.", 2),
        by_component("c", "C.", {"tokens": 1.0, "upstream": 0.0}),
    ]
    assert samples(families) == {
        "a": 1.5,
        "b": 2,
        'c{component="tokens"}': 1,
        'c{component="upstream"}': 0,
    }
