"""Measures Konvent beside the framework's floor, in one run on one machine, and prints one table.

    make bench                       everything; about a quarter of an hour
    python bench/run.py --quick      short runs, for a look while working
    python bench/run.py --only poll-page,vote --skip mail,memory

The load generator and the floor lie in the shared folder (`--shared`); nothing of it is copied.
Ratios count, not figures: machines differ. docs/performance.md says what each line means.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenarios
from stack import BIN, ROOT, Stack, database_facts, floor_python, free_port, scratch, worker_rss_mib

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("KONVENT_BENCH") or ROOT / ".bench")
SIZES: dict[str, Any] = {
    "voters": 500,
    "meetings": 1000,
    "ballots": 40,
    "mails": 1000,
    "results": [50, 1000, 10_000, 100_000],
}
SCENARIOS = (
    "static,poll-page,vote,vote-flow,result-50,result-1k,result-10k,result-100k,"
    "tally-1k,tally-10k,tally-100k,list-50,desk"
)
# As shipped (tools/gunicorn.conf.py): these are run again.
SHIPPED = "poll-page,vote"
LIMIT = 900


@dataclass
class Bench:
    """One run: its options, places and findings."""

    options: argparse.Namespace
    stack: Stack
    work: Path
    floor_python: str
    redis: str = ""
    pg_pid: int = 0
    pg_version: str = ""
    floor_env: dict[str, str] = field(default_factory=dict)
    konvent_env: dict[str, str] = field(default_factory=dict)
    floor_web: int = 0
    konvent_web: int = 0
    lines: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    @property
    def floor_folder(self) -> Path:
        return self.options.shared / "floor"

    def say(self, text: str) -> None:
        """Where the run is."""
        print(f"bench: {text}", flush=True)

    def verdict(self, what: str, goal: str, figure: str, met: bool | None = None) -> None:
        """One line of the table at the end."""
        self.lines.append((what, goal, figure, met))

    def tool(self, name: str, *arguments: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
        """Run a program to its end; its output, or the run ends with it."""
        log = self.work / "tools.log"
        done = subprocess.run(  # noqa: S603 - our own programs
            [name, *arguments], env=env or os.environ, cwd=cwd, capture_output=True, text=True, timeout=LIMIT,
            check=False,
        )  # fmt: skip
        with log.open("a") as file:
            file.write(f"$ {name} {' '.join(arguments)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            raise SystemExit(f"{name} {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done.stdout

    # --- bring up ---------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Databases, Redis, seeds, both web servers."""
        options, stack = self.options, self.stack
        self.pg_pid, self.pg_version = database_facts(options.postgres)
        self.redis = stack.redis()
        self.smtp_port, konvent_port, floor_port = free_port(), free_port(), free_port()
        self.konvent_url, self.floor_url = f"http://127.0.0.1:{konvent_port}", f"http://127.0.0.1:{floor_port}"
        konvent_db = stack.database(options.postgres, "konvent_bench")
        floor_db = stack.database(options.postgres, "konvent_bench_floor")
        server = database_parts(floor_db)
        self.floor_env = os.environ | {
            "FLOOR_PG_NAME": "konvent_bench_floor", "FLOOR_PG_USER": server.user, "FLOOR_PG_HOST": server.host,
            "FLOOR_PG_PORT": server.port, "PGPASSWORD": server.password, "FLOOR_REDIS": self.redis,
            "FLOOR_SMTP_PORT": str(self.smtp_port), "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "floor.settings",
            "FLOOR_SESSIONS_FILE": str(self.work / "floor-sessions.json"), "FLOOR_PYTHON": self.floor_python,
        }  # fmt: skip
        self.konvent_env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "partnership.settings.production", "DATABASE_URL": konvent_db,
            "DATABASE_OWNER_URL": "", "REDIS_URL": f"{self.redis}/5", "SECRET_KEY": "bench-only-" + "x" * 50,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}", "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.konvent_url, "KONVENT_DATA": str(self.work / "data"), "KONVENT_DEMO": "",
            "PORT": str(konvent_port),
        }  # fmt: skip
        self.say("filling both databases …")
        (self.work / "sizes.json").write_text(json.dumps(SIZES))
        seeded = self.work / "konvent.json"
        python = str(BIN / "python")
        self.tool(python, "manage.py", "prepare", env=self.konvent_env)
        sizes = str(self.work / "sizes.json")
        self.tool(python, str(HERE / "seed.py"), "fill", sizes, str(seeded), env=self.konvent_env)
        self.tool(self.floor_python, "manage.py", "migrate", env=self.floor_env, cwd=self.floor_folder)
        self.tool(
            self.floor_python, "manage.py", "seed_floor", "--sessions", self.floor_env["FLOOR_SESSIONS_FILE"],
            "--users", str(SIZES["voters"]), "--meetings", str(SIZES["meetings"]),
            "--vote-polls", str(SIZES["ballots"]), env=self.floor_env, cwd=self.floor_folder,
        )  # fmt: skip
        found = json.loads(seeded.read_text())
        sessions = self.work / "konvent-sessions.json"
        sessions.write_text(json.dumps(found["sessions"]))
        scenarios.write_profile(
            self.work / "profile-konvent.json", base=self.konvent_url, sessions=sessions, targets=found["targets"],
            python=python, seed=HERE / "seed.py",
        )  # fmt: skip
        self.floor_web = self.web_floor(floor_port)
        self.konvent_web = self.web_konvent("konvent-web", self.konvent_env | {"WEB_THREADS": "1"}, "-k", "sync")

    def web_floor(self, port: int) -> int:
        """The floor on gunicorn with 2 sync workers, as its README says."""
        gunicorn = str(Path(self.floor_python).parent / "gunicorn")
        return self.stack.web(
            "floor-web", gunicorn, "-w", "2", "-b", f"127.0.0.1:{port}", "floor.wsgi",
            url=f"{self.floor_url}/static-string", env=self.floor_env, cwd=self.floor_folder,
        ).pid  # fmt: skip

    def web_konvent(self, name: str, env: dict[str, str], *more: str) -> int:
        """Konvent on gunicorn with 2 workers."""
        return self.stack.web(
            name, str(BIN / "gunicorn"), "-c", "tools/gunicorn.conf.py", *more, "-w", "2", "partnership.wsgi",
            url=f"http://127.0.0.1:{env['PORT']}/livez", env=env,
        ).pid  # fmt: skip

    # --- load -------------------------------------------------------------------------------------

    def load(self, side: str, scenario: str, web: int, base: str) -> dict | None:
        """One scenario on one side; None where its profile has none of that name."""
        name = "profile-floor.json" if side == "floor" else "profile-konvent.json"
        profile = self.options.shared / name if side == "floor" else self.work / name
        out = self.work / f"{side}-{scenario}.json"
        options = self.options
        printed = self.tool(
            str(BIN / "python"), "loadgen.py", str(profile), "--base", base, "--label", side, "--only", scenario,
            "-d", str(options.duration), "-r", str(options.repeat), "--quiet", str(options.quiet),
            "--retries", str(options.retries), "--pids", f"web={web},pg={self.pg_pid}", "-o", str(out),
            env=self.floor_env if side == "floor" else self.konvent_env, cwd=options.shared,
        )  # fmt: skip
        print(printed, end="", flush=True)
        return json.loads(out.read_text())["scenarios"].get(scenario)

    def measure(self) -> tuple[dict, dict]:
        """Every scenario on the floor and on Konvent, one right after the other."""
        found: dict[str, dict] = {"floor": {}, "konvent": {}}
        for scenario in self.options.only.split(","):
            for side, web, base in (
                ("floor", self.floor_web, self.floor_url),
                ("konvent", self.konvent_web, self.konvent_url),
            ):
                if (result := self.load(side, scenario, web, base)) is not None:
                    found[side][scenario] = result
        for side, results in found.items():
            (self.work / f"{side}-all.json").write_text(json.dumps({"label": side, "scenarios": results}))
        print("\n" + self.compare("konvent", "floor"), flush=True)
        return found["konvent"], found["floor"]

    def compare(self, one: str, other: str) -> str:
        """The shared folder's own table of ratios."""
        files = [str(self.work / f"{side}-all.json") for side in (one, other)]
        return self.tool(str(BIN / "python"), "compare.py", *files, cwd=self.options.shared)

    def measure_shipped(self) -> None:
        """The same with the server as shipped: 2 workers with 4 threads each."""
        env = self.konvent_env | {"PORT": str(free_port())}
        web = self.web_konvent("konvent-web-threads", env)
        found = {}
        for scenario in SHIPPED.split(","):
            if scenario in self.options.only.split(","):
                result = self.load("threads", scenario, web, f"http://127.0.0.1:{env['PORT']}")
                found[scenario] = result
        (self.work / "threads-all.json").write_text(json.dumps({"label": "konvent 2x4", "scenarios": found}))
        print("\n" + self.compare("threads", "floor"), flush=True)

    def judge(self, konvent: dict, floor: dict) -> None:
        """Hold the ratios against the goals."""
        for scenario, what, goal in (
            ("vote", "one vote", 0.5),
            ("poll-page", "ballot page", 0.5),
            ("vote-flow", "whole vote (4 requests; the floor 3)", None),
            ("list-50", "list, 50 of 1,000 meetings", None),
            ("result-1k", "result of 1,000 votes", None),
        ):
            if scenario not in konvent or scenario not in floor:
                continue
            mine, base = konvent[scenario], floor[scenario]
            speed, effort = mine["per_second"] / base["per_second"], cpu(mine) / cpu(base)
            errors = mine["errors"] + base["errors"]
            self.verdict(
                what, f"≥ {goal} of the floor" if goal else "",
                f"{speed:.2f} ({mine['per_second']:.0f} / {base['per_second']:.0f} a second; "
                f"CPU {cpu(mine):.1f} / {cpu(base):.1f} ms = {effort:.2f}x; p95 {mine['p95_ms']:.0f} / "
                f"{base['p95_ms']:.0f} ms{f'; {errors} ERRORS' if errors else ''})",
                None if goal is None else speed >= goal and not errors,
            )  # fmt: skip
        for kind, what, goal in (("result", "declared result", 1.2), ("tally", "running tally", 4.0)):
            if f"{kind}-1k" in konvent and f"{kind}-100k" in konvent:
                few, many = konvent[f"{kind}-1k"], konvent[f"{kind}-100k"]
                growth = cpu(many) / cpu(few)
                slower = many["p50_ms"] / few["p50_ms"]
                self.verdict(
                    f"{what}: 100,000 votes against 1,000", f"≤ {goal}x",
                    f"{growth:.2f}x CPU ({cpu(few):.1f} → {cpu(many):.1f} ms), {slower:.2f}x time",
                    max(growth, slower) <= goal,
                )  # fmt: skip

    # --- mail and memory --------------------------------------------------------------------------

    def measure_mail(self) -> None:
        """1,000 mails from the causing call to the last message in a local sink."""
        floor_celery = str(Path(self.floor_python).parent / "celery")
        self.stack.start(
            "floor-worker", floor_celery, "-A", "floor.tasks", "worker", "-c", "2", "-l", "WARNING",
            env=self.floor_env, cwd=self.floor_folder,
        )  # fmt: skip
        self.stack.start(
            "konvent-worker", str(BIN / "celery"), "-A", "partnership", "worker", "-c", "2", "-l", "WARNING",
            "--without-gossip", "--without-mingle", env=self.konvent_env,
        )  # fmt: skip
        rates: dict[str, list[float]] = {"floor": [], "plain": [], "calendar": []}
        for _ in range(self.options.repeat):
            for kind, found in rates.items():
                found.append(self.mailing(kind))
        base = statistics.median(rates["floor"])
        for kind, what, goal in (("plain", "1,000 mails", 0.7), ("calendar", "1,000 with calendar entry", 0.5)):
            rate = statistics.median(rates[kind])
            self.verdict(
                what, f"≥ {goal} of the floor's batches", f"{rate / base:.2f} ({rate:.0f} / {base:.0f} a second)",
                rate / base >= goal,
            )  # fmt: skip

    def mailing(self, kind: str) -> float:
        """One mailing; mails a second."""
        out = self.work / f"mail-{kind}.json"
        if kind == "floor":
            trigger = f"{self.floor_python} manage.py mail_floor --batch 50 --count {SIZES['mails']} > {out}"
            env, cwd, expect = self.floor_env, self.floor_folder, SIZES["mails"]
        else:
            trigger = f"{BIN / 'python'} {HERE / 'seed.py'} mail {kind} {out}"
            env, cwd = self.konvent_env, ROOT
            # The office, which is chair too, is invited as well.
            expect = SIZES["mails"] + 1 if kind == "calendar" else SIZES["mails"]
        trigger = trigger.replace("> ", "| tee ")
        printed = self.tool(
            str(BIN / "python"), str(self.options.shared / "smtpsink.py"), "--port", str(self.smtp_port),
            "--expect", str(expect), "--limit", "180", "--trigger", trigger, env=env, cwd=cwd,
        )  # fmt: skip
        sink, own = json.loads(printed), json.loads(out.read_text())
        print(f"{kind:<9} {own}  sink: {sink}", flush=True)
        if not sink["count"] == sink["distinct_recipients"] == expect:
            raise SystemExit(f"mails lost or doubled: {sink}")
        return own["per_second"]

    def measure_memory(self) -> None:
        """A web worker after the load, and after a start."""
        mine, base = worker_rss_mib(self.konvent_web), worker_rss_mib(self.floor_web)
        self.verdict(
            "memory of a web worker after the load", "≤ 2.5x", f"{mine / base:.2f}x ({mine:.0f} / {base:.0f} MiB)",
            mine / base <= 2.5,
        )  # fmt: skip
        port = free_port()
        results = {}
        for side, gunicorn, more, env, cwd, path in (
            ("floor", Path(self.floor_python).parent, ["floor.wsgi"], self.floor_env, self.floor_folder,
             "/static-string"),
            ("konvent", BIN, ["-c", "tools/gunicorn.conf.py", "-k", "sync", "partnership.wsgi"],
             self.konvent_env | {"WEB_THREADS": "1"}, ROOT, "/livez"),
        ):  # fmt: skip
            url = f"http://127.0.0.1:{port}"
            printed = self.tool(
                str(BIN / "python"), str(self.options.shared / "startup.py"), "--url", url + path, "--repeat",
                str(self.options.repeat), "--", str(gunicorn / "gunicorn"), "-w", "1", "-b", f"127.0.0.1:{port}",
                *more, env=env, cwd=cwd,
            )  # fmt: skip
            results[side] = json.loads(printed)
            print(f"{side:<9} {printed}", end="", flush=True)
        mine, base = results["konvent"]["first_answer_s"], results["floor"]["first_answer_s"]
        self.verdict("start to first answer", "", f"{mine / base:.1f}x ({mine:.2f} / {base:.2f} s)")

    def table(self) -> str:
        """The findings."""
        marks = {True: "met", False: "NOT MET", None: ""}
        rows = [("what", "goal", "figure", ""), *((w, g, f, marks[m]) for w, g, f, m in self.lines)]
        widths = [max(len(row[n]) for row in rows) for n in range(3)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 7], strict=True)) for row in rows]
        return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


