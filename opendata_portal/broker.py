"""The broker of a site without Redis: messages as files, each of which appears whole or not at all.

kombu's own transport opens the file, then writes it: a worker that looks in between reads an empty message and
stops. Here a message is written beside its place and moved into it.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):  # type: ignore[misc]
    """kombu's channel over files, with messages that cannot be read half."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        place = Path(self.data_folder_out) / f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        # No queue reads a name that ends so.
        beside = place.with_name(f"{place.name}.part")
        try:
            beside.write_text(dumps(payload), encoding="utf-8")
            os.replace(beside, place)
        except OSError as error:
            raise ChannelError(f"The message for {queue} could not be written.") from error


class Transport(filesystem.Transport):  # type: ignore[misc]
    """Found by kombu under the scheme `filesystem`, once `register` was called."""

    Channel = Channel


def register() -> None:
    """Let `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{Transport.__module__}:{Transport.__name__}"
