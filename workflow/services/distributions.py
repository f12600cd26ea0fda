"""The addresses under which a dataset can be had, as its distributions hold them: one for each portal."""

from __future__ import annotations

from django.db import transaction

from publishing.selectors import portals_shown
from workflow.context import ReleaseContext
from workflow.models import Distribution

# The row that also holds the data dictionary; it has the address of the first place, whatever portal that is.
_FIRST = "socrata"


@transaction.atomic
def distributions_sync(context: ReleaseContext, *, retitle: bool = False) -> None:
    """Write down where the release is public; what is written already is left alone.

    A place that still shows an earlier release keeps its address. `retitle`: the title of the dataset counts from
    now on.
    """
    fact = context.facts.get("public_copy")
    if fact is None or not fact.ok:
        return
    first, others = fact.data.get("public_url") or "", {}
    for place in fact.data.get("places", ()):
        if place["state"] == "public" and place["url"] != first:
            # Where another portal is the first, Socrata's own address stands under its place.
            code = place["portal"] if place["portal"] != _FIRST else place["domain"][:30]
            others[code] = place["url"]
    shown = portals_shown(context.dataset.pk)
    for row in context.dataset.distributions.all():
        url = first if row.portal == _FIRST else others.pop(row.portal, "")
        if not url and row.portal in shown:
            url = row.public_url
        title = context.dataset.title if retitle else row.title
        if (row.public_url, row.title) != (url, title):
            row.public_url, row.title = url, title
            row.save(update_fields=["public_url", "title"])
    for code, url in others.items():
        Distribution.objects.create(
            dataset=context.dataset, portal=code, title=context.dataset.title, public_url=url
        )
