"""The page Remedies of the Privacy tab: the recipe step by step, what it would do, its versions, a proposal."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from dossier.errors import DossierFrozen
from privacy.errors import HierarchyRefused, RecipeRefused
from privacy.models import RecipeSearch, RecipeVersion
from privacy.page_effect import effect_part
from privacy.page_proposal import asked_of, is_long, proposal_part
from privacy.page_recipe import Refused, choices_at, form_for, recipe_page, step_posted
from privacy.recipe_changes import moved, put, removed
from privacy.selectors import PrivacyState, state_of
from privacy.services import hierarchy_upload, recipe_replay, recipe_restore, recipe_save
from privacy.services.looks import values_look
from privacy.services.proposals import proposal_taken
from privacy.services.searches import measurement_request, search_request
from privacy.step_form import StepForm
from workflow.context import ReleaseContext
from workflow.stages import OPEN_PARTS
from workflow.views.base import for_raw_readers, get_context, may, say_refusal
from workflow.views.privacy_nav import render_privacy
from workflow.views.recipe_draft import (
    draft_forget,
    draft_keep,
    draft_of,
    draft_rebase,
    values_are_seen,
    values_seen,
)

# Of an uploaded hierarchy; 50,000 rows of words are less.
_MOST_BYTES = 4_000_000


@require_GET
def privacy_recipe(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; `?add=` opens the form of a new step, `?edit=` that of a step, `?k=` asks for a proposal."""
    context = get_context(request, pk)
    form = None
    if _may_edit(request, context):
        state, asked = state_of(pk), request.GET
        form = form_for(
            state,
            _steps(request, state),
            remedy=asked.get("add", ""),
            number=_number(asked, "edit"),
            column=asked.get("column", ""),
            k_min=context.profile.k_min(classification=context.dataset.classification),
        )
    return _page(request, context, form=form)


@require_POST
def privacy_recipe_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, change, move or remove one step of the draft, take a proposal over, or give the draft up.

    Nothing is saved yet. Also: have what the draft would do measured by a worker.
    """
    context = get_context(request, pk, "dispose_findings")
    state = state_of(pk)
    steps, number, what = _steps(request, state), _number(request.POST, "number"), request.POST.get("do", "")
    if what == "put":
        step, form = step_posted(state, steps, request.POST, number=number)
        if step is None:
            return _page(request, context, form=form, status=422)
        draft_keep(request, state, put(steps, step, number))
        return _to(pk, "recipe-steps")
    if what == "take":
        return _take(request, state, steps)
    if what == "measure":
        return _measure(request, state, steps)
    if what == "discard":
        draft_forget(request, pk)
        messages.success(request, "Your changes were given up. The recipe is as it was saved.")
    elif what == "rebase":
        draft_rebase(request, state)
    elif number is not None:
        change = {"up": lambda: moved(steps, number, -1), "down": lambda: moved(steps, number, 1)}
        draft_keep(request, state, change.get(what, lambda: removed(steps, number))())
    return _to(pk, "recipe-steps")


@require_POST
def privacy_what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """What the step in the form would do: a part of the page for scripts, else the whole page."""
    context = get_context(request, pk, "dispose_findings")
    state = state_of(pk)
    steps, number = _steps(request, state), _number(request.POST, "number")
    step, form = step_posted(state, steps, request.POST, number=number)
    if request.headers.get("HX-Request") != "true":
        tried = put(steps, step, number) if step else None
        return _page(request, context, form=form, tried=tried, status=200 if step else 422)
    if step is None:
        return render(request, "privacy/recipe/_effect.html", {"waiting": True, "form": form})
    shows = _shows_values(request, context, state)
    page = effect_part(state, put(steps, step, number), shows_values=shows) | {
        "tried": True,
        "release": context.release,
    }
    answer = render(request, "privacy/recipe/_effect.html", page)
    return for_raw_readers(answer) if shows else answer


@require_POST
def privacy_recipe_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the draft as the next version."""
    context = get_context(request, pk, "dispose_findings")
    draft, note = draft_of(request, pk), request.POST.get("note", "")
    if draft is None:
        messages.info(request, "There is nothing to save: the recipe is as it was saved last.")
        return _to(pk, "recipe-steps")
    try:
        version = recipe_save(
            release_id=pk, steps=draft.steps, note=note, actor=request.user, expected_number=draft.base
        )
    except RecipeRefused as error:
        return _page(request, context, refused=Refused("save", [error.sentence], {"note": note}), status=422)
    except DossierFrozen as error:
        say_refusal(request, error)
        return _to(pk)
    draft_forget(request, pk)
    messages.success(request, f"Version {version.number} of the recipe is saved and in force.")
    return _to(pk)


