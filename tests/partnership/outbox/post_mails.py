"""Posts so many mails in one transaction, as a web request would; see stack.py."""

import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).with_name("templates"))
    from partnership.models import Partnership
    from partnership.services import outbox

    partnership, _ = Partnership.objects.get_or_create(
        slug="p", defaults={"name": "P", "short_name": "P", "office_email": "buero@example.org"}
    )
    outbox.post_many(
        [
            outbox.Letter(
                kind="notice",
                template="outbox_test/mail/notice",
                context={"lead": "Bitte.", "words": "Inhalt"},
                partnership=partnership,
                to=f"{sys.argv[1]}{n}@example.org",
                dedup_key=f"{sys.argv[1]}:{n}",
                subject="Einladung",
            )
            for n in range(int(sys.argv[2]))
        ]
    )
