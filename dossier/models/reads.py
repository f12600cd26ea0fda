"""FileRead: one reading of one uploaded file, as a piece of durable work."""

from django.db import models

from dossier.models.records import StoredFile
from work.models import WorkItem


class FileRead(WorkItem):
    """Turns a raw file into its columnar copy. Succeeded when `columnar` is set.

    `failed_code` and `failed_line` say what was wrong with the file and where; the sentence is in `error`.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="file_reads")
    raw = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="reads")
    columnar = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="read_from"
    )
    failed_code = models.CharField(max_length=40, blank=True)
    failed_line = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["release", "-id"])]

    def __str__(self) -> str:
        return f"Reading of {self.raw}"

    @property
    def is_read(self) -> bool:
        return self.columnar_id is not None

    @property
    def has_failed(self) -> bool:
        return self.status == self.Status.DEAD and not self.is_read
