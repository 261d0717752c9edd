"""Facts that committees announce to higher apps, inside the transaction they happen in."""

from django.dispatch import Signal

# A ballot was declared and its resolution stands in the register. Sent with `resolution` and `by`.
resolution_declared = Signal()

# A delegation was entered. Sent with `delegate` and `by`.
delegate_added = Signal()

# A delegation was ended, today or for a coming day. Sent with `delegate` and `by`.
delegate_ended = Signal()
