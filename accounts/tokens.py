"""The secret in an invitation's link: good for some days, and dead once a password is chosen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from accounts.models import User

_SALT = "accounts.invitation"


class InvitationTokens:
    """Speaks the protocol of Django's password reset tokens, with a life of INVITATION_DAYS."""

    def make_token(self, user: User) -> str:
        return signing.dumps(self._state(user), salt=_SALT)

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or not token or not user.is_active:
            return False
        try:
            state = signing.loads(token, salt=_SALT, max_age=timedelta(days=settings.INVITATION_DAYS))
        except signing.BadSignature:
            return False
        return constant_time_compare(str(state), self._state(user))

    def _state(self, user: User) -> str:
        """Changes with the password, so that a link works once, and with the address."""
        return salted_hmac(_SALT, f"{user.pk} {user.password} {user.email}", algorithm="sha256").hexdigest()


invitation_tokens = InvitationTokens()
