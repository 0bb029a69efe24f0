"""The pictures of the README are what the dashboard shows; `make screenshots` draws them again."""

import re

import pytest

from scripts import screenshots
from scripts.scenes import SCENES

KEPT = {path.stem: path.read_text(encoding="utf-8") for path in screenshots.FOLDER.glob("*.svg")}


@pytest.mark.parametrize("name", SCENES)
async def test_a_picture_is_up_to_date(name):
    assert KEPT[name] == await screenshots.of_scene(name, SCENES[name])


@pytest.mark.parametrize(("name", "command"), screenshots.ANSWERS.items())
def test_a_picture_of_a_command_is_up_to_date(name, command):
    assert KEPT[name] == screenshots.of_answer(name, command.split())


async def test_a_picture_comes_out_the_same_each_time():
    scene = SCENES["workflows-narrow"]
    once, again = [await screenshots.of_scene("x", scene) for _ in range(2)]
    assert once == again


@pytest.mark.parametrize("name", [*screenshots.ANSWERS, *SCENES])
def test_a_picture_fetches_nothing(name):
    svg = KEPT[name]
    assert "@font-face" not in svg
    assert not re.search(r"url\((?!#)|@import|href|src=", svg)
