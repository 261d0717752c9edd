"""The views every page is made of: a policy, the partnership of the address, one object, one service call."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm, Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import FormView, ListView, TemplateView, View

from partnership.access.policy import Policy
from partnership.access.ties import Person, remember
from partnership.db.prepared import Prepared
from partnership.errors import Refusal
from partnership.models import Partnership, User


@Prepared
def _visible_partnership(reader: Person, slug: str) -> QuerySet[Partnership]:
    return Partnership.objects.visible_to(reader).filter(slug=slug)


class PolicyMixin(View):
    """Signs people in, finds the partnership and the object, then asks the policy.

    What a person may not see answers exactly as what does not exist: 404. What they see but may
    not do answers 403 with the policy's sentence.
    """

    policy: ClassVar[Policy]
    # Django's form views take PUT for POST; nothing here is sent that way.
    http_method_names = ["get", "post", "head", "options"]

    @property
    def user(self) -> User:
        """The signed-in person (or AnonymousUser on public pages)."""
        return cast(User, self.request.user)

    @cached_property
    def partnership(self) -> Partnership:
        """The partnership named in the address, if the person may see it at all; none on other pages."""
        if "slug" not in self.kwargs:
            return None  # type: ignore[return-value]
        if self.policy.is_public:
            return get_object_or_404(Partnership.objects.filter(is_public=True), slug=self.kwargs["slug"])
        found = _visible_partnership.first(reader=self.user, slug=self.kwargs["slug"])
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        """What the policy is asked about: the object of the address, else the partnership."""
        if "pk" in self.kwargs and hasattr(self, "object"):
            return self.object
        return self.partnership if "slug" in self.kwargs else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.policy.is_public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        remember(request.user)
        if "slug" in kwargs:
            _ = self.partnership
        decision = self.policy(request.user, self.get_policy_subject())
        if not decision:
            raise PermissionDenied(getattr(decision, "reason", ""))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) if hasattr(super(), "get_context_data") else kwargs  # type: ignore[misc]
        if "slug" in self.kwargs:
            context["partnership"] = self.partnership
        return context

    def run(self, verb: Callable[..., Any], *, form: BaseForm | None = None, **kwargs: Any) -> Any | None:
        """Call one service; a `Refusal` becomes an error of the form, or a message. None when refused."""
        try:
            return verb(by=self.user, **kwargs)
        except Refusal as refusal:
            if form is None:
                messages.error(self.request, str(refusal))
            else:
                field = refusal.field if refusal.field in form.fields else None
                form.add_error(field, str(refusal))
            return None


class ObjectMixin(PolicyMixin):
    """A page about one object: `model` and its `objects.visible_to(user)`, narrowed to the partnership."""

    model: ClassVar[type[Model]]
    partnership_path: ClassVar[str] = "partnership"
    context_object_name: ClassVar[str | None] = "object"

    def get_queryset(self) -> QuerySet[Any]:
        """Rows this person may see within the partnership of the address."""
        return self.model.objects.visible_to(self.user).filter(**{self.partnership_path: self.partnership})  # type: ignore[attr-defined]

    def find(self) -> Any:
        """The object of the address, or None where the person may not see it."""
        return self.get_queryset().filter(pk=self.kwargs["pk"]).first()

    @cached_property
    def object(self) -> Any:
        """The object of the address; absent and foreign ones answer alike."""
        found = self.find()
        if found is None:
            raise Http404
        if self.partnership_path == "partnership" and "partnership" in self.__dict__:
            # Read once for the page; no statement and no join more.
            found.partnership = self.partnership
        return found

    def get_object(self, queryset: Any = None) -> Any:
        return self.object


class Page(PolicyMixin, TemplateView):
    """A page without an object of its own."""


class ObjectPage(ObjectMixin, TemplateView):
    """A page that shows one object; the context names it `object` and by its model's name."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["object"] = self.object
        context.setdefault(self.model._meta.model_name or "object", self.object)
        return context


