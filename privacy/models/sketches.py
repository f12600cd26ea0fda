"""Sketches of published tables, by which new ones are compared with them (privacy.mosaic). No values."""

from __future__ import annotations

import numpy as np
from django.db import models

from privacy.mosaic import Sketch
from work.models import WorkItem


class CopySketch(WorkItem):
    """The sketching of one published copy. Finished when `kept_at` is set.

    `key_id` names the secret with which values were hashed: sketches of another secret compare with nothing and
    are made anew.
    """

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="sketches")
    treated_sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    kept_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "treated_sha256", "key_id"], name="one_sketch_per_published_copy"
            ),
        ]

    def __str__(self) -> str:
        return f"Sketches of copy {self.treated_sha256[:8]}"


class ColumnSketch(models.Model):
    """The sketch of a column, or of several together: the smallest hashes and how often each value occurs."""

    copy = models.ForeignKey(CopySketch, on_delete=models.CASCADE, related_name="columns")
    position = models.PositiveIntegerField()
    names = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    rows = models.BigIntegerField()
    distinct = models.BigIntegerField()
    # Little-endian, 8 bytes a hash and 4 bytes a count.
    hashes = models.BinaryField()
    counts = models.BinaryField()

    class Meta:
        ordering = ["copy", "position"]
        constraints = [models.UniqueConstraint(fields=["copy", "position"], name="one_sketch_per_position")]

    def __str__(self) -> str:
        return " and ".join(self.names)

    @classmethod
    def of(cls, copy: CopySketch, position: int, sketch: Sketch) -> ColumnSketch:
        return cls(
            copy=copy,
            position=position,
            names=list(sketch.columns),
            kinds=list(sketch.kinds),
            rows=sketch.rows,
            distinct=sketch.distinct,
            hashes=sketch.hashes.astype("<u8").tobytes(),
            counts=sketch.counts.astype("<u4").tobytes(),
        )

    @property
    def sketch(self) -> Sketch:
        """As the plain code takes it."""
        return Sketch(
            columns=tuple(self.names),
            kinds=tuple(self.kinds),
            rows=self.rows,
            distinct=self.distinct,
            hashes=np.frombuffer(bytes(self.hashes), "<u8").astype(np.uint64),
            counts=np.frombuffer(bytes(self.counts), "<u4").astype(np.uint32),
        )
