"""Which of the two adapters a profile means: with a store of specs there is more to offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dli_tui.backends.airflow.adapter import AirflowBackend

if TYPE_CHECKING:
    from dli_tui.config.model import Profile


def open_airflow(profile: Profile, environment: Mapping[str, str]) -> AirflowBackend:
    """The Airflow of a profile."""
    if profile.specs is None:
        return AirflowBackend(profile, environment)
    from dli_tui.backends.airflow.withspecs import (  # noqa: PLC0415 - YAML that most do without
        AirflowWithSpecs,
    )

    return AirflowWithSpecs(profile, environment)
