"""`airflow install` puts the factory in place, and touches nothing of anybody else."""

from pathlib import Path

import pytest

from dli_tui.airflow_dags import dli_dags
from dli_tui.cli.airflow import put_in_place
from dli_tui.domain.errors import ConfigurationError

FACTORY = Path(dli_dags.__file__).read_bytes()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def copies(shards):
    return sorted(
        f"dli_{role}_{shard:02}_of_{shards:02}.py"
        for role in ("dags", "errors")
        for shard in range(shards)
    )


@pytest.fixture
def dags(tmp_path):
    (tmp_path / "mine.py").write_text("# my own")
    return tmp_path


def test_it_puts_two_files_for_each_shard_and_says_which_settings_matter(cli, dags):
    done = cli("airflow", "install", "--dags-folder", dags)
    assert done.exit_code == 0
    assert names(dags) == [*copies(16), "mine.py"]
    assert {(dags / name).read_bytes() for name in copies(16)} == {FACTORY}
    assert f"Written: 32 files in {dags}" in done.stdout
    for setting in ("DAG_PROCESSOR__REFRESH_INTERVAL", "SCHEDULER__MIN_FILE_PROCESS_INTERVAL"):
        assert f"\nAIRFLOW__{setting}=" in done.stdout
    assert "\nDLI_ALLOWED_CONNECTIONS=\nDLI_ALLOWED_URLS=\n" in done.stdout


def test_every_copy_does_what_its_name_says(dags):
    put_in_place(dags, 4)
    roles = [dli_dags._ROLE.fullmatch(Path(name).stem) or "" for name in copies(4)]
    assert {(role[1], int(role[2]), int(role[3])) for role in roles} == {
        (role, shard, 4) for role in ("dags", "errors") for shard in range(4)
    }


def test_a_second_time_it_writes_only_what_is_not_as_it_should_be(cli, dags):
    put_in_place(dags, 2)
    (dags / "dli_dags_01_of_02.py").write_bytes(FACTORY + b"# an older one")
    before = (dags / "dli_dags_00_of_02.py").stat().st_ino
    done = cli("airflow", "install", "--dags-folder", dags, "--shards", 2)
    assert f"Written: 1 file in {dags}" in done.stdout
    assert (dags / "dli_dags_00_of_02.py").stat().st_ino == before
    assert (dags / "dli_dags_01_of_02.py").read_bytes() == FACTORY
    assert (
        f"As new: {dags}" in cli("airflow", "install", "--dags-folder", dags, "--shards", 2).stdout
    )


def test_another_number_of_shards_leaves_none_of_the_old_ones(cli, dags):
    put_in_place(dags, 4)
    done = cli("airflow", "install", "--dags-folder", dags, env={"DLI_SHARDS": "1"})
    assert names(dags) == [*copies(1), "mine.py"]
    assert "Removed: 8 files of another number of shards" in done.stdout


def test_a_file_of_somebody_else_is_neither_replaced_nor_removed(cli, dags):
    for name in ("dli_dags_00_of_02.py", "dli_dags_00_of_99.py"):
        (dags / name).write_text("# not yours")
    before = names(dags)
    done = cli("airflow", "install", "--dags-folder", dags, "--shards", 2)
    assert done.exit_code == 1
    assert "dli_dags_00_of_02.py is not a file of dli-tui" in done.stderr
    assert names(dags) == before
    put_in_place(dags, 1)
    assert (dags / "dli_dags_00_of_99.py").read_text() == "# not yours"


def test_a_link_is_not_followed(dags, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "factory.py"
    elsewhere.write_bytes(FACTORY)
    (dags / "dli_dags_00_of_01.py").symlink_to(elsewhere)
    with pytest.raises(ConfigurationError, match="is not a file of dli-tui"):
        put_in_place(dags, 1)
    assert elsewhere.read_bytes() == FACTORY


def test_a_file_that_cant_be_written_leaves_no_half_of_it(dags, monkeypatch):
    def replace(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ConfigurationError, match="can't be written: Operation not permitted"):
        put_in_place(dags, 1)
    assert names(dags) == ["mine.py"]


def test_a_folder_that_is_not_there_is_not_made(cli, tmp_path):
    done = cli("airflow", "install", "--dags-folder", tmp_path / "dags")
    assert done.exit_code == 1
    assert "There is no such folder" in done.stderr
    assert names(tmp_path) == []
