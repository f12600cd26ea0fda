"""The Threads tab: what people say about a release, and questions that wait for help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.forms.threads import AnswerForm, HelpForm, PostForm, ThreadFilterForm
from workflow.models import HelpRequest, ThreadPost
from workflow.selectors.threads import (
    WHOLE,
    Place,
    help_prefetch,
    is_sealed,
    place_of,
    posts_of,
    thread_at,
    threads_of,
)
from workflow.services import threads as services
from workflow.views.base import get_context, may, render_tab, say_refusal

THREADS_PER_PAGE = 30
POSTS_PER_PAGE = 100


@require_safe
def release_threads(request: HttpRequest, pk: int) -> HttpResponse:
    """Every thread of the release and of its dataset, newest first."""
    context = get_context(request, pk)
    form = ThreadFilterForm(request.GET)
    wanted = form.wanted()
    found = threads_of(context.release, request.user, **wanted).prefetch_related(help_prefetch())
    return render_tab(
        request,
        context,
        "threads",
        "workflow/threads/list.html",
        {
            "form": form,
            "narrowed": any(wanted.values()),
            "page": Paginator(found, THREADS_PER_PAGE).get_page(request.GET.get("page")),
            "columns": ["About", "Posts", "Last", "Waits for"],
            "whole": WHOLE,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def release_thread(request: HttpRequest, pk: int, topic: str, key: str) -> HttpResponse:
    """One thread to read; a POST writes in it."""
    context = get_context(request, pk, "write_thread" if request.method == "POST" else "view")
    place = _place(context, topic, key)
    if request.method != "POST":
        return _page(request, context, place)
    form = PostForm(request.POST)
    if not form.is_valid():
        return _page(request, context, place, post_form=form, status=422)
    try:
        services.thread_write(release_id=pk, topic=topic, key=key, actor=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error("body", refusal)
        return _page(request, context, place, post_form=form, status=422)
    return _back(request, pk, place, "Your words stand in the thread.")


@require_POST
def help_ask(request: HttpRequest, pk: int, topic: str, key: str) -> HttpResponse:
    """Ask for help in a thread."""
    context = get_context(request, pk, "write_thread")
    place = _place(context, topic, key)
    form = HelpForm(request.POST, profile=context.profile)
    if not form.is_valid():
        return _page(request, context, place, help_form=form, status=422)
    try:
        row = services.help_ask(release_id=pk, topic=topic, key=key, actor=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error("question", refusal)
    except MoveRefused as refusal:
        form.add_error("of_role", refusal.sentences)
    else:
        role = context.profile.role_words(row.of_role)
        return _back(request, pk, place, f"The {role} will get a letter. The answer comes to you by e-mail.")
    return _page(request, context, place, help_form=form, status=422)


@require_POST
def help_answer(request: HttpRequest, help_id: int) -> HttpResponse:
    """Answer a question in its thread."""
    row, context, place = _help(request, help_id)
    form = AnswerForm(request.POST, prefix=f"help-{row.pk}")
    if form.is_valid():
        try:
            services.help_answer(help_id=row.pk, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("body", refusal)
        except MoveRefused as refusal:
            say_refusal(request, refusal)
            return redirect("release_thread", context.release.pk, place.topic, place.key)
        else:
            words = f"Your answer is on its way to {row.asked_by}."
            return _back(request, context.release.pk, place, words)
    return _page(request, context, place, answer_form=(row.pk, form), status=422)


@require_POST
def help_close(request: HttpRequest, help_id: int) -> HttpResponse:
    """End a question without an answer."""
    row, context, place = _help(request, help_id)
    services.help_close(help_id=row.pk, actor=request.user)
    return _back(request, context.release.pk, place, "The question is closed.")


@require_POST
def help_reopen(request: HttpRequest, help_id: int) -> HttpResponse:
    """Ask again: the answer was not enough."""
    row, context, place = _help(request, help_id)
    services.help_reopen(help_id=row.pk, actor=request.user)
    return _back(request, context.release.pk, place, "The question is open again, and they get a letter.")


@require_POST
def post_erase(request: HttpRequest, pk: int, post_id: int) -> HttpResponse:
    """Erase one's own post."""
    context = get_context(request, pk)
    post = get_object_or_404(
        ThreadPost.objects.select_related("thread"), pk=post_id, thread__dataset=context.dataset
    )
    services.post_erase(post_id=post.pk, actor=request.user)
    messages.success(request, "Your words are erased.")
    return redirect("release_thread", pk, post.thread.topic, post.thread.key)


