"""The Checklists tab: the list, one checklist with autosave, the attestation, and the machine's results."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from checklists.errors import AnswerRefused
from checklists.forms import WaiverForm, posted
from checklists.models import Waiver
from checklists.pages import checklist_page, checks_page, overview, remarks_of, standing_of
from checklists.selectors import submission_of
from checklists.services import (
    Saved,
    answer_save,
    answers_fill,
    answers_save,
    checklist_attest,
    checks_request,
    evidence_open,
    evidence_save,
    fill_is_due,
    waiver_grant,
    waiver_withdraw,
)
from dossier.errors import DossierFrozen
from workflow.answering import (
    check_checklist,
    judges_by,
    may_answer,
    roles_answering,
    stage_is_open,
    stage_of,
)
from workflow.context import ReleaseContext, context_of
from workflow.services.catalogue import answer_sources, catalogues_for, checks_input
from workflow.stage_words import stage_label
from workflow.stages import OPEN_PARTS, WAY
from workflow.views.base import get_context, may, render_tab, say_refusal
from workflow.views.cures import link


@require_GET
def release_checklists(request: HttpRequest, pk: int) -> HttpResponse:
    """Each checklist of the program with its progress, and how the machine checks stand."""
    context = _filled(get_context(request, pk))
    rows = overview(context.facts, context.profile.checklists)
    rows.sort(key=lambda row: WAY.index(row["stage"]))
    for row in rows:
        row["stage_label"] = stage_label(row["stage"], context.profile)
    quality = context.facts.get("quality_checks")
    return render_tab(
        request,
        context,
        "checklists",
        "checklists/overview.html",
        {"rows": rows, "checks": checks_page(pk), "quality": quality.data if quality else None},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def release_checklist(request: HttpRequest, pk: int, checklist: str) -> HttpResponse:
    """One checklist. A POST saves the whole page, which is how it works without JavaScript."""
    context = _filled(get_context(request, pk))
    _known(context, checklist)
    if request.method == "POST":
        check_checklist(request.user, checklist, context)
    if request.method != "POST":
        return _page(request, context, checklist)
    try:
        saved = _save_page(request, context, checklist)
    except DossierFrozen as error:
        say_refusal(request, error)
        return redirect("release_checklist", pk, checklist)
    if saved.refused:
        return _page(request, context_of(pk), checklist, data=request.POST, refused=saved.refused)
    messages.success(request, "Your answers are saved." if saved.changed else "Nothing had changed.")
    return redirect("release_checklist", pk, checklist)


@require_POST
def checklist_answer(request: HttpRequest, pk: int, checklist: str) -> JsonResponse:
    """Autosave: one answer in, how the checklist stands now out."""
    context = get_context(request, pk)
    _known(context, checklist)
    check_checklist(request.user, checklist, context)
    item = request.POST.get("item", "")
    try:
        saved = _save_one(request, context, checklist, item)
    except AnswerRefused as error:
        return JsonResponse({"refused": error.sentence}, status=422)
    except DossierFrozen as error:
        return JsonResponse({"refused": error.sentence}, status=409)
    judgement = saved.judgement
    return JsonResponse(
        {
            "saved": timezone.localtime().strftime("%H:%M"),
            "answered": judgement.answered,
            "total": judgement.total,
            "visible": judgement.visible,
            "remarks": remarks_of(judgement),
            "complete": judgement.is_complete,
            **standing_of(pk, checklist),
        }
    )


@require_POST
def checklist_attest_view(request: HttpRequest, pk: int, checklist: str) -> HttpResponse:
    """The coordinator stands for the answers."""
    context = _filled(get_context(request, pk, "attest"))
    _known(context, checklist)
    try:
        if request.POST.get("confirm") != "yes":
            raise AnswerRefused("Tick that you have looked at the checklist and the data, then attest.")
        checklist_attest(
            release_id=pk,
            checklist=checklist,
            actor=request.user,
            stage_open=stage_is_open(context, checklist),
        )
    except (AnswerRefused, DossierFrozen) as error:
        say_refusal(request, error)
    else:
        messages.success(request, "Attested, with your name and the time.")
    return redirect(reverse("release_checklist", args=[pk, checklist]) + "#attest")


@require_GET
def checklist_evidence(
    request: HttpRequest, pk: int, checklist: str, item: str
) -> HttpResponse | FileResponse:
    """A file that was added to an answer. Each opening is recorded."""
    get_context(request, pk, "view_evidence")
    found = evidence_open(release_id=pk, checklist=checklist, item=item, actor=request.user)
    if found is None:
        raise Http404("There is no such file.")
    stored, content = found
    return FileResponse(content, as_attachment=True, filename=stored.name, content_type=stored.content_type)


@require_GET
def release_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """What the machine found: the same page for the author and the reviewer."""
    return _checks(request, get_context(request, pk))


@require_GET
def checks_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the checks are, asked for every two seconds; when they have ended the page is drawn anew."""
    get_context(request, pk)
    newest = checks_page(pk)["newest"]
    response = render(
        request,
        "components/progress_inner.html",
        {"percent": newest.progress, "message": newest.progress_message, "label": "Machine checks"}
        if newest
        else {},
    )
    if newest is None or not newest.is_live:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def checks_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the checks once more, by a person's wish."""
    context = get_context(request, pk, "run_checks")
    run = checks_request(release_id=pk, again=True, actor=request.user, **checks_input(context))
    if run is None:
        messages.info(request, "There is no file to check yet. Upload it on the Data tab.")
    else:
        messages.success(
            request, "The checks are on their way; this page shows the results when they are in."
        )
    return redirect("release_checks", pk)


