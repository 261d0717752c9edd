"""Every check that reads the code without running the suite; all of them run, then the verdict.

With --fix, ruff and djade bring code and templates into shape instead.
"""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "partnership.settings.production",
    "DATABASE_URL": "postgres://konvent@db.invalid/konvent",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "EMAIL_URL": "smtp+tls://mail.invalid:587",
    "ALLOWED_HOSTS": "konvent.example",
    "SITE_URL": "https://konvent.example",
}


def templates() -> list[str]:
    """Return the HTML templates of the house."""
    return sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("templates/**/*.html"))


def checks() -> dict[str, list[str]]:
    """Return the checks by name."""
    return {
        "style": [f"{BIN}/ruff", "check", "."],
        "format": [f"{BIN}/ruff", "format", "--check", "."],
        "templates": [f"{BIN}/djade", "--target-version", "5.2", "--check", *templates()],
        "types": [f"{BIN}/mypy", "."],
        "import contracts": [f"{BIN}/lint-imports", "--no-cache"],
        "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        "deployment": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    }


def fixes() -> dict[str, list[str]]:
    """Return the commands that mend what can be mended without a person."""
    return {
        "style": [f"{BIN}/ruff", "check", "--fix", "."],
        "format": [f"{BIN}/ruff", "format", "."],
        "templates": [f"{BIN}/djade", "--target-version", "5.2", *templates()],
    }


def main() -> int:
    """Run them all and name those that failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true")
    chosen = fixes() if parser.parse_args().fix else checks()
    failed = []
    for name, command in chosen.items():
        print(f"lint: {name}", flush=True)
        extra = {**PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(50)} if name == "deployment" else {}
        if subprocess.run(command, cwd=ROOT, env=os.environ | extra, check=False).returncode:  # noqa: S603
            failed.append(name)
    print(f"lint: not in order: {', '.join(failed)}" if failed else "lint: all in order")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
