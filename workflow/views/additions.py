"""What a department asks besides its program: questions in checklists, and reviews before a move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department
from accounts.selectors import departments_visible, profile_for
from checklists.errors import AnswerRefused
from checklists.services import addition_make, addition_retire
from checklists.texts import Text, texts_for
from workflow.additions import check_additions, may_add
from workflow.errors import MoveRefused
from workflow.forms.additions import AddedReviewForm, QuestionForm, StricterForm
from workflow.selectors.additions import items_added, reviews_added
from workflow.services.additions import review_add, review_addition_retire
from workflow.stages import MOVES
from workflow.views.base import say_refusal


@require_safe
def department_items(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the department has added."""
    return _list(request, _department(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def department_item_add(request: HttpRequest, pk: int, checklist: str) -> HttpResponse:
    """Add a question to a checklist, or make one of its questions stricter."""
    department = _department(request, pk)
    check_additions(request.user, department)
    text = texts_for(profile_for(department.program), department).get(checklist)
    if text is None:
        raise Http404("This program has no such checklist.")
    stricter = request.method == "POST" and "harden" in request.POST
    data = request.POST if request.method == "POST" else None
    question = QuestionForm(None if stricter else data, catalogue=text.catalogue, department=department)
    harden = StricterForm(data if stricter else None, catalogue=text.catalogue)
    form = harden if stricter else question
    if data is not None and form.is_valid():
        try:
            addition_make(
                department=department, checklist=checklist, content=form.content(), actor=request.user
            )
        except AnswerRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request,
                "Added. It counts for checklists that are begun from now on; begun ones keep their text.",
            )
            return redirect("department_items", pk)
    return render(
        request,
        "workflow/additions/add.html",
        {"department": department, "text": text, "question": question, "stricter": harden},
        status=422 if form.errors else 200,
    )


@require_POST
def department_item_retire(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take one of the department's own additions back."""
    department = _department(request, pk)
    check_additions(request.user, department)
    row = get_object_or_404(department.checklist_items.all(), pk=item)
    addition_retire(row=row, actor=request.user)
    messages.success(request, "Taken back. Checklists that were begun with it keep it.")
    return redirect("department_items", pk)


@require_POST
def department_review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a review of the department's own before a move."""
    department = _department(request, pk)
    check_additions(request.user, department)
    form = AddedReviewForm(request.POST, profile=profile_for(department.program))
    if form.is_valid():
        try:
            review_add(department=department, actor=request.user, **form.cleaned_data)
        except MoveRefused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, "Added. Every release that has yet to make that move needs it.")
            return redirect("department_items", pk)
    return _list(request, department, form, status=422)


@require_POST
def department_review_retire(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take an added review back."""
    department = _department(request, pk)
    check_additions(request.user, department)
    found = get_object_or_404(department.added_reviews.all(), pk=row)
    try:
        review_addition_retire(row=found, actor=request.user)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "Taken back. It is not asked for any more.")
    return redirect("department_items", pk)


def _department(request: HttpRequest, pk: int) -> Department:
    """The department, for people who may see its data."""
    rows = Department.objects.select_related("program").filter(
        pk__in=departments_visible(request.user).values("pk")
    )
    return get_object_or_404(rows, pk=pk)


def _list(
    request: HttpRequest, department: Department, form: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    profile = profile_for(department.program)
    texts = texts_for(profile, department)
    may_change = may_add(request.user, department)
    return render(
        request,
        "workflow/additions/list.html",
        {
            "department": department,
            "rows": [_line(row, texts) for row in items_added(department)],
            "reviews": [
                {"row": row, "move": MOVES[row.move].label, "role": profile.role_words(row.role)}
                for row in reviews_added(department.pk)
            ],
            "texts": list(texts.values()),
            "may_change": may_change,
            "review_form": form or (AddedReviewForm(profile=profile) if may_change else None),
        },
        status=status,
    )


def _line(row: Any, texts: dict[str, Text]) -> dict[str, Any]:
    """One addition in words: the question, what it does, and in which checklist."""
    text = texts.get(row.checklist)
    item = next((item for item in text.catalogue.items if item.id == row.item_id), None) if text else None
    own = row.content.get("item")
    return {
        "row": row,
        "checklist": text.catalogue.title if text else row.checklist,
        "question": own["question"] if own else (item.question if item else row.item_id),
        "does": _DOES[own["severity"] if own else row.content["severity"]][0 if own else 1],
    }


_DOES = {
    "blocks": ("Asks; must be answered", "Made stricter: must be answered"),
    "warns": ("Asks; warns", "Made stricter: warns"),
    "informs": ("Asks, for information", ""),
}

urlpatterns = [
    path("departments/<int:pk>/additions/", department_items, name="department_items"),
    path(
        "departments/<int:pk>/additions/<slug:checklist>/add/",
        department_item_add,
        name="department_item_add",
    ),
    path(
        "departments/<int:pk>/additions/<int:item>/retire/",
        department_item_retire,
        name="department_item_retire",
    ),
    path("departments/<int:pk>/reviews/add/", department_review_add, name="department_review_add"),
    path(
        "departments/<int:pk>/reviews/<int:row>/retire/",
        department_review_retire,
        name="department_review_retire",
    ),
]
