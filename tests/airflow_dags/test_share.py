"""Which documents of the folder a copy makes DAGs of, and what it says of the rest."""

import os
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from zlib import crc32

import pytest

from dli_tui.airflow_dags import dli_dags
from dli_tui.airflow_dags.dli_dags import Rules, SpecsError, error_of, share_of

NO_NAME = (
    "manual/not a name.yaml: the name of the file is no name of a dataset: "
    "' ' is not allowed, only letters, digits, '_', '.' and '-'"
)
REMOVED = '# dli-tui: revision 2, removed by "data@example.com" at 2026-01-01T00:00:00Z\n'
LOG = "steps: [{name: say, type: log, config: {message: hello}}]\n"


@pytest.fixture
def put(tmp_path):
    def put(key, text=None):
        path = tmp_path / f"{key}.yaml"
        path.parent.mkdir(exist_ok=True)
        name = path.stem
        path.write_text(f"name: {name}\n{LOG}" if text is None else text, "utf-8")
        return path

    return put


@pytest.fixture
def share(tmp_path):
    def share(shard=0, shards=1, only=None):
        return share_of(tmp_path, shard, shards, Rules(), only)

    return share


def keys(share):
    return [found.key for found, _ in share.wanted]


def test_code_goes_before_manual_and_manual_comes_back(put, share):
    put("manual/a")
    assert keys(share()) == ["manual/a.yaml"]
    code = put("code/a")
    assert keys(share()) == ["code/a.yaml"]
    code.unlink()
    assert keys(share()) == ["manual/a.yaml"]


def test_what_was_removed_is_not_there(put, share):
    put("manual/a")
    put("code/a", REMOVED + "name: a\n")
    put("manual/b", REMOVED)
    assert keys(share()) == ["manual/a.yaml"]
    assert share().problems == {}


def test_a_broken_code_is_in_force_all_the_same(put, share):
    put("manual/a")
    put("code/a", "name: [")
    assert keys(share()) == []
    assert list(share().problems) == ["code/a.yaml"]


def test_one_that_is_wrong_harms_no_other(put, share):
    put("manual/good")
    put("manual/bad", "name: bad\nsteps: 5\n")
    put("manual/other", "name: another\n")
    put("manual/not a name", "name: x\n")
    put("manual/long", "#" * (dli_dags.MAX_BYTES + 1))
    put("manual/folder/x", "name: x\n").parent.rename(put("manual/x").parent / "dir.yaml")
    os.mkfifo(put("manual/x").parent / "pipe.yaml")
    (put("manual/x").parent / "bytes.yaml").write_bytes(b"name: \xff\n")
    found = share()
    assert keys(found) == ["manual/x.yaml", "manual/good.yaml"]
    text = str(error_of(found.problems))
    assert text.splitlines() == [
        "7 specs make no DAG:",
        "manual/bad.yaml: steps: expected a list, got 5",
        "manual/bytes.yaml: line 1 is not UTF-8 text",
        "manual/dir.yaml: it is not a file that can be read",
        "manual/long.yaml: it is longer than 1,048,576 bytes",
        NO_NAME,
        "manual/other.yaml: name: expected 'other', as the file is named, got 'another'",
        "manual/pipe.yaml: it is not a file that can be read",
    ]


def test_a_mishap_of_ours_harms_no_other(put, share, monkeypatch):
    put("manual/a")
    put("manual/b")
    real = dli_dags.spec_of

    def spec_of(text):
        if "name: a" in text:
            raise TypeError("unhashable")
        return real(text)

    monkeypatch.setattr(dli_dags, "spec_of", spec_of)
    assert keys(share()) == ["manual/b.yaml"]
    assert "unhashable" in str(share().problems["manual/a.yaml"])


def test_two_names_with_one_id_are_told_together_and_harm_no_other(put, share):
    for name in ("a.b", "a_b", "c"):
        put(f"manual/{name}")
    found = share()
    assert keys(found) == ["manual/c.yaml"]
    assert str(found.problems["manual/a.b.yaml"]) == (
        "manual/a.b.yaml and manual/a_b.yaml have the same DAG id, a_b; rename one of them"
    )
    assert set(found.problems) == {"manual/a.b.yaml", "manual/a_b.yaml"}


