"""Resolve requirements*.in into locks that hold for Python 3.11 to 3.13 and name no index.

    python tools/lock.py [--upgrade]

What is locked stays at its version unless the .in file asks for another or --upgrade is given.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The development set is resolved against the first lock, so both agree.
LOCKS = ("requirements", "requirements-dev", "requirements-node")


def main() -> None:
    """Write each lock in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions the .in files allow")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    uv = str(Path(sys.executable).parent / "uv")
    for name in LOCKS:
        command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
        command += ["--python-version", "3.11", f"{name}.in", "--output-file", f"{name}.txt", *upgrade]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own command
        print(f"lock: {name}.txt")


if __name__ == "__main__":
    main()
