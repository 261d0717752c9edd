"""What the pages about motions share."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from committees.models import Motion
from committees.views.motions.shown import share_partnership, with_treatment
from partnership.views.base import ObjectMixin


class MotionMixin(ObjectMixin):
    """One motion with all its page shows."""

    model = Motion

    def get_queryset(self) -> QuerySet[Motion]:
        return with_treatment(super().get_queryset(), self.user)

    @cached_property
    def object(self) -> Any:
        return share_partnership(super().object)

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        motion = self.object
        top = [(_("Vorlagen"), reverse("committees:motion_list", kwargs={"slug": self.partnership.slug}))]
        name = motion.label or _("Entwurf")
        return [*top, (name, motion.get_absolute_url()), (last, "")] if last else [*top, (name, "")]

    def address(self, name: str, **kwargs: Any) -> str:
        """The address of a page about this motion."""
        return reverse(name, kwargs={"slug": self.partnership.slug, "pk": self.object.pk, **kwargs})
