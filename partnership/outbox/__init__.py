"""The outbox inside: building mails, sending them, the fence after a restore. Others use `services.outbox`."""
