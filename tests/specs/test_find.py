"""The file that is meant by a name, and nothing outside of the project."""

from pathlib import Path

import pytest

from dli_tui.domain.errors import ConfigurationError, DatasetNotFoundError
from dli_tui.specs import find
from dli_tui.specs.errors import SpecError
from dli_tui.specs.find import dataset_names, find_spec


def _write(path: Path, text: str = "name: web.clicks\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


_BY_FILE_NAME = [
    f"{folder}{prefix}web.clicks{ending}"
    for folder in ("models/", "")
    for prefix in ("dataset.", "")
    for ending in (".yaml", ".yml")
]


@pytest.mark.parametrize("place", _BY_FILE_NAME)
def test_a_file_of_that_name_is_found(tmp_path, place):
    path = _write(tmp_path / place, "name: web.clicks # 한\nowner: me\n")
    found = find_spec("web.clicks", tmp_path)
    assert found.path == path
    assert found.text == "name: web.clicks # 한\nowner: me\n"
    assert (found.spec.name, found.spec.owner) == ("web.clicks", "me")


def test_the_models_come_before_the_project_and_the_long_name_before_the_short(tmp_path):
    for place in reversed(_BY_FILE_NAME):
        path = _write(tmp_path / place)
        assert find_spec("web.clicks", tmp_path).path == path


@pytest.mark.parametrize("place", ["models/a.yaml", "models/deep/er/b.yml", "c.yaml"])
def test_otherwise_a_file_that_says_the_name_is_found(tmp_path, place):
    path = _write(tmp_path / place)
    _write(tmp_path / "models" / "other.yaml", "name: web.views\ndescription: not web.clicks")
    assert find_spec("web.clicks", tmp_path).path == path


@pytest.mark.parametrize(
    "place",
    [
        *("models/.git/a.yaml", "models/.hidden.yaml", ".hidden.yaml", "models/a.json"),
        *("sub/a.yaml", "models/1/2/3/4/5/a.yaml"),
    ],
)
def test_hidden_deep_and_other_files_are_not_searched(tmp_path, place):
    _write(tmp_path / place)
    with pytest.raises(DatasetNotFoundError):
        find_spec("web.clicks", tmp_path)


def test_a_search_ends_after_so_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(find, "MAX_FILES", 2)
    _write(tmp_path / "models" / "1.yaml", "name: one")
    _write(tmp_path / "models" / "2.yaml", "name: two")
    _write(tmp_path / "models" / "3.yaml", "name: three")
    assert find_spec("two", tmp_path).spec.name == "two"
    with pytest.raises(DatasetNotFoundError):
        find_spec("three", tmp_path)


def test_a_search_passes_over_files_that_cannot_be_read(tmp_path):
    _write(tmp_path / "models" / "a.yaml", "name: web.clicks\n  bad: [")
    (tmp_path / "models" / "b.yaml").write_bytes(b"name: web.clicks # \xff")
    _write(tmp_path / "models" / "c.yaml", "- web.clicks")
    path = _write(tmp_path / "models" / "d.yaml")
    assert find_spec("web.clicks", tmp_path).path == path


def test_a_file_of_that_name_that_cannot_be_read_is_the_error(tmp_path):
    path = _write(tmp_path / "models" / "dataset.web.clicks.yaml", "name: [")
    _write(tmp_path / "web.clicks.yaml")
    with pytest.raises(SpecError) as caught:
        find_spec("web.clicks", tmp_path)
    assert caught.value.path == path


def test_a_found_spec_that_makes_no_sense_is_the_error(tmp_path):
    path = _write(tmp_path / "models" / "a.yaml", "name: web.clicks\nretry: {max_attempts: 0}")
    with pytest.raises(SpecError, match=r"retry\.max_attempts") as caught:
        find_spec("web.clicks", tmp_path)
    assert caught.value.path == path


def test_a_name_in_several_files_is_never_guessed(tmp_path):
    _write(tmp_path / "models" / "a.yaml")
    _write(tmp_path / "b.yaml")
    with pytest.raises(SpecError) as caught:
        find_spec("web.clicks", tmp_path)
    assert caught.value.problems == (
        "name: 'web.clicks' is the name in several files: models/a.yaml, b.yaml",
    )


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("iceberg.analytics.new_workflow", "new_workflow"),
        ("iceberg.analytics.new_workflow", "analytics.new_workflow"),
        ("new_workflow", "iceberg.analytics.new_workflow"),
    ],
)
def test_a_short_name_in_the_file_is_enough(tmp_path, asked, named):
    _write(tmp_path / f"dataset.{asked}.yaml", f"name: {named}")
    assert find_spec(asked, tmp_path).spec.name == named