@require_POST
def check_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an error stand, openly and with a reason."""
    context = get_context(request, pk, "waive_check")
    check, column = request.POST.get("check", ""), request.POST.get("column", "")
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _checks(request, context, waiving=(check, column), form=form)
    try:
        waiver_grant(release_id=pk, check=check, column=column, actor=request.user, **form.cleaned_data)
    except AnswerRefused as error:
        form.add_error(None, error.sentence)
        return _checks(request, context, waiving=(check, column), form=form)
    except DossierFrozen as error:
        say_refusal(request, error)
    else:
        messages.success(
            request, "The error is waived. The reason stands beside it for everybody who reviews."
        )
    return redirect("release_checks", pk)


@require_POST
def waiver_withdraw_view(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    """Take a waiver back."""
    get_context(request, pk, "waive_check")
    try:
        waiver_withdraw(release_id=pk, waiver_id=waiver, actor=request.user)
    except Waiver.DoesNotExist:
        raise Http404("There is no such waiver.") from None
    except DossierFrozen as error:
        say_refusal(request, error)
    else:
        messages.success(request, "The waiver is taken back; the error stands in the way again.")
    return redirect("release_checks", pk)


def _filled(context: ReleaseContext) -> ReleaseContext:
    """The context after everything that is known has been filled in.

    The conductor does this too when a fact changes; here it makes sure that nobody looks at yesterday's answers.
    """
    texts, sources = catalogues_for(context), answer_sources(context)
    if not context.release.is_open:
        texts = {name: text for name, text in texts.items() if stage_is_open(context, name)}
    if not fill_is_due(facts=context.facts, texts=texts, sources=sources):
        return context
    answers_fill(release_id=context.release.pk, sources=sources, only=list(texts))
    return context_of(context.release.pk)


def _known(context: ReleaseContext, checklist: str) -> None:
    if stage_of(context, checklist) is None:
        raise Http404("This program has no such checklist.")


def _is_open(context: ReleaseContext, part: str) -> bool:
    return part in OPEN_PARTS[context.release.stage]


def _how(request: HttpRequest, context: ReleaseContext, checklist: str) -> dict[str, Any]:
    """Who saves an answer of this checklist, and as what: what every save is told."""
    return {
        "release_id": context.release.pk,
        "checklist": checklist,
        "actor": request.user,
        "stage_open": stage_is_open(context, checklist),
        "contributes": not judges_by(request.user, checklist, context),
    }


def _save_page(request: HttpRequest, context: ReleaseContext, checklist: str) -> Saved:
    submission = submission_of(context.release.pk, checklist)
    if submission is None:
        raise Http404("This checklist has not been begun.")
    how = _how(request, context, checklist)
    saved = answers_save(values=posted(submission.version.catalogue, request.POST), **how)
    for item, upload in request.FILES.items():
        try:
            saved.changed += evidence_save(item=item, upload=upload, **how).changed
        except AnswerRefused as error:
            saved.refused[item] = error.sentence
        except KeyError:
            continue
    return saved


def _save_one(request: HttpRequest, context: ReleaseContext, checklist: str, item: str) -> Saved:
    submission = submission_of(context.release.pk, checklist)
    try:
        if submission is None:
            raise KeyError(item)
        submission.version.catalogue.item(item)
    except KeyError:
        raise Http404("There is no such question.") from None
    how = _how(request, context, checklist)
    if request.FILES:
        upload = next(iter(request.FILES.values()))
        return evidence_save(item=item, upload=upload, **how)
    values = posted(submission.version.catalogue, request.POST, only=item)
    return answer_save(item=item, value=values.get(item), **how)


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    checklist: str,
    *,
    data: Any = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    pk = context.release.pk
    is_open = stage_is_open(context, checklist)
    may_edit = is_open and may_answer(request.user, checklist, context)
    page = checklist_page(pk, checklist, may_edit=may_edit, data=data, refused=refused)
    if page is None:
        raise Http404("This checklist has not been begun.")
    link(page, context, may_edit_record=may(request, "edit_record", context))
    return render_tab(
        request,
        context,
        "checklists",
        "checklists/checklist.html",
        {
            "page": page,
            "refused": refused or {},
            "may_edit": may_edit,
            "may_attest": is_open and may(request, "attest", context),
            "may_see_evidence": may(request, "view_evidence", context),
            "is_frozen": not is_open,
            "answered_by": _answered_by(context, checklist),
        },
        status=422 if refused else 200,
    )


def _answered_by(context: ReleaseContext, checklist: str) -> str:
    """Who answers this checklist, in the program's words."""
    words = [context.profile.role_words(role) for role in roles_answering(checklist, context)]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _checks(
    request: HttpRequest,
    context: ReleaseContext,
    *,
    waiving: tuple[str, str] | None = None,
    form: WaiverForm | None = None,
) -> HttpResponse:
    page = checks_page(context.release.pk)
    may_waive = _is_open(context, "quality") and may(request, "waive_check", context)
    parts = [part for result in page.get("results", []) for part in result["parts"]]
    for number, part in enumerate(parts):
        row = part["row"]
        if may_waive and row.level == row.Level.ERROR and not part["waiver"]:
            part["is_open"] = waiving == (row.check_name, row.column)
            part["form"] = form if part["is_open"] else WaiverForm(auto_id=f"id_{number}_%s")
    return render_tab(
        request,
        context,
        "checklists",
        "checklists/checks.html",
        page | {"may_waive": may_waive, "may_run": may(request, "run_checks", context)},
        status=422 if waiving else 200,
    )


urlpatterns = [
    path("releases/<int:pk>/checklists/", release_checklists, name="release_checklists"),
    path("releases/<int:pk>/checklists/checks/", release_checks, name="release_checks"),
    path("releases/<int:pk>/checklists/checks/progress/", checks_progress, name="checks_progress"),
    path("releases/<int:pk>/checklists/checks/again/", checks_again, name="checks_again"),
    path("releases/<int:pk>/checklists/checks/waive/", check_waive, name="check_waive"),
    path(
        "releases/<int:pk>/checklists/checks/waivers/<int:waiver>/withdraw/",
        waiver_withdraw_view,
        name="waiver_withdraw",
    ),
    path("releases/<int:pk>/checklists/<slug:checklist>/", release_checklist, name="release_checklist"),
    path("releases/<int:pk>/checklists/<slug:checklist>/answer/", checklist_answer, name="checklist_answer"),
    path(
        "releases/<int:pk>/checklists/<slug:checklist>/attest/",
        checklist_attest_view,
        name="checklist_attest",
    ),
    path(
        "releases/<int:pk>/checklists/<slug:checklist>/files/<slug:item>/",
        checklist_evidence,
        name="checklist_evidence",
    ),
]