def _place(context: ReleaseContext, topic: str, key: str) -> Place:
    place = place_of(context, topic, key)
    if place is None:
        raise Http404("There is no such thread.")
    if is_sealed(context, topic, key):
        raise PermissionDenied(
            "This review is given blind: its thread opens when everybody who was asked has given a verdict."
        )
    return place


def _help(request: HttpRequest, help_id: int) -> tuple[HelpRequest, ReleaseContext, Place]:
    row = get_object_or_404(HelpRequest.objects.select_related("thread", "asked_by"), pk=help_id)
    context = get_context(request, row.release_id)
    return row, context, _place(context, row.thread.topic, row.thread.key)


def _back(request: HttpRequest, pk: int, place: Place, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("release_thread", pk, place.topic, place.key)


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    place: Place,
    *,
    post_form: PostForm | None = None,
    help_form: HelpForm | None = None,
    answer_form: tuple[int, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """One thread. Looking at it is the visit that makes its posts no longer new."""
    thread = thread_at(context.release, place.topic, place.key)
    posts = posts_of(thread) if thread else ThreadPost.objects.none()
    pages = Paginator(posts, POSTS_PER_PAGE)
    page = pages.get_page(request.GET.get("page") or pages.num_pages)
    writes = may(request, "write_thread", context)
    shown: dict[str, Any] = {
        "title": place.title,
        "place": place,
        "page": page,
        "lines": [_line(request, context, post, answer_form) for post in page],
        "post_form": (post_form or PostForm()) if writes else None,
        "help_form": (help_form or HelpForm(profile=context.profile, auto_id="id_help_%s"))
        if writes
        else None,
        "asks_now": help_form is not None,
    }
    response = render_tab(request, context, "threads", "workflow/threads/thread.html", shown, status=status)
    if thread is not None and request.method == "GET":
        services.thread_visit(thread=thread, user=request.user)
    return response


def _line(
    request: HttpRequest,
    context: ReleaseContext,
    post: ThreadPost,
    bound: tuple[int, AnswerForm] | None,
) -> dict[str, Any]:
    """One post as the page shows it: with the question it is, and what the reader may do with it."""
    question: HelpRequest | None = getattr(post, "help_request", None)
    form: forms.Form | None = None
    if question is not None and question.is_open and services.may_help(request.user, question, context):
        form = bound[1] if bound and bound[0] == question.pk else AnswerForm(prefix=f"help-{question.pk}")
    return {
        "post": post,
        "question": question,
        "asked_of": context.profile.role_words(question.of_role) if question else "",
        "answer_form": form,
        "is_mine": post.author_id == request.user.pk and post.erased_at is None,
        "may_close": question is not None
        and question.is_open
        and (question.asked_by_id == request.user.pk or form is not None),
        "may_reopen": question is not None
        and not question.is_open
        and question.asked_by_id == request.user.pk,
    }


urlpatterns = [
    path("releases/<int:pk>/threads/", release_threads, name="release_threads"),
    path("releases/<int:pk>/threads/posts/<int:post_id>/erase/", post_erase, name="post_erase"),
    path("releases/<int:pk>/threads/<slug:topic>/<path:key>/", release_thread, name="release_thread"),
    path("releases/<int:pk>/help/<slug:topic>/<path:key>/", help_ask, name="help_ask"),
    path("help/<int:help_id>/answer/", help_answer, name="help_answer"),
    path("help/<int:help_id>/close/", help_close, name="help_close"),
    path("help/<int:help_id>/open/", help_reopen, name="help_reopen"),
]
