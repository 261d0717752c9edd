from partnership.models.account import AccountInvitation, User
from partnership.models.appointment import Appointment
from partnership.models.audit import AuditEvent
from partnership.models.base import Entity, Period, PeriodQuerySet, period_in_order
from partnership.models.document import Document, DocumentVersion
from partnership.models.outbox import Epoch, Heartbeat, OutboxMessage
from partnership.models.partnership import Partnership
from partnership.models.site import Feedback, SiteText
