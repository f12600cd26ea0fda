"""Pages of the work: my work, the inventory, one release with its tabs. Stations' pages are included here too."""

from django.urls import path

from workflow.views import (
    checklists,
    data,
    datasets,
    deadlines,
    history,
    inventory,
    metadata,
    moves,
    my_work,
    outputs,
    plan,
    priority,
    privacy,
    publication,
    releases,
    reviews,
    threads,
    withholding,
)

urlpatterns = [
    path("", my_work.home, name="home"),
    path("work/", my_work.my_work, name="my_work"),
    path("datasets/", datasets.dataset_list, name="dataset_list"),
    path("datasets/register/", datasets.dataset_register, name="dataset_register"),
    path("datasets/<int:pk>/", datasets.dataset, name="dataset"),
    path("datasets/<int:pk>/edit/", datasets.dataset_edit, name="dataset_edit"),
    path(
        "datasets/<int:pk>/not-for-release/", datasets.dataset_not_for_release, name="dataset_not_for_release"
    ),
    path("datasets/<int:pk>/open-release/", datasets.dataset_open_release, name="dataset_open_release"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("releases/<int:pk>/move/<slug:name>/", moves.release_move, name="release_move"),
    path("releases/<int:pk>/reviews/", reviews.release_reviews, name="release_reviews"),
    path("releases/<int:pk>/reviews/request/", reviews.review_request, name="review_request"),
    path("releases/<int:pk>/reviews/<slug:kind>/", reviews.review_give, name="review_give"),
    path("releases/<int:pk>/plan/", plan.release_plan, name="release_plan"),
    path("releases/<int:pk>/history/", history.release_history, name="release_history"),
    *inventory.urlpatterns,
    *priority.urlpatterns,
    *withholding.urlpatterns,
    *checklists.urlpatterns,
    *data.urlpatterns,
    *deadlines.urlpatterns,
    *metadata.urlpatterns,
    *privacy.urlpatterns,
    *outputs.urlpatterns,
    *publication.urlpatterns,
    *threads.urlpatterns,
]
