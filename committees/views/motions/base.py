"""What the pages about motions share."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from committees.forms import motions as forms
from committees.models import Motion
from committees.views.motions.shown import share_partnership, with_treatment
from partnership.views.base import ObjectFormPage, ObjectMixin


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


class ConfirmPage(ObjectFormPage):
    """Asks once before an act; the form holds a reason where one is needed."""

    template_name = "confirm.html"
    form_class: Any = forms.NoteForm
    tone: ClassVar[str] = "danger"

    def heading(self) -> str:
        """The question, with the name of the thing."""
        raise NotImplementedError

    def consequences(self) -> Sequence[str]:
        """What happens, in sentences."""
        return ()

    def confirm_label(self) -> str:
        """The verb on the button."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "heading": self.heading(),
            "consequences": list(self.consequences()),
            "confirm_label": self.confirm_label(),
            "cancel_url": self.object.get_absolute_url(),
            "tone": self.tone,
            "breadcrumbs": self.trail(self.confirm_label()),
        }
        return context

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        raise NotImplementedError