@pytest.mark.parametrize("named", ["web.views", "icks", "shop.clicks", "web"])
def test_a_file_that_names_something_else_is_refused(tmp_path, named):
    _write(tmp_path / "dataset.web.clicks.yaml", f"name: {named}")
    with pytest.raises(SpecError) as caught:
        find_spec("web.clicks", tmp_path)
    assert caught.value.problems == (
        f"name: expected 'web.clicks', as in the name of the file, got {named!r}",
    )
    assert caught.value.dataset_name == "web.clicks"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "..", "", "a\0b", "a..b", "~x"])
def test_what_is_no_name_is_refused_before_any_path_is_built(name):
    with pytest.raises(ConfigurationError, match="is not a dataset name"):
        find_spec(name, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["models/dataset.web.clicks.yaml", "web.clicks.yml"])
def test_a_link_that_leaves_the_project_is_refused(tmp_path, place):
    outside = _write(tmp_path / "outside" / "secret.yaml")
    link = tmp_path / "project" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(SpecError, match="a link that leaves the project folder") as caught:
        find_spec("web.clicks", tmp_path / "project")
    assert caught.value.path == link


def test_a_models_folder_outside_of_the_project_is_refused(tmp_path):
    _write(tmp_path / "outside" / "web.clicks.yaml")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "models").symlink_to(tmp_path / "outside")
    with pytest.raises(SpecError, match="a link that leaves the project folder"):
        find_spec("web.clicks", tmp_path / "project")


def test_a_search_passes_over_links_that_leave_the_project(tmp_path):
    outside = _write(tmp_path / "outside" / "secret.yaml")
    models = tmp_path / "project" / "models"
    models.mkdir(parents=True)
    (models / "a.yaml").symlink_to(outside)
    (models / "folder").symlink_to(outside.parent)
    (models / "circle.yaml").symlink_to(models / "circle.yaml")
    with pytest.raises(DatasetNotFoundError):
        find_spec("web.clicks", tmp_path / "project")


def test_a_link_that_stays_in_the_project_is_followed(tmp_path):
    _write(tmp_path / "shared" / "clicks.yaml")
    link = tmp_path / "models" / "web.clicks.yaml"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "shared" / "clicks.yaml")
    assert find_spec("web.clicks", tmp_path).path == link


@pytest.mark.parametrize("target", ["web.clicks.yaml", "missing.yaml"])
def test_a_link_that_leads_nowhere_is_an_error(tmp_path, target):
    (tmp_path / "web.clicks.yaml").symlink_to(tmp_path / target)
    with pytest.raises(SpecError, match=r"leads nowhere|not a file"):
        find_spec("web.clicks", tmp_path)


@pytest.mark.parametrize("project", ["", "missing", "file.txt"])
def test_where_there_is_no_spec_the_hint_tells_where_it_was_looked_for(tmp_path, project):
    (tmp_path / "file.txt").touch()
    folder = tmp_path / project
    with pytest.raises(DatasetNotFoundError) as caught:
        find_spec("web.clicks", folder)
    assert str(caught.value) == "[DLI-101] Dataset 'web.clicks' not found"
    assert caught.value.dataset_name == "web.clicks"
    assert caught.value.hint == (
        f"Looked in {folder / 'models'} and {folder}. Check the dataset name or project path."
    )


def test_a_name_as_long_as_a_name_may_be_is_only_not_found(tmp_path):
    with pytest.raises(DatasetNotFoundError):
        find_spec("x" * 250, tmp_path)


def test_the_names_of_a_project_are_those_under_which_a_spec_is_found(tmp_path):
    _write(tmp_path / "models" / "dataset.web.clicks.yaml", "name: clicks")
    _write(tmp_path / "models" / "deep" / "a.yml", "name: web.views")
    _write(tmp_path / "shop.yaml", "name: shop.orders")
    _write(tmp_path / "models" / "dataset.broken.yaml", "name: [")
    _write(tmp_path / "models" / "other.yaml", "title: no name here")
    _write(tmp_path / "models" / "bad.yaml", "name: '../x'")
    names = dataset_names(tmp_path)
    assert names == ("broken", "shop.orders", "web.clicks", "web.views")
    assert find_spec("web.clicks", tmp_path).path.name == "dataset.web.clicks.yaml"
    assert find_spec("web.views", tmp_path).spec.name == "web.views"


def test_a_folder_that_is_not_there_has_no_names(tmp_path):
    assert dataset_names(tmp_path / "missing") == ()