def test_manual_cant_take_an_id_from_code(put, share):
    put("code/a.b")
    put("manual/a_b")
    found = share()
    assert keys(found) == ["code/a.b.yaml"]
    assert list(found.problems) == ["manual/a_b.yaml"]


def test_each_document_is_in_one_shard_and_both_of_an_id_are_told_there(put, share):
    names = [f"web.set_{number}" for number in range(60)]
    for name in (*names, "a.b", "a_b"):
        put(f"manual/{name}")
    shares = [share(shard, 4) for shard in range(4)]
    found = {shard: keys(one) for shard, one in enumerate(shares)}
    assert sorted(chain.from_iterable(found.values())) == sorted(
        f"manual/{name}.yaml" for name in names
    )
    for name in names:
        assert f"manual/{name}.yaml" in found[crc32(name.encode()) % 4]
    assert all(len(one.wanted) > 4 for one in shares)


def test_a_parse_for_one_task_reads_one_document(put, share, monkeypatch):
    for name in ("a", "b", "c.d"):
        put(f"manual/{name}")
    read, real = [], dli_dags.in_force

    def in_force(folder, name):
        read.append(name)
        return real(folder, name)

    monkeypatch.setattr(dli_dags, "in_force", in_force)
    assert keys(share(only="c_d")) == ["manual/c.d.yaml"]
    assert read == ["c.d"]
    assert keys(share(only="nobody")) == []


def test_texts_that_would_keep_airflow_waiting_wait_themselves(put, share):
    put("manual/small")
    for name in ("x", "y", "z"):
        put(f"manual/{name}", f"name: {name}\n" + "#" * 1_000_000)
    found = share()
    assert len(found.wanted) == 3
    assert found.wanted[0][0].name == "small"
    (problem,) = found.problems.values()
    assert "too long together" in str(problem)


def test_a_dag_begins_when_its_document_came_here(put, share, tmp_path):
    before = datetime.now(UTC)
    path = put("manual/a")
    # A copy that keeps its old date is new here all the same.
    os.utime(path, (0, 0))
    ((found, _),) = share().wanted
    assert abs((found.since - before).total_seconds()) < 5


def test_what_is_told_has_an_end_and_no_control_characters():
    problems = {
        f"manual/x{number:03}.yaml": dli_dags.WrongSpecError(["\x1b[31m\n" + "no" * 500])
        for number in range(80)
    }
    lines = str(error_of(problems)).splitlines()
    assert len(lines) == 52
    assert lines[-1] == "… and 30 more"
    assert all(len(line) <= 300 and line.isprintable() for line in lines)


def test_a_folder_that_is_not_there_is_an_error_and_no_empty_folder(tmp_path):
    for environ in ({}, {"DLI_SPECS": str(tmp_path / "gone")}):
        with pytest.raises(SpecsError, match="DLI_SPECS"):
            dli_dags.folder_of(environ)
    assert dli_dags.folder_of({"DLI_SPECS": str(tmp_path)}) == tmp_path


def test_manual_takes_no_room_from_code(put, share):
    put("code/ledger", "name: ledger\n" + "#" * 900_000)
    for number in range(5):
        put(f"manual/m{number}", f"name: m{number}\n" + "#" * 500_000)
    found = share()
    assert keys(found)[0] == "code/ledger.yaml"
    assert len(found.wanted) == 3
    assert set(found.problems) == {f"manual/m{number}.yaml" for number in (2, 3, 4)}


def test_many_short_values_wait_like_a_long_text(put, share, monkeypatch):
    monkeypatch.setattr(dli_dags, "MAX_SHARD_VALUES", 1_000)
    put("code/a", "name: a\n")
    put("manual/b", f"name: b\nx: [{'[],' * 600}]\n")
    found = share()
    assert keys(found) == ["code/a.yaml"]
    assert "too long together" in str(found.problems["manual/b.yaml"])


def test_usual_specs_fill_a_shard_by_their_length():
    text = (Path(__file__).parents[1] / "corpus/specs/good-full.yaml").read_text()
    per_byte = dli_dags.values_in(text) / len(text)
    assert per_byte * dli_dags.MAX_SHARD_BYTES < dli_dags.MAX_SHARD_VALUES
