"""Make .venv: find a Python, put the project and its tools in, compile, leave a stamp.

It runs before anything is installed, on any Python from 3.6 on, so that one that is too old
hears so in words. Usage: bootstrap.py [PYTHON]
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".ready"

NO_PIP = (
    "This Python can't make a virtual environment with pip. Install one of: the package"
    " python3-venv (Debian, Ubuntu), python3-pip, uv or virtualenv; then try again."
)
# Settings for another environment, which would send the install elsewhere.
FOREIGN = (
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
)


class SetupError(Exception):
    """Set-up can't go on; the text says why, `output` what the program said."""

    def __init__(self, text: str, output: str = "", code: int = 1) -> None:
        super().__init__(text)
        self.output = output
        self.code = code


def main(arguments: list) -> int:
    try:
        if not is_usable():
            create(find_python(arguments[0] if arguments else ""))
        install()
    except SetupError as problem:
        if problem.output:
            say(problem.output.rstrip())
        say(str(problem))
        return problem.code
    STAMP.write_text(str(ROOT))
    say("Ready.")
    return 0


def find_python(wanted: str) -> str:
    """The Python that the user named, else the newest suitable one."""
    if wanted:
        version = version_of(wanted)
        if version < OLDEST:
            raise SetupError(too_old(version, wanted) if version else f"{wanted} can't be run.")
        return wanted
    complaint = "dli-tui needs Python 3.11 or newer; none was found."
    for name in reversed(NAMES):
        version = version_of(name)
        if version:
            complaint = too_old(version, name)
    for name in NAMES:
        if version_of(name) >= OLDEST:
            return name
    raise SetupError(complaint)


def too_old(version: tuple, name: str) -> str:
    return (
        f"dli-tui needs Python 3.11 or newer; this is {in_words(version)} ({name})."
        " Install a newer one, or name it: make PYTHON=/path/to/python3"
    )


def in_words(version: tuple) -> str:
    return ".".join(str(part) for part in version)


def version_of(python: str) -> tuple:
    """Its version, () when it doesn't start: a name on PATH may be an empty shim."""
    done = run([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"])
    found = re.search(r"^(\d+)\.(\d+)\.(\d+)\s*\Z", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        return ()
    return tuple(int(part) for part in found.groups())


def is_usable() -> bool:
    """Whether .venv works and was made here; what is in it can then be brought up to date."""
    if STAMP.exists() and STAMP.read_text() != str(ROOT):
        return False
    return version_of(str(PYTHON)) >= OLDEST and has_pip()


def has_pip() -> bool:
    return run([str(PYTHON), "-m", "pip", "--version"]).returncode == 0


def create(python: str) -> None:
    """An empty .venv with some pip in it, by the first way that this machine has."""
    say(f"Making .venv with Python {in_words(version_of(python))} ...")
    plain = [python, "-m", "venv", str(VENV)]
    bare = [*plain, "--without-pip"]
    pip = ["--python", str(PYTHON), "install", "pip"]
    ways = (
        [plain],
        [bare, [python, "-m", "pip", *pip]],
        [bare, ["pip3", *pip]],
        [bare, ["pip", *pip]],
        [bare, ["uv", "pip", "install", "--python", str(PYTHON), "pip"]],
        [["uv", "venv", "--seed", "--python", python, str(VENV)]],
        [["virtualenv", "--python", python, str(VENV)]],
        [[python, "-m", "virtualenv", str(VENV)]],
    )
    for steps in ways:
        shutil.rmtree(str(VENV), ignore_errors=True)
        if all(run(step).returncode == 0 for step in steps) and has_pip():
            return
    shutil.rmtree(str(VENV), ignore_errors=True)
    raise SetupError(NO_PIP)


def install() -> None:
    """The project and its tools; pip first, as older ones don't know dependency groups."""
    say("Installing dli-tui and its tools ...")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--constraint", "constraints.txt"]
    demand([*pip, "--upgrade", "pip"], "pip could not be brought up to date.")
    ours = ["--editable", ".[server,store]", "--group", "dev"]
    demand([*pip, *ours], "dli-tui could not be installed.")
    # Python may be told not to write bytecode as it goes. Some packages carry files for
    # another Python, so what can't be compiled isn't a failure.
    code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = run([str(PYTHON), "-c", code]).stdout.splitlines()[-1]
    run([str(PYTHON), "-m", "compileall", "-q", "-j", "0", packages, "dli_tui"])


def demand(command: list, complaint: str) -> None:
    done = run(command)
    if done.returncode:
        raise SetupError(complaint, done.stdout, done.returncode)


def run(command: list) -> subprocess.CompletedProcess:
    """Run it here, both streams as one text; a program that isn't there fails like any other."""
    env = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    # An activated .venv may be the one that is about to be replaced.
    folders = env.get("PATH", os.defpath).split(os.pathsep)
    env["PATH"] = os.pathsep.join(one for one in folders if one != str(PYTHON.parent))
    try:
        return subprocess.run(
            command,
            check=False,
            cwd=str(ROOT),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,  # noqa: UP021 - Python 3.6 has no other word for it
        )
    except OSError as problem:
        return subprocess.CompletedProcess(command, 127, stdout=str(problem))


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
