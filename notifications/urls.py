from django.urls import path, re_path

from notifications import views

urlpatterns = [
    path("account/letters/", views.letter_preferences, name="letter_preferences"),
    path("mailbox/", views.mailbox, name="mailbox"),
    re_path(
        r"^mailbox/(?P<kind>letter|mail)/(?P<pk>[0-9]{1,18})/$", views.mailbox_letter, name="mailbox_letter"
    ),
]
