"""Facts that membership announces to the apps above it, inside the transaction that makes them."""

from django.dispatch import Signal

# A partner stops being a member with the beginning of the day `on`.
# Arguments: partner (Partner), on (date), reason (str), by (User or None).
partner_ended = Signal()

# A dated fact of a partner was recorded. Arguments: standing (Standing), by (User or None).
standing_recorded = Signal()
