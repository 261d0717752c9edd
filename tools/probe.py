"""Health check of the web container: does this address answer with 200? Standard library only."""

import os
import sys
import urllib.request

# Django answers only to its own names, and the site is reached by https: speak like the proxy.
host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0]
request = urllib.request.Request(sys.argv[1], headers={"Host": host, "X-Forwarded-Proto": "https"})  # noqa: S310
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - our own address
        sys.exit(answer.status != 200)
except OSError as problem:
    sys.exit(str(problem))