@dataclass(frozen=True)
class Server:
    """Where a database lives, in parts."""

    user: str
    password: str
    host: str
    port: str


def database_parts(url: str) -> Server:
    """The parts of a database URL."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return Server(parts.username or "", parts.password or "", parts.hostname or "127.0.0.1", str(parts.port or 5432))


def cpu(result: dict) -> float:
    """Milliseconds of web server and database for one flow."""
    return sum(result["cpu_ms_per_flow"].values()) or float("nan")


def read_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "bench", help="the shared folder")
    parser.add_argument("--postgres", default="postgres://root@127.0.0.1:5432/postgres", help="may create databases")
    parser.add_argument("--only", default=SCENARIOS, help="scenarios, separated by commas")
    parser.add_argument("--skip", default="", help="of: load, shipped, mail, memory")
    parser.add_argument("--duration", type=float, default=8, help="seconds of a run")
    parser.add_argument("--repeat", type=int, default=3, help="runs; the median counts")
    parser.add_argument("--quiet", type=float, default=30, help="seconds to wait for an idle machine before a run")
    parser.add_argument("--retries", type=int, default=2, help="how often a disturbed run is made again")
    parser.add_argument("--quick", action="store_true", help="short runs that wait for nothing")
    options = parser.parse_args()
    options.shared = options.shared.resolve()
    if options.quick:
        options.duration, options.repeat, options.quiet, options.retries = 3, 1, 0, 0
    if not (options.shared / "loadgen.py").exists():
        parser.error(f"no loadgen.py in {options.shared}; say where with --shared")
    return options


def main() -> None:
    """The whole run."""
    options = read_options()
    # Asked to end, end what was started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    skip = set(options.skip.split(","))
    with scratch(CACHE / "run") as work, Stack(work) as stack:
        bench = Bench(options, stack, work, floor_python(CACHE))
        bench.prepare()
        bench.say(f"PostgreSQL {bench.pg_version}; Konvent: psycopg2, the floor: psycopg 3; 2 sync workers each")
        if "load" not in skip:
            bench.judge(*bench.measure())
        if "shipped" not in skip:
            bench.measure_shipped()
        if "mail" not in skip:
            bench.measure_mail()
        if "memory" not in skip:
            bench.measure_memory()
        print("\n" + bench.table())


if __name__ == "__main__":
    main()
