"""Every page of the product. Who may open each is in access.py."""

from django.contrib import admin
from django.urls import include, path

from opendata_portal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("workflow.urls")),
    path("", include("notifications.urls")),
    path("", include("reports.urls")),
]

# The page after an error of ours names the request, so that it can be found in the log.
handler500 = "accounts.views.statements.server_error"
