"""Every spec of a project, and all that is wrong in any of its files at once."""

import pytest

from dli_tui.domain.errors import ConfigurationError
from dli_tui.specs.project import read_project
from tests.specs.store.places import spec


@pytest.fixture
def files(tmp_path):
    def written(files):
        for place, text in files.items():
            path = tmp_path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return written


def test_a_folder_stands_for_its_models_and_its_dataset_files(files):
    folder = files(
        {
            "models/a.yaml": spec("a"),
            "models/deep/er/still/so/b.yml": spec("b"),
            "dataset.web.clicks.yaml": spec("clicks"),
            "compose.yaml": "name: stack\n",
            "models/.hidden.yaml": "name: [",
            "models/.git/x.yaml": "name: [",
            "models/notes.md": "x",
        }
    )
    project = read_project([folder])
    assert sorted(project.specs) == ["a", "b", "web.clicks"]
    assert project.specs["web.clicks"].text == spec("clicks")
    assert project.faults == ()


def test_a_file_that_is_named_may_be_called_anything(files):
    folder = files({"any.yaml": spec("a"), "models/b.yaml": spec("b")})
    paths = [folder / "any.yaml", folder, folder / "models" / "b.yaml"]
    assert sorted(read_project(paths).specs) == ["a", "b"]


def test_every_problem_of_every_file_is_told(files):
    folder = files(
        {
            "models/a.yaml": "version: v3\nname: a\nowner: 3\n",
            "models/b.yaml": "name: [",
            "models/c.yaml": spec("c"),
            "dataset.d.yaml": spec("e"),
        }
    )
    project = read_project([folder, folder / "gone.yaml"])
    assert list(project.specs) == ["c"]
    told = {fault.path.name: fault.sentences for fault in project.faults}
    assert sorted(told) == ["a.yaml", "b.yaml", "dataset.d.yaml", "gone.yaml"]
    assert len(told["a.yaml"]) == 2
    assert "expected 'd', as in the name of the file, got 'e'" in told["dataset.d.yaml"][0]


@pytest.mark.parametrize("other", ["a.b", "a_b"])
def test_two_specs_of_one_dag_are_a_problem_that_names_the_first(files, other):
    folder = files({"models/1.yaml": spec("a.b"), "models/2.yaml": spec(other)})
    (fault,) = read_project([folder]).faults
    assert fault.path.name == "2.yaml"
    assert "same DAG as 'a.b' in " in fault.sentences[0]
    assert "1.yaml" in fault.sentences[0]


def test_a_link_out_of_the_project_is_not_followed(files, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text(spec("secret"))
    folder = files({"models/a.yaml": spec("a")})
    (folder / "models" / "link.yaml").symlink_to(outside)
    (fault,) = read_project([folder]).faults
    assert fault.path.name == "link.yaml"
    assert "leaves the project folder" in fault.sentences[0]


def test_where_there_is_no_spec_it_says_so(files):
    folder = files({"compose.yaml": "name: stack\n"})
    with pytest.raises(ConfigurationError, match="There is no spec in ") as caught:
        read_project([folder])
    assert "dataset.NAME.yaml" in caught.value.hint


def test_a_folder_that_cant_be_read_is_no_project(files, monkeypatch):
    folder = files({"models/a.yaml": spec("a"), "models/b/c.yaml": spec("c")})
    problem = PermissionError(13, "Permission denied", str(folder / "models" / "b"))

    def walked(top, onerror):
        yield str(top), [], ["a.yaml"]
        onerror(problem)

    monkeypatch.setattr("dli_tui.specs.project.os.walk", walked)
    with pytest.raises(ConfigurationError, match="can't be read: Permission denied"):
        read_project([folder])
