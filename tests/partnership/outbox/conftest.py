import copy
import logging
import socket
import uuid
from collections import Counter
from pathlib import Path

import pytest

from partnership.models import OutboxMessage
from partnership.services import outbox
from tests.factories import PartnershipFactory, UserFactory
from tests.partnership.outbox.sink import Sink, SinkController

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True)
def _mail_templates(settings, tmp_path):
    """A pair of templates of no app, and a data folder of its own for epoch, files and mails."""
    changed = copy.deepcopy(settings.TEMPLATES)
    changed[0]["DIRS"] = [*changed[0]["DIRS"], TEMPLATES]
    settings.TEMPLATES = changed
    settings.DATA_DIR = tmp_path
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def partnership(db):
    return PartnershipFactory(short_name="Masterportal", name="Implementierungspartnerschaft Masterportal")


@pytest.fixture
def person(db):
    return UserFactory(name="Ada Muster", email="ada@example.org")


def letter(partnership, recipient=None, **changes):
    """A letter with everything it needs; `changes` go to `Letter`."""
    values = {
        "kind": "notice",
        "template": "outbox_test/mail/notice",
        "context": {"lead": "Bitte antworten Sie bis Freitag.", "words": "Inhalt", "url": "/p/x/sitzungen/"},
        "recipient": recipient,
        "partnership": partnership,
        "dedup_key": f"test:{uuid.uuid4()}",
        "subject": "Einladung",
    }
    return outbox.Letter(**(values | changes))


def post(partnership, recipient=None, **changes):
    """One mail in the outbox."""
    rows = outbox.post_many([letter(partnership, recipient, **changes)])
    return rows[0] if rows else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def sink(settings):
    """A mail server that keeps what it gets; the settings point to it."""
    handler = Sink()
    controller = SinkController(handler, hostname="127.0.0.1", port=free_port())
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller.start()
    handler.connections = 0  # the controller looked itself whether it answers
    handler.port = controller.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 10
    yield handler
    controller.stop()


def states():
    """How many rows are in each state."""
    return dict(Counter(OutboxMessage.objects.values_list("state", flat=True)))
