"""Cases M3, M5 and M12: real workers that are stopped, killed and cut off from their broker."""

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from email import message_from_bytes
from pathlib import Path

import pytest
from django.db import connection

from tests.partnership.outbox.conftest import free_port
from tests.partnership.outbox.sink import Sink, SinkController
from tests.partnership.outbox.stack import Stack, signal_group

# The suite's database is needed for its schema only.
pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent
POST = str(HERE / "post_mails.py")


@pytest.fixture
def slow_sink():
    """A mail server that takes 10 ms for each mail."""
    handler = Sink()
    handler.delay = 0.01
    controller = SinkController(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_setup, django_db_blocker):
    """A migrated SQLite database to copy: the suite's own, or made anew where the suite runs on PostgreSQL."""
    folder = tmp_path_factory.mktemp("empty")
    if connection.vendor != "sqlite":
        Stack(folder).run("manage.py", "migrate", "-v0")
        return folder / "konvent.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(folder / "copy")) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return folder / "copy"


@pytest.fixture
def stack(tmp_path, slow_sink, empty_database):
    """Worker and schedule with short timers, SQLite, a broker made of files, and the slow mail server."""
    made = Stack(
        tmp_path,
        EMAIL_URL=f"smtp://127.0.0.1:{slow_sink.port}",
        OUTBOX_SWEEP_SECONDS="1",
        OUTBOX_LEASE_SECONDS="3",
        READINESS_SILENCE_SECONDS="5",
    )
    shutil.copyfile(empty_database, tmp_path / "konvent.sqlite3")
    yield made
    made.close()


def all_sent(count):
    return lambda seen: seen["states"] == {"sent": count}


def compare(sink, prefix, count, most_doubles):
    """Every mail arrived, few of them twice and those with the same Message-ID (the rows say sent already)."""
    arrived = Counter(to for tos, _ in sink.mails for to in tos)
    assert set(arrived) == {f"{prefix}{n}@example.org" for n in range(count)}
    doubles = {to: number for to, number in arrived.items() if number > 1}
    assert sum(arrived.values()) - count <= most_doubles, doubles
    for double in doubles:
        assert len({message_from_bytes(raw)["Message-ID"] for tos, raw in sink.mails if tos == [double]}) == 1


def test_readiness_turns_red_when_the_worker_is_frozen_or_the_schedule_stops(stack):
    worker, beat, eyes = stack.worker(), stack.beat(), stack.ask()
    eyes.wait(lambda seen: seen["problems"] == [], 40, "ready after the start")

    signal_group(worker, signal.SIGSTOP)
    eyes.wait(lambda seen: "worker" in seen["problems"], 10, "the frozen worker is noticed")
    assert "beat" not in eyes.seen["problems"]
    signal_group(worker, signal.SIGCONT)
    eyes.wait(lambda seen: seen["problems"] == [], 20, "ready again")

    signal_group(beat, signal.SIGKILL)
    eyes.wait(lambda seen: "beat" in seen["problems"], 10, "the missing schedule is noticed")


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.heavy)])
def test_without_redis_a_worker_killed_again_and_again_loses_nothing(stack, slow_sink, kills):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    count = 60 * kills
    worker, eyes = stack.worker(), stack.ask()
    stack.beat()
    stack.run(POST, "m", str(count))
    for _ in range(kills):
        seen = len(slow_sink.mails)
        eyes.wait(lambda _, seen=seen: len(slow_sink.mails) > seen, 40, "the worker sends")
        time.sleep(rng.uniform(0, 0.5))
        signal_group(worker, signal.SIGKILL)
        worker.wait(10)
        worker = stack.worker()
    eyes.wait(all_sent(count), 60 + 5 * kills, "all sent")
    compare(slow_sink, "m", count, most_doubles=kills)


@pytest.mark.heavy
def test_redis_emptied_restarted_and_frozen_in_the_middle_of_a_dispatch_loses_nothing(stack, slow_sink, tmp_path):
    port = free_port()

    def redis():
        return subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            cwd=tmp_path,
            start_new_session=True,
        )

    server = redis()
    stack.processes.append(server)
    stack.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    stack.environment["WORKER_SILENCE_SECONDS"] = "20"
    stack.supervise(stack.worker(2), lambda: stack.worker(2))
    stack.beat()
    eyes = stack.ask()
    eyes.wait(lambda seen: seen["problems"] == [], 90, "ready after the start")

    stack.run(POST, "a", "300")
    eyes.wait(lambda seen: len(slow_sink.mails) > 20, 30, "the dispatch runs")
    subprocess.run(["redis-cli", "-p", str(port), "FLUSHALL"], check=True, stdout=subprocess.DEVNULL)
    eyes.wait(all_sent(300), 120, "all sent after FLUSHALL")

    server.kill()
    server.wait(10)
    stack.run(POST, "b", "300")  # posted while there is no broker at all
    server = redis()
    stack.processes.append(server)
    eyes.wait(all_sent(600), 120, "all sent after the restart")

    server.send_signal(signal.SIGSTOP)
    stack.run(POST, "c", "300")
    time.sleep(15)
    server.send_signal(signal.SIGCONT)
    eyes.wait(all_sent(900), 120, "all sent after the pause")
    assert len(slow_sink.mails) == len(set(slow_sink.recipients)) == 900
