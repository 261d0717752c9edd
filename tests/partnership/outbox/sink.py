"""A mail server on a free port that keeps the raw bytes and answers as it is told."""

import asyncio
import threading
from collections import deque

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Sink:
    """`mails` are (recipients, raw bytes); `refuse[address]` is a list of answers given at RCPT, one each."""

    def __init__(self):
        self.mails = []
        self.refuse = {}
        self.at_data = deque()
        self.connections = 0
        self.transactions = 0
        self.most_per_connection = None
        self.delay = 0.0
        self._lock = threading.Lock()

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.count = getattr(session, "count", 0) + 1
        if self.most_per_connection and session.count > self.most_per_connection:
            return "421 4.7.0 too many messages on this connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        with self._lock:
            self.transactions += 1
            answers = self.refuse.get(address)
            if answers:
                answer = answers[0] if len(answers) == 1 and answers[0].startswith("5") else answers.pop(0)
                if not answer.startswith("250"):
                    return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.at_data and (answer := self.at_data.popleft()):
            if answer == "cut":
                server.transport.abort()
                return "421 gone"
            return answer
        with self._lock:
            self.mails.append((list(envelope.rcpt_tos), envelope.original_content))
        return "250 OK"

    @property
    def recipients(self):
        return [to for tos, _ in self.mails for to in tos]


class _Server(SMTP):
    def connection_made(self, transport):
        self.event_handler.connections += 1
        super().connection_made(transport)


class SinkController(Controller):
    """A sink in a thread of its own."""

    def factory(self):
        return _Server(self.handler, **self.SMTP_kwargs)
