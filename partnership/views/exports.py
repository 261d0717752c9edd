"""Lists that people take along as a table."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from tablib import Dataset

from partnership.exports import tables
from partnership.views.base import ListPage


class ExportedList(ListPage):
    """A list that `?export=csv` or `?export=xlsx` answers as a file: every row, filtered and sorted as on the page."""

    # The file's name, in front of that of the partnership.
    export_name: ClassVar[str]

    def get_table(self) -> Dataset:
        """Every row of the list, with heads."""
        raise NotImplementedError

    def get_export_name(self) -> str:
        return f"{self.export_name}-{self.partnership.slug}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("export", "")
        if form in tables.FORMATS:
            return tables.download(self.get_table(), form, self.get_export_name())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("page", None)
        exports = []
        for form in tables.FORMATS:
            query["export"] = form
            exports.append((form.upper(), f"?{query.urlencode()}"))
        return super().get_context_data(**kwargs) | {"exports": exports}