@require_POST
def privacy_recipe_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring an older version back as a new one, or the recipe of the last release (`number` 0)."""
    context = get_context(request, pk, "dispose_findings")
    number, note = _number(request.POST, "number") or 0, request.POST.get("note", "")
    about: dict[str, Any] = {
        "release_id": pk,
        "actor": request.user,
        "expected_number": _number(request.POST, "expected") or 0,
    }
    try:
        version = recipe_restore(**about, number=number, note=note) if number else recipe_replay(**about)
    except RecipeRefused as error:
        sentences = [sentence for _, sentence in error.faults] or [error.sentence]
        refused = Refused("restore" if number else "replay", sentences, {"note": note, "number": number})
        return _page(request, context, refused=refused, status=422)
    except DossierFrozen as error:
        say_refusal(request, error)
        return _to(pk)
    draft_forget(request, pk)
    messages.success(request, f"Version {version.number} of the recipe is in force.")
    return _to(pk)


@require_POST
def privacy_hierarchy_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a hierarchy from a CSV file for the dataset."""
    context = get_context(request, pk, "dispose_findings")
    label, column, file = (
        request.POST.get("label", ""),
        request.POST.get("column", ""),
        request.FILES.get("file"),
    )
    sentence = ""
    text = ""
    if file is None:
        sentence = "Choose a CSV file: a value and its coarser values on each line."
    elif file.size > _MOST_BYTES:
        sentence = "The file is larger than 4 MB. A hierarchy lists categories, not rows of data."
    else:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            sentence = "The file is not text in UTF-8. Save it as “CSV UTF-8” and choose it again."
    try:
        if sentence:
            raise HierarchyRefused([sentence])
        row = hierarchy_upload(release_id=pk, label=label, text=text, column=column, actor=request.user)
    except HierarchyRefused as error:
        refused = Refused("hierarchy", error.faults, {"label": label, "column": column})
        return _page(request, context, refused=refused, status=422)
    except DossierFrozen as error:
        say_refusal(request, error)
        return _to(pk)
    messages.success(request, f"The hierarchy “{row.label}” can be chosen now.")
    return _to(pk, "recipe-hierarchies")


