"""The dashboard: how the program is doing. It reads everything a person may see and moves nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from reports.exports import table_csv
from reports.figures import FIGURES, headlines
from reports.forms import DashboardFilter
from reports.selectors import picture_for

# Longer lists (tables without a chart) are shown up to here; the CSV file has all rows.
ROWS_SHOWN = 10


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """Headline numbers, then every figure with its sentence, chart, table and CSV file."""
    form = DashboardFilter(request.GET, user=request.user)
    chosen = form.chosen()
    picture = picture_for(request.user, **chosen)
    query = urlencode({name: value for name, value in _query_of(chosen).items() if value})
    figures = [
        {"figure": draw(picture), "csv_url": f"{reverse('dashboard_csv', args=[name])}?{query}"}
        for name, draw in FIGURES.items()
    ]
    context = {
        "form": form,
        "picture": picture,
        "headlines": headlines(picture),
        "figures": figures,
        "rows_shown": ROWS_SHOWN,
        "filtered": chosen["department_id"] is not None,
    }
    return render(request, "reports/dashboard.html", context)


@require_GET
def dashboard_csv(request: HttpRequest, figure: str) -> HttpResponse:
    """The table of one figure, whole, as a CSV file, with the filters of the page."""
    if figure not in FIGURES:
        raise Http404("The dashboard has no such figure.")
    picture = picture_for(request.user, **DashboardFilter(request.GET, user=request.user).chosen())
    response = HttpResponse(table_csv(FIGURES[figure](picture).table), content_type="text/csv; charset=utf-8")
    day = picture.now.date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="open-data-{figure}-{day}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _query_of(chosen: dict[str, int | None]) -> dict[str, int | None]:
    return {"department": chosen["department_id"], "months": chosen["months"]}
