"""What is known about a release: its files, the facts recorded about them, and who contributed."""

from dossier.models.reads import FileRead
from dossier.models.records import Contribution, Dossier, Fact, StoredFile

__all__ = ["Contribution", "Dossier", "Fact", "FileRead", "StoredFile"]
