"""Pages of the ground within a partnership: people, appointments, documents, outbox, audit."""

app_name = "partnership"

urlpatterns: list = []