@require_POST
def privacy_recipe_values(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the largest values of the measured columns, or hide them again; that somebody looked is recorded."""
    get_context(request, pk, "view_raw")
    on, state = request.POST.get("do") == "show", state_of(pk)
    try:
        if on and not values_are_seen(request, state):
            values_look(release_id=pk, actor=request.user)
        values_seen(request, state, on=on)
    except RecipeRefused as error:
        say_refusal(request, error)
    return _to(pk, "recipe-effect")


@require_POST
def privacy_recipe_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Search for the least harmful recipe: at once on the page, or by a worker when it would take long."""
    get_context(request, pk, "dispose_findings")
    state = state_of(pk)
    asked = asked_of(state, _steps(request, state), request.POST)
    if not asked.faults and is_long(state, asked):
        try:
            search_request(release_id=pk, **asked.search())
        except RecipeRefused as error:
            messages.error(request, error.sentence)
            return _to(pk, "recipe-propose")
    query = {"k": asked.k_text, "limit": asked.limit_text} | {
        f"by-{row['at']}": row["by"] for row in asked.rows
    }
    return redirect(f"{reverse('privacy_recipe', args=[pk])}?{urlencode(query)}#recipe-propose")


@require_GET
def privacy_search_progress(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """How far a search is; when it has ended the page is drawn anew."""
    get_context(request, pk, "dispose_findings")
    search = RecipeSearch.objects.filter(release_id=pk, pk=number).first()
    if search is None:
        raise Http404("There is no such search.")
    words = {
        "percent": search.progress or None,
        "message": search.progress_message or "Waiting for a free worker.",
    }
    answer = render(request, "components/progress_inner.html", words | {"label": "Progress of the search"})
    if not search.is_live:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
def privacy_recipe_json(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as a file for `treat_file`: remedies and parameters.

    Somebody typed values of columns into it, so it is for those who may read the file itself.
    """
    context = get_context(request, pk, "view_raw")
    row = RecipeVersion.objects.filter(release_id=pk, number=number).first()
    if row is None:
        raise Http404("There is no such version.")
    answer = JsonResponse(row.steps, safe=False, json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = slugify(context.dataset.title)[:60] or "dataset"
    answer["Content-Disposition"] = f'attachment; filename="{name}-recipe-{number}.json"'
    return answer


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    *,
    form: StepForm | None = None,
    refused: Refused | None = None,
    tried: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    pk, may_edit = context.release.pk, _may_edit(request, context)
    shows = _shows_values(request, context, state_of(pk))
    draft = draft_of(request, pk) if may_edit else None
    page = recipe_page(pk, draft=draft, form=form, refused=refused, shows_values=shows, tried=tried)
    state: PrivacyState = page["state"]
    page |= proposal_part(
        state,
        draft.steps if draft else state.recipe,
        choices_at(state, [], None),
        request.GET,
        asked=may_edit and "k" in request.GET,
        shows_values=shows,
    )
    page |= {
        "release": context.release,
        "may_edit": may_edit,
        "may_scan": may(request, "run_scan", context),
        "may_read_raw": may(request, "view_raw", context),
    }
    answer = render_privacy(request, context, "recipe", "privacy/recipe/page.html", page, status=status)
    return for_raw_readers(answer) if shows else answer


def _may_edit(request: HttpRequest, context: ReleaseContext) -> bool:
    is_open = "privacy" in OPEN_PARTS.get(context.release.stage, ())
    return is_open and may(request, "dispose_findings", context)


def _shows_values(request: HttpRequest, context: ReleaseContext, state: PrivacyState) -> bool:
    """Values of the file stand on the page only for who may read it raw, and after a look that was recorded."""
    return values_are_seen(request, state) and may(request, "view_raw", context)


def _steps(request: HttpRequest, state: PrivacyState) -> list[dict[str, Any]]:
    draft = draft_of(request, state.release_id)
    return draft.steps if draft else state.recipe


def _take(request: HttpRequest, state: PrivacyState, steps: list[dict[str, Any]]) -> HttpResponse:
    """Put a proposal into the draft: what gives way to it goes. Nothing comes into the session unchecked."""
    try:
        taken = proposal_taken(state, steps, request.POST.get("step", ""))
    except RecipeRefused as error:
        messages.error(request, error.sentence)
        return _to(state.release_id, "recipe-propose")
    draft_keep(request, state, taken)
    return _to(state.release_id, "recipe-steps")


def _measure(request: HttpRequest, state: PrivacyState, steps: list[dict[str, Any]]) -> HttpResponse:
    try:
        measurement_request(release_id=state.release_id, steps=steps)
    except RecipeRefused as error:
        messages.error(request, error.sentence)
    return _to(state.release_id, "recipe-effect")


def _number(data: QueryDict, name: str) -> int | None:
    text = data.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= 6 else None


def _to(pk: int, anchor: str = "") -> HttpResponse:
    return redirect(f"{reverse('privacy_recipe', args=[pk])}{f'#{anchor}' if anchor else ''}")


urlpatterns = [
    path("releases/<int:pk>/privacy/remedies/", privacy_recipe, name="privacy_recipe"),
    path("releases/<int:pk>/privacy/remedies/steps/", privacy_recipe_step, name="privacy_recipe_step"),
    path("releases/<int:pk>/privacy/remedies/what-if/", privacy_what_if, name="privacy_what_if"),
    path("releases/<int:pk>/privacy/remedies/values/", privacy_recipe_values, name="privacy_recipe_values"),
    path("releases/<int:pk>/privacy/remedies/save/", privacy_recipe_save, name="privacy_recipe_save"),
    path(
        "releases/<int:pk>/privacy/remedies/restore/", privacy_recipe_restore, name="privacy_recipe_restore"
    ),
    path("releases/<int:pk>/privacy/remedies/search/", privacy_recipe_search, name="privacy_recipe_search"),
    path(
        "releases/<int:pk>/privacy/remedies/search/<int:number>/",
        privacy_search_progress,
        name="privacy_search_progress",
    ),
    path(
        "releases/<int:pk>/privacy/remedies/hierarchies/",
        privacy_hierarchy_upload,
        name="privacy_hierarchy_upload",
    ),
    path(
        "releases/<int:pk>/privacy/remedies/version-<int:number>.json",
        privacy_recipe_json,
        name="privacy_recipe_json",
    ),
]
