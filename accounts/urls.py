"""Addresses of the account pages. Who may open each is in opendata_portal/access.py."""

from django.urls import path

from accounts.views import delegation, entry, people, profile, requests, statements

urlpatterns = [
    path("login/", entry.LoginView.as_view(), name="login"),
    path("logout/", entry.LogoutView.as_view(), name="logout"),
    path("password/forgotten/", entry.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password/forgotten/sent/",
        entry.auth_views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "password/new/<uidb64>/<token>/",
        entry.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password/new/done/",
        entry.auth_views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path("invitation/<uidb64>/<token>/", entry.InvitationAcceptView.as_view(), name="invitation_accept"),
    path("account/", profile.profile, name="profile"),
    path("account/password/", profile.PasswordChangeView.as_view(), name="password_change"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.person_invite_page, name="person_invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/", people.role_assign_page, name="role_assign"),
    path("people/<int:pk>/invitation/", people.invitation_resend, name="invitation_resend"),
    path("people/<int:pk>/close/", people.person_deactivate_page, name="person_deactivate"),
    path("people/<int:pk>/open/", people.person_reactivate_page, name="person_reactivate"),
    path("people/roles/<int:pk>/take/", people.role_revoke_page, name="role_revoke"),
    *delegation.urlpatterns,
    path("accessibility/", statements.accessibility, name="accessibility"),
    *requests.urlpatterns,
]
