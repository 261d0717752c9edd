"""Prints what readiness and the outbox say, five times a second; see stack.py."""

import json
import time
from collections import Counter

import django

if __name__ == "__main__":
    django.setup()
    from partnership.models import OutboxMessage
    from partnership.services.readiness import problems

    while True:
        states = Counter(OutboxMessage.objects.values_list("state", flat=True))
        print(json.dumps({"problems": problems(), "states": states}), flush=True)
        time.sleep(0.2)
