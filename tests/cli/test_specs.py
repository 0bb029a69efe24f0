"""`dli-tui specs`: what a store holds, and what CI puts there."""

import asyncio
import json

import pytest

from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ServerError
from dli_tui.specs import publishing
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.store import SpecStore
from tests.specs.store.places import NAME, spec


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "store"
    made.mkdir()
    return made


@pytest.fixture
def url(folder):
    return folder.as_uri()


@pytest.fixture
def at(url):
    return "--store", url


@pytest.fixture
def project(tmp_path):
    """A project of two specs; writes what it is given over them."""
    made = tmp_path / "project"

    def written(**texts):
        (made / "models").mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (made / "models" / f"{name}.yaml").write_text(text)
        return made

    written(one=spec(), two=spec("two"))
    return written


@pytest.fixture
def register(folder):
    """Registers as the dashboard does; what it wrote."""

    def registered(name=NAME, words="mine"):
        store = SpecStore(Folder(folder, SystemClock()), SystemClock())
        return asyncio.run(store.register(name, spec(name, words)))

    return registered


def files_of(folder):
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in folder.rglob("*.yaml")
        if one.is_file()
    }


def test_a_push_says_what_it_will_do_does_it_and_says_that(cli, project, at, folder):
    done = cli("specs", "push", project(), *at)
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["NAME", "CHANGE", "OVERRIDES"],
        ["two", "create", "-"],
        [NAME, "create", "-"],
    ]
    assert lines[-2:] == [f"To {folder.as_uri()}: 2 to create.", "Done: 2 created."]
    assert files_of(folder)["workflows/code/two.yaml"].endswith(spec("two").encode())
    assert "Done: 2 unchanged." in cli("specs", "push", project(), *at).stdout


def test_a_dry_run_says_the_same_and_writes_nothing(cli, project, at, folder):
    done = cli("specs", "push", project(), *at, "--dry-run")
    assert done.exit_code == 0
    assert "2 to create." in done.stdout
    assert done.stdout.endswith("Nothing was written.\n")
    assert files_of(folder) == {}


def test_a_project_with_a_fault_is_not_pushed_at_all(cli, project, at, folder):
    done = cli("specs", "push", project(bad="name: [\n", worse="owner: 3\n"), *at)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "bad.yaml" in done.stderr
    assert "worse.yaml" in done.stderr
    assert "Error [DLI-001]: 2 files can't be pushed, so none was" in done.stderr
    assert files_of(folder) == {}


def test_what_left_the_project_is_removed_with_prune_alone(cli, project, at):
    cli("specs", "push", project(), *at)
    assert "remove" not in cli("specs", "push", project() / "models" / "one.yaml", *at).stdout
    done = cli("specs", "push", project() / "models" / "one.yaml", *at, "--prune")
    assert "1 unchanged, 1 to remove" in done.stdout
    assert done.stdout.endswith("Done: 1 unchanged, 1 removed.\n")
    shown = cli("specs", "show", "two", *at)
    assert shown.exit_code == 1
    assert "[DLI-800]: There is no spec of 'two'" in shown.stderr
    assert "it was removed by " in shown.stderr


def test_who_was_faster_is_named_and_the_others_are_written(cli, project, at, monkeypatch):
    carry_out = publishing.Publisher.carry_out

    async def late(self, step):
        if step.name == NAME:
            await carry_out(self, step._replace(text=spec(words="theirs")))
        await carry_out(self, step)

    monkeypatch.setattr(publishing.Publisher, "carry_out", late)
    done = cli("specs", "push", project(), *at)
    assert done.exit_code == 1
    assert f"Error [DLI-804]: '{NAME}' " in done.stderr
    assert "pushed by " in done.stderr
    assert "1 spec not written; 1 created. Push again to plan anew." in done.stdout
    assert "theirs" in cli("specs", "show", NAME, *at).stdout


@pytest.mark.parametrize("ends", [ServerError("the disk is full"), KeyboardInterrupt()])
def test_one_that_ends_midway_says_how_far_it_came(cli, project, folder, monkeypatch, ends):
    at = ("--store", folder.as_uri())
    put = Folder.put

    async def failing(self, key, data, *, over):
        if NAME in key:
            raise ends
        return await put(self, key, data, over=over)

    monkeypatch.setattr(Folder, "put", failing)
    done = cli("specs", "push", project(), *at)
    assert list(files_of(folder)) == ["workflows/code/two.yaml"]
    if isinstance(ends, KeyboardInterrupt):
        assert done.exit_code == 130
        assert f"The request to create the CODE of '{NAME}' had been sent" in done.stderr
    else:
        assert done.exit_code == 1
        assert f"It ended at '{NAME}'. Before that: 1 created." in done.stderr
        assert "the disk is full" in done.stderr


def test_a_list_tells_what_counts_and_what_is_kept(cli, project, at, register):
    register()
    cli("specs", "push", project(), *at)
    done = cli("specs", "list", *at)
    lines = done.stdout.splitlines()
    assert [line.split()[:3] for line in lines[1:4]] == [
        ["two", "code", "in"],
        [NAME, "code", "in"],
        [NAME, "manual", "overridden"],
    ]
    assert lines[4].startswith("  by the CODE that was pushed by ")
    assert lines[-1].startswith("Total: 3 specs in file://")
    data = json.loads(cli("specs", "list", *at, "--format", "json").stdout)
    assert (data["total_count"], data["specs"][2]["in_force"]) == (3, False)


