"""The colours of states, worked out of a theme so that they can be read on it.

A theme's own green on a light ground can be as faint as 1.8 to 1. Each tone is moved towards
white or black until it stands out from every ground that it is drawn on by 4.5 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textual.color import Color
from textual.theme import Theme

from dli_tui.tui.looks import Tone

READABLE: Final = 4.5
_STEPS: Final = 40
_CURSOR_SHARE: Final = 0.16
_SOURCES: Final = {
    Tone.FAILED: "error",
    Tone.LATE: "warning",
    Tone.RUNNING: "primary",
    Tone.COMPLETED: "success",
    Tone.WAITING: "secondary",
    Tone.HELD: "accent",
}
_ANSI: Final = {
    Tone.FAILED: "ansi_red",
    Tone.LATE: "ansi_yellow",
    Tone.RUNNING: "ansi_cyan",
    Tone.COMPLETED: "ansi_green",
    Tone.WAITING: "ansi_default",
    Tone.HELD: "ansi_magenta",
    Tone.MUTED: "ansi_default",
    Tone.PLAIN: "ansi_default",
}
SAFE_THEME: Final = Theme(
    # Okabe and Ito's palette as near as named colours come: blue and orange, never red and green.
    name="colour-blind-safe",
    primary="deepskyblue",
    secondary="lightsteelblue",
    accent="orchid",
    warning="gold",
    error="orangered",
    success="dodgerblue",
    foreground="gainsboro",
    dark=True,
)


def status_variables(variables: Mapping[str, str], *, ansi: bool) -> dict[str, str]:
    """`status-failed` and its kin, and the ground of the cursor's line, for a theme's variables."""
    if ansi:
        tones = {f"status-{tone}": colour for tone, colour in _ANSI.items()}
        return {**tones, "cursor-line": "ansi_bright_black"}
    ground = Color.parse(variables["background"])
    text = _solid(Color.parse(variables["foreground"]), ground)
    cursor = ground.blend(text, _CURSOR_SHARE)
    grounds = (ground, Color.parse(variables["surface"]), cursor)
    tones = {
        f"status-{tone}": readable(Color.parse(variables[source]), grounds).hex
        for tone, source in _SOURCES.items()
    }
    muted = readable(ground.blend(text, 0.6), grounds)
    plain = readable(text, grounds)
    return {
        **tones,
        f"status-{Tone.MUTED}": muted.hex,
        f"status-{Tone.PLAIN}": plain.hex,
        "cursor-line": cursor.hex,
    }


def readable(colour: Color, grounds: Sequence[Color]) -> Color:
    """`colour`, moved as little as it takes to be read on each of `grounds`."""
    towards = Color(255, 255, 255) if grounds[0].brightness < 0.5 else Color(0, 0, 0)  # noqa: PLR2004 - half-way between black and white
    for step in range(_STEPS + 1):
        moved = colour.blend(towards, step / _STEPS)
        if all(contrast(moved, ground) >= READABLE for ground in grounds):
            return moved
    return towards


def contrast(one: Color, other: Color) -> float:
    """How far two colours stand apart, from 1 to 21, as WCAG 2 reckons it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (_linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own bend


def _solid(colour: Color, ground: Color) -> Color:
    return ground + colour if colour.a < 1 else colour
