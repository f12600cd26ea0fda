"""The CDO's queue in the admin: releases that wait for the decision, and the decision page.

Nothing here changes a stage by itself: every action goes through the door, and the page asks the same
policies as the door does. What the pages show is made in workflow.selectors.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.roles import Role
from accounts.selectors import departments_where
from workflow import gates, policies, review_needs, routing
from workflow.admin_filters import AgeFilter, ClassificationFilter, DepartmentFilter, StageFilter
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext, context_of, contexts_of, release_queryset
from workflow.errors import MoveRefused
from workflow.forms.moves import MoveForm, ReturnForm, form_of
from workflow.forms.reviews import ReviewRequestForm
from workflow.models import ApprovalRequest, Review
from workflow.selectors.decision import evidence_of
from workflow.selectors.move_words import consequence_of
from workflow.selectors.people import RoleBook, departments_decided_by
from workflow.selectors.review_tracks import seats_to_give
from workflow.selectors.reviews import orders_of
from workflow.selectors.turns import turns_of
from workflow.services.bulk import releases_transition
from workflow.services.describing import against_of
from workflow.services.reviews import review_request
from workflow.services.transitions import release_transition
from workflow.stages import MOVES, Stage
from workflow.words import UNDO

DECISIONS = ("approve", "return_for_changes", "reject")
# Reviews that the CDO may order while deciding, in the order of the buttons.
CONSULTATIONS = (
    Review.Kind.IT,
    Review.Kind.SECURITY,
    Review.Kind.POLICY,
    Review.Kind.LEGAL,
    Review.Kind.EQUITY,
    Review.Kind.COMMUNICATIONS,
)


class QueueChangeList(ChangeList):
    """Reads what gates and policies look at once for all rows of a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        rows = release_queryset().filter(pk__in=[row.pk for row in self.result_list])
        contexts = {context.release.pk: context for context in contexts_of(rows)}
        book = RoleBook({context.dataset.program_id for context in contexts.values()})
        for row in self.result_list:
            row.queue_context, row.queue_book = contexts[row.pk], book


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(admin.ModelAdmin):
    """The queue. Rows lead to the decision page; there is no form that edits a release."""

    list_display = (
        "dataset_link",
        "inventory_id",
        "department",
        "classification",
        "age",
        "due",
        "ready",
        "waiting_on",
    )
    list_display_links = None
    list_filter = (StageFilter, DepartmentFilter, ClassificationFilter, AgeFilter)
    search_fields = ("dataset__title", "dataset__inventory_id", "dataset__steward__full_name")
    search_help_text = "Search by name, inventory number or steward"
    ordering = ("due_at", "pk")
    list_per_page = 50
    show_facets = admin.ShowFacets.ALWAYS
    actions = ("approve_selected", "return_selected")
    actions_selection_counter = True

    # Who may come in.

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(_decided_by(request) | _watched_by(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff and self.has_view_permission(request)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(_decided_by(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApprovalRequest]:
        departments = _decided_by(request) | _watched_by(request)
        rows = super().get_queryset(request).filter(dataset__department__in=departments)
        return rows.select_related("dataset__department")

    # The list.

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Approval queue"} | (extra_context or {}))

    @admin.display(description="Dataset", ordering="dataset__title")
    def dataset_link(self, row: ApprovalRequest) -> SafeString:
        url = reverse("admin:workflow_approvalrequest_decide", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row.dataset.title)

    @admin.display(description="Number", ordering="dataset__inventory_id")
    def inventory_id(self, row: ApprovalRequest) -> str:
        return row.dataset.inventory_id

    @admin.display(description="Department", ordering="dataset__department__name")
    def department(self, row: ApprovalRequest) -> str:
        return row.dataset.department.name

    @admin.display(description="Classification", ordering="dataset__classification")
    def classification(self, row: ApprovalRequest) -> str:
        choice = row.queue_context.profile.classification(row.dataset.classification)  # type: ignore[attr-defined]
        return choice.label if choice else "not chosen"

    @admin.display(description="Waits here", ordering="stage_entered_at")
    def age(self, row: ApprovalRequest) -> str:
        calendar = calendar_of(row.queue_context.profile)  # type: ignore[attr-defined]
        days = calendar.between(calendar.local_day(row.stage_entered_at), calendar.local_day(timezone.now()))
        return f"{days} business day{'' if days == 1 else 's'}"

    @admin.display(description="Due", ordering="due_at")
    def due(self, row: ApprovalRequest) -> str:
        if row.due_at is None:
            return "no date"
        calendar = calendar_of(row.queue_context.profile)  # type: ignore[attr-defined]
        days = calendar.between(calendar.local_day(timezone.now()), calendar.local_day(row.due_at))
        word = (
            "today"
            if days == 0
            else f"in {days} business days"
            if days > 0
            else f"{-days} business days late"
        )
        return word.replace(" 1 business days", " 1 business day")

    @admin.display(description="In the way")
    def ready(self, row: ApprovalRequest) -> str:
        missing = len(gates.unmet_onward(row.queue_context))  # type: ignore[attr-defined]
        return f"{missing} thing{'' if missing == 1 else 's'}" if missing else "nothing"

    @admin.display(description="Waiting on")
    def waiting_on(self, row: ApprovalRequest) -> str:
        turn = next(iter(turns_of(row.queue_context)), None)  # type: ignore[attr-defined]
        if turn is None or turn.role not in Role.values:
            return "the system" if turn and turn.role else "nobody"
        people = row.queue_book.holders(turn.role, row.queue_context.dataset)  # type: ignore[attr-defined]
        return ", ".join(str(person) for person in people) or "nobody holds the role"

    # Decisions on several.

    @admin.action(description="Approve selected", permissions=["decide"])
    def approve_selected(self, request: HttpRequest, rows: QuerySet[ApprovalRequest]) -> HttpResponse:
        return self._decide_selected(
            request, rows, "approve", MoveForm(_posted(request), move=MOVES["approve"])
        )

    @admin.action(description="Return selected", permissions=["decide"])
    def return_selected(self, request: HttpRequest, rows: QuerySet[ApprovalRequest]) -> HttpResponse:
        form = ReturnForm(_posted(request), move=MOVES["return_for_changes"])
        return self._decide_selected(request, rows, "return_for_changes", form)

    def _decide_selected(
        self, request: HttpRequest, rows: QuerySet[ApprovalRequest], name: str, form: MoveForm
    ) -> HttpResponse:
        """First the page that says what will happen to each; then each through the door, with its result."""
        releases = list(release_queryset().filter(pk__in=rows.values("pk")).order_by("pk"))
        page = {"title": f"{MOVES[name].label}: {len(releases)} selected", "move": MOVES[name]}
        if form.is_bound and form.is_valid():
            outcomes = releases_transition(
                releases=releases, name=name, actor=request.user, arguments=form.arguments()
            )
            page |= {"outcomes": outcomes, "made": sum(outcome.ok for outcome in outcomes)}
            return render(request, "admin/workflow/approvalrequest/outcomes.html", page)
        page |= {
            "form": form,
            "action": request.POST.get("action", ""),
            "items": [_bulk_line(request, context, name) for context in contexts_of(releases)],
        }
        return render(request, "admin/workflow/approvalrequest/confirm.html", page)

    # The decision page.

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        name = "workflow_approvalrequest_decide"
        return [path("<int:pk>/decide/", view, name=name), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:workflow_approvalrequest_decide", object_id)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The evidence file of one release, with the decision beside it."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404("There is no such release in your queue.")
        context = context_of(pk)
        if request.method != "POST":
            return self._decision_page(request, context)
        if "consult" in request.POST:
            return self._consult(request, context)
        name = request.POST.get("move", "")
        if name not in DECISIONS:
            raise PermissionDenied("This is not a decision that is made here.")
        form = form_of(MOVES[name], context, request.POST)
        if not form.is_valid():
            return self._decision_page(request, context, form=form, status=422)
        try:
            release_transition(release_id=pk, name=name, actor=request.user, **form.arguments())
        except MoveRefused as refusal:
            page = {"refusals": refusal.sentences}
            return self._decision_page(request, context_of(pk), form=form, status=409, **page)
        messages.success(request, f"Done: {MOVES[name].label} for “{context.dataset.title}”.")
        return redirect("admin:workflow_approvalrequest_changelist")

    def _consult(self, request: HttpRequest, context: ReleaseContext) -> HttpResponse:
        form = ReviewRequestForm(request.POST, kinds=Review.Kind.choices)
        if not form.is_valid():
            messages.error(request, "Say whose advice you want.")
        else:
            try:
                review = review_request(
                    release_id=context.release.pk, actor=request.user, **form.cleaned_data
                )
                messages.success(
                    request, f"{review.get_kind_display()}: asked. The decision waits for the answer."
                )
            except MoveRefused as refusal:
                messages.error(request, " ".join(refusal.sentences))
        return redirect("admin:workflow_approvalrequest_decide", context.release.pk)

    def _decision_page(
        self,
        request: HttpRequest,
        context: ReleaseContext,
        *,
        form: MoveForm | None = None,
        status: int = 200,
        **page: Any,
    ) -> HttpResponse:
        evidence = evidence_of(context)
        return TemplateResponse(
            request,
            "admin/workflow/approvalrequest/decide.html",
            {
                "context": context,
                "against": against_of(context),
                "release": context.release,
                "dataset": context.dataset,
                "decisions": [_decision(request, context, name, form) for name in DECISIONS],
                "at_decision": context.release.stage == Stage.CDO_REVIEW,
                "refusal": _refusal(request, "approve", context),
                "consultations": _consultations(request, context),
                "orders": orders_of(context, request.user),
                "own_keys": [r for r in seats_to_give(context, request.user) if r.kind == Review.Kind.CDO],
                "review_columns": ["Review", "Verdict", "By", "On", "Conditions or question"],
                "disposition_columns": ["Column", "Decision", "Reason", "By"],
                "column_columns": ["Column", "Type", "Description"],
                **evidence,
                **page,
            },
            status=status,
        )


def _decided_by(request: HttpRequest) -> set[int]:
    """Departments whose releases this person decides on; read once per request."""
    if not hasattr(request, "_departments_decided"):
        request._departments_decided = departments_decided_by(request.user)  # type: ignore[attr-defined]
    return request._departments_decided  # type: ignore[attr-defined, no-any-return]


def _watched_by(request: HttpRequest) -> set[int]:
    """Departments that this person may look at here without deciding: those of a portal admin."""
    if not hasattr(request, "_departments_watched"):
        rows = departments_where(request.user, Role.PORTAL_ADMIN)
        request._departments_watched = set(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return request._departments_watched  # type: ignore[attr-defined, no-any-return]


def _posted(request: HttpRequest) -> Any:
    """The answers of the page between; None when the action was only just chosen."""
    return request.POST if request.POST.get("confirmed") else None


def _bulk_line(request: HttpRequest, context: ReleaseContext, name: str) -> dict[str, Any]:
    refusal = _refusal(request, name, context)
    missing = [item.text for item in gates.unmet(name, context)]
    wrong = (
        []
        if context.release.stage in MOVES[name].sources
        else [f"It is in {context.release.get_stage_display()}, where this is not possible."]
    )
    return {
        "release": context.release,
        "dataset": context.dataset,
        "problems": [*([refusal] if refusal else []), *wrong, *missing],
    }


def _decision(
    request: HttpRequest, context: ReleaseContext, name: str, form: MoveForm | None
) -> dict[str, Any]:
    """One of the three buttons: what it does, who is told, and its form (the posted one where it failed)."""
    move = MOVES[name]
    possible = context.release.stage in move.sources
    return {
        "move": move,
        "form": form if form is not None and form.move is move else form_of(move, context),
        "is_open": form is not None and form.move is move,
        "is_allowed": possible and policies.may_move(request.user, name, context),
        "told": [str(person) for person in routing.told_before(move, context, request.user)]
        if possible
        else [],
        "consequence": consequence_of(move, context.profile),
        "undo": UNDO[name],
    }


def _refusal(request: HttpRequest, name: str, context: ReleaseContext) -> str:
    """Why this person may not make the move; empty when they may."""
    try:
        policies.check_move(request.user, name, context)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def _consultations(request: HttpRequest, context: ReleaseContext) -> list[dict[str, Any]]:
    """Whose advice may be asked for: kinds this program has, with those that are asked already marked."""
    if not context.release.is_open or not policies.may_act(request.user, "request_review", context):
        return []
    pending = {review.kind for review in context.reviews if review.is_pending}
    return [
        {"kind": kind, "label": Review.Kind(kind).label, "is_asked": kind in pending}
        for kind in CONSULTATIONS
        if review_needs.role_of(context, kind)
    ]