def test_what_is_broken_or_hostile_is_listed_safely_with_its_error(cli, at, folder, register):
    register()
    (folder / "workflows/manual/\x1b[31mred.yaml").write_text("x")
    (folder / "workflows/manual/bad.yaml").write_text("name: [\x1b")
    done = cli("specs", "list", *at)
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    assert done.stdout.count("BROKEN") == 2
    assert f"{NAME} manual in force" in " ".join(done.stdout.split())
    shown = cli("specs", "show", "bad", *at)
    assert "\x1b" not in shown.stdout


def test_one_is_shown_as_it_was_written(cli, project, at, register):
    register()
    manual = cli("specs", "show", NAME, *at)
    assert manual.stdout == spec(words="mine")
    assert f"{NAME}, manual, in force, revision 1, by " in manual.stderr
    cli("specs", "push", project(), *at)
    assert cli("specs", "show", NAME, *at).stdout == spec()
    kept = cli("specs", "show", NAME, "--source", "manual", *at)
    assert kept.stdout == spec(words="mine")
    assert "overridden by CODE" in kept.stderr
    data = json.loads(cli("specs", "show", NAME, *at, "--format", "json").stdout)
    assert (data["text"], data["spec"]["source_type"]) == (spec(), "code")


def test_a_name_that_is_none_is_refused(cli, at):
    done = cli("specs", "show", "../../secret", *at)
    assert done.exit_code == 1
    assert "is not a dataset name" in done.stderr


def test_validate_tells_every_problem_and_ends_1(cli, project):
    good = cli("specs", "validate", project())
    assert (good.exit_code, good.stderr) == (0, "")
    assert good.stdout.endswith("2 files, all in order\n")
    bad = cli("specs", "validate", project(bad="version: v3\nname: a\nowner: 3\n", worse="x"))
    assert bad.exit_code == 1
    assert bad.stdout.endswith("4 files, 2 with problems\n")
    assert bad.stderr.count("FAIL") == 2
    assert "owner: expected text, got 3" in bad.stderr
    data = cli("specs", "validate", project(), "--format", "json")
    assert data.exit_code == 1
    told = json.loads(data.stdout)
    assert told["valid"] is False
    assert sorted(len(file["problems"]) for file in told["files"]) == [0, 0, 1, 2]


def test_a_push_tells_its_result_as_json_alone(cli, project, at, register):
    register()
    data = json.loads(cli("specs", "push", project(), *at, "--format", "json").stdout)
    assert data["dry_run"] is False
    assert [(one["name"], one["change"]) for one in data["specs"]] == [
        ("two", "create"),
        (NAME, "create"),
    ]
    assert data["specs"][1]["overrides"].startswith("registered by ")


PROFILE = '[profiles.prod]\nkind = "demo"\nspecs = "{url}"\nproject = "{project}"\n'


def test_the_store_and_the_project_are_the_profiles(cli, project, config, url, folder):
    where = config(PROFILE.format(url=url, project=project()))
    assert cli("specs", "validate", *where).exit_code == 0
    assert cli("specs", "push", *where).exit_code == 0
    assert len(files_of(folder)) == 2
    assert cli("specs", "list", *where).stdout.count("in force") == 2


@pytest.mark.parametrize("by_url", [False, True])
def test_production_wants_a_yes_however_it_is_named(cli, project, config, folder, by_url):
    url = folder.as_uri()
    where = config(PROFILE.format(url=url, project=project()) + "production = true\n")
    words = ("specs", "push", project(), *where, *(("--store", f"{url}/") if by_url else ()))
    refused = cli(*words)
    assert (refused.exit_code, files_of(folder)) == (2, {})
    assert "Profile 'prod' is marked production" in refused.stderr
    assert cli(*words, "--dry-run").exit_code == 0
    assert files_of(folder) == {}
    assert cli(*words, "--yes").exit_code == 0
    assert len(files_of(folder)) == 2


def test_read_only_is_obeyed(cli, project, config, at, folder):
    where = config(PROFILE.format(url=folder.as_uri(), project=project()) + "read_only = true\n")
    for words in (where, (*where, *at), ("--read-only", *at)):
        done = cli("specs", "push", project(), *words)
        assert (done.exit_code, files_of(folder)) == (1, {})
        assert "[DLI-803]" in done.stderr


def test_without_a_store_it_says_which_setting_is_missing(cli, config, project):
    for words, said in (
        ((), "No profile says where specs are kept"),
        (config('[profiles.x]\nkind = "demo"\n'), "Profile 'x' doesn't say where specs are kept"),
    ):
        done = cli("specs", "list", *words)
        assert done.exit_code == 1
        assert said in done.stderr
        assert 'specs = "file:///folder"' in done.stderr


def test_a_store_and_a_profile_are_two_places(cli, at):
    done = cli("specs", "list", *at, "--profile", "x")
    assert done.exit_code == 2
    assert "name two places" in " ".join(done.stderr.split())
