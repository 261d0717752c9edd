"""Mails of committees: one function and one template pair per mail; each writes outbox rows."""
