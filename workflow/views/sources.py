"""Where the data of a dataset comes from: its record and versions, its fetches, and the department's word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import profile_for
from dossier.page import TYPE_WORDS
from publishing.errors import EtlRefused
from publishing.models import EtlRecord
from publishing.selectors_sources import record_in_force, record_proposed, refresh_page
from publishing.services.etl import etl_decide, etl_propose, etl_withdraw
from publishing.services.fetches import fetch_request
from publishing.services.sampling import source_sample
from publishing.sources import KINDS
from workflow import sourcing
from workflow.forms.sources import DecisionForm, EtlForm, KindForm
from workflow.models import Dataset
from workflow.selectors.datasets import datasets_for
from workflow.selectors.sources import first_terms, outdated_because, recipe_digest_of, terms_of
from workflow.stages import Stage
from workflow.views.base import say_refusal


@require_safe
def dataset_source(request: HttpRequest, pk: int) -> HttpResponse:
    """How the dataset is refreshed, how that goes, and what was approved when."""
    return _page(request, _visible(request, pk), DecisionForm())


@require_http_methods(["GET", "HEAD", "POST"])
def source_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe the source and what is done to its data; test it; propose it to the department."""
    dataset = _visible(request, pk)
    sourcing.check_propose(request.user, dataset)
    in_force = record_in_force(pk)
    before = record_proposed(pk) or in_force
    kind = request.POST.get("source") or request.GET.get("source") or (before.source if before else "url")
    if kind not in KINDS:
        raise Http404("There is no such kind of source.")
    form = _form(request, dataset, kind, in_force, before)
    sample = None
    if request.method == "POST" and request.POST.get("action") == "test":
        sample = source_sample(dataset=dataset, source=kind, config=form.config, actor=request.user)
        # Only the source was asked about: the rest may still be empty.
        form.errors.clear()
    elif request.method == "POST" and form.is_valid() and _proposed(request, dataset, form):
        messages.success(request, "The version is proposed. The department is asked to approve it.")
        return redirect("dataset_source", pk)
    context = {
        "dataset": dataset,
        "form": form,
        "kind": KINDS[kind],
        "kinds": KindForm(initial={"source": kind}),
        "sample": sample,
        "sample_columns": [(name, TYPE_WORDS.get(code, code)) for name, code in sample.columns]
        if sample
        else [],
        "in_force": in_force,
    }
    return render(request, "workflow/sources/propose.html", context, status=422 if form.errors else 200)


@require_POST
def source_decide(request: HttpRequest, pk: int, record_pk: int) -> HttpResponse:
    """The department approves a version, or sends it back."""
    dataset = _visible(request, pk)
    record = get_object_or_404(EtlRecord, pk=record_pk, dataset_id=pk)
    sourcing.check_decide(request.user, dataset, record)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, dataset, form, 422)
    approve = request.POST.get("decision") == "approve"
    try:
        etl_decide(record_id=record.pk, approve=approve, actor=request.user, **form.cleaned_data)
    except EtlRefused as refusal:
        say_refusal(request, refusal)
    else:
        words = "is in force" if approve else "goes back to who proposed it"
        messages.success(request, f"Version {record.version} {words}.")
    return redirect("dataset_source", pk)


@require_POST
def source_withdraw(request: HttpRequest, pk: int, record_pk: int) -> HttpResponse:
    """Take a proposed version back."""
    dataset = _visible(request, pk)
    record = get_object_or_404(EtlRecord, pk=record_pk, dataset_id=pk)
    sourcing.check_withdraw(request.user, dataset)
    try:
        etl_withdraw(record_id=record.pk, actor=request.user)
    except EtlRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, f"Version {record.version} is withdrawn.")
    return redirect("dataset_source", pk)


@require_POST
def source_fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the source now; a parked refresh runs again."""
    dataset = _visible(request, pk)
    sourcing.check_propose(request.user, dataset)
    try:
        fetch_request(dataset_id=pk, actor=request.user)
    except EtlRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "The source is being asked. What came of it will stand under Last fetches.")
    return redirect("dataset_source", pk)


def _page(request: HttpRequest, dataset: Dataset, decision: DecisionForm, status: int = 200) -> HttpResponse:
    page = refresh_page(dataset.pk)
    waiting = page["waiting"]
    context = page | {
        "dataset": dataset,
        "may_propose": sourcing.may_propose(request.user, dataset),
        "may_withdraw": sourcing.may_withdraw(request.user, dataset),
        "is_retired": dataset.stage == Stage.RETIRED,
        "may_decide": waiting is not None and sourcing.may_decide(request.user, dataset, waiting),
        "decision": decision,
        "outdated": outdated_because(dataset, page["record"]),
        "notice": profile_for(dataset.program).updates.parked_notice,
    }
    return render(request, "workflow/sources/page.html", context, status=status)


def _form(
    request: HttpRequest, dataset: Dataset, kind: str, in_force: EtlRecord | None, before: EtlRecord | None
) -> EtlForm:
    profile = profile_for(dataset.program)
    initial: dict[str, Any] = terms_of(before) if before else first_terms(dataset, profile.updates.methods)
    return EtlForm(
        request.POST or None,
        kind=kind,
        profile=profile,
        recipe=recipe_digest_of(dataset),
        in_force=in_force,
        initial=initial,
    )


def _proposed(request: HttpRequest, dataset: Dataset, form: EtlForm) -> bool:
    said = form.cleaned_data
    try:
        etl_propose(
            dataset_id=dataset.pk,
            terms=form.terms(),
            actor=request.user,
            change_note=said.get("change_note", ""),
            meanwhile=said.get("meanwhile") or EtlRecord.Meanwhile.KEEPS,
        )
    except ValidationError as error:
        form.add_faults(error.message_dict)
        return False
    return True


def _visible(request: HttpRequest, pk: int) -> Dataset:
    rows = datasets_for(request.user).select_related("department", "program")
    return get_object_or_404(rows.prefetch_related("releases", "distributions"), pk=pk)


urlpatterns = [
    path("datasets/<int:pk>/source/", dataset_source, name="dataset_source"),
    path("datasets/<int:pk>/source/propose/", source_propose, name="source_propose"),
    path("datasets/<int:pk>/source/fetch/", source_fetch, name="source_fetch"),
    path("datasets/<int:pk>/source/<int:record_pk>/decide/", source_decide, name="source_decide"),
    path("datasets/<int:pk>/source/<int:record_pk>/withdraw/", source_withdraw, name="source_withdraw"),
]
