"""What every table has in common: an identifier that says nothing, and rows that protect what they refer to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Row(models.Model):
    """A row with an identifier derived from the act that made it (`ids.derive`), so that doing it again finds it.

    `append_only` rows are never changed or deleted: the application's role lacks the right and a trigger refuses it.
    """

    append_only: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, editable=False)

    class Meta:
        abstract = True