class ListPage(PolicyMixin, ListView):
    """A list: filtered by a FilterSet (`filterset_class`) from the URL, sorted by `sorts`, in pages of 50."""

    paginate_by = 50
    filterset_class: ClassVar[Any] = None
    # Value of ?sort= -> fields; the first is the default. Nothing else reaches order_by.
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {}

    def get_base_queryset(self) -> QuerySet[Any]:
        """All rows this person may see in this list."""
        return self.model.objects.visible_to(self.user).filter(partnership=self.partnership)  # type: ignore[union-attr]

    def get_queryset(self) -> QuerySet[Any]:
        queryset = self.get_base_queryset()
        if self.filterset_class is not None:
            self.filterset = self.filterset_class(self.request.GET, queryset=queryset, request=self.request)
            queryset = self.filterset.qs if self.filterset.is_valid() else queryset.none()
        if self.sorts:
            self.sort = self.request.GET.get("sort", "")
            if self.sort not in self.sorts:
                self.sort = next(iter(self.sorts))
            queryset = queryset.order_by(*self.sorts[self.sort], "pk")
        return queryset

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """A page number out of range shows the nearest page instead of an error."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page", 1))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["filterset"] = getattr(self, "filterset", None)
        context["sort"] = getattr(self, "sort", "")
        return context


class FormPage(PolicyMixin, FormView):
    """A form whose good input goes to one service: implement `perform(form)`; what it returns is truthy on success."""

    success_message: ClassVar[Any] = ""
    template_name = "form.html"

    def perform(self, form: Any) -> Any:
        """Call the service through `self.run(verb, form=form, …)`."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        self.result = self.perform(form)
        if form.errors or self.result is None:
            return self.form_invalid(form)
        if self.success_message:
            messages.success(self.request, str(self.success_message))
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ObjectFormPage(ObjectMixin, FormPage):
    """A form about one object."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["object"] = self.object
        context.setdefault(self.model._meta.model_name or "object", self.object)
        return context


class ConfirmPage(ObjectFormPage):
    """Asks once before an act that binds or destroys; the form holds a reason where one is needed."""

    template_name = "confirm.html"
    form_class: Any = Form
    tone: ClassVar[str] = "danger"

    def heading(self) -> str:
        """The question, with the name of the thing."""
        raise NotImplementedError

    def confirm_label(self) -> str:
        """The verb on the button."""
        raise NotImplementedError

    def consequences(self) -> Sequence[str]:
        """What follows, in sentences."""
        return ()

    def trail(self, last: str = "") -> list[tuple[Any, str]]:
        """The breadcrumbs down to this page."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": self.heading(),
            "consequences": list(self.consequences()),
            "confirm_label": self.confirm_label(),
            "cancel_url": self.object.get_absolute_url(),
            "tone": self.tone,
            "breadcrumbs": self.trail(self.confirm_label()),
        }


class Deed(ObjectMixin):
    """A button: POST calls one service on the object and goes back; GET is not answered."""

    http_method_names = ["post", "options"]
    success_message: ClassVar[Any] = ""

    def perform(self) -> Any:
        """Call the service through `self.run(verb, …)`; None means refused."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.result = self.perform()
        if self.result is not None and self.success_message:
            messages.success(request, str(self.success_message))
        return HttpResponseRedirect(self.get_success_url())


def guarded(policy: Policy) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give a function view its policy."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not policy.is_public and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            decision = policy(request.user, None)
            if not decision:
                raise PermissionDenied(getattr(decision, "reason", ""))
            return view(request, *args, **kwargs)

        inner.policy = policy  # type: ignore[attr-defined]
        return inner

    return wrap


__all__ = [
    "ConfirmPage",
    "Deed",
    "FormPage",
    "ListPage",
    "ObjectFormPage",
    "ObjectMixin",
    "ObjectPage",
    "Page",
    "PolicyMixin",
    "guarded",
]
