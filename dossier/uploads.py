"""Receiving an upload no larger than allowed: the limit holds while the bytes arrive."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from datafiles.limits import Limits
from datafiles.readers import size_check


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to disk and stops writing at the limit; the rest of the request is read and dropped.

    A view asks `check()` before it looks at request.FILES.
    """

    def __init__(self, request: HttpRequest, limits: Limits) -> None:
        super().__init__(request)
        self.limits = limits
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        self.received += len(raw_data)
        if self.received > self.limits.max_bytes:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)

    def check(self) -> None:
        """Raises DataFileError with a sentence when the upload went past the limit."""
        size_check(self.received, self.limits)
