"""The web server, for `make run` and for the container alike (docs/adr/0003-wsgi-threads.md)."""

import gc
import os
from typing import Any

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)
# Workers share the memory of the loaded code.
preload_app = True
control_socket_disable = True
# A worker is replaced now and then, at a moment of its own.
max_requests = 10_000
max_requests_jitter = 1_000
graceful_timeout = 10
keepalive = 5
accesslog = None
# Only the proxy in front may say who is calling.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1"


def when_ready(server: Any) -> None:
    """Before the workers are forked: the garbage collector passes over the loaded code from now on.

    It saves time at each collection, and the workers go on sharing that memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
