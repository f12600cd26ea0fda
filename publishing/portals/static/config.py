"""Where the files lie, and under which address the public sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from publishing.portals.shared.config import PortalConfig


@dataclass(frozen=True)
class StaticConfig(PortalConfig):
    """`root` is ours; the web server shows `root/public` at `scheme://domain/prefix`."""

    PREFIX: ClassVar[str] = "STATIC_CATALOGUE"
    KEY_SETTINGS: ClassVar[str] = "STATIC_CATALOGUE_ROOT and STATIC_CATALOGUE_URL"

    root: Path = Path()
    prefix: str = ""
    title: str = "Open data"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.root.is_absolute():
            raise ValueError("STATIC_CATALOGUE_ROOT is the full path of a folder, such as /srv/open-data.")

    @classmethod
    def at(cls, url: str, root: str, **about: object) -> StaticConfig:
        """From the two settings. Raises ValueError with a sentence when they make no place."""
        parts = urlsplit(url)
        if not parts.netloc or parts.query or parts.fragment:
            raise ValueError("STATIC_CATALOGUE_URL is an address such as https://data.example.gov/open.")
        return cls(
            domain=parts.netloc,
            scheme=parts.scheme,
            prefix=parts.path.rstrip("/"),
            root=Path(root),
            **about,  # type: ignore[arg-type]
        )

    @property
    def address(self) -> str:
        return f"{self.base}{self.prefix}"
