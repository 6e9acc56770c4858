"""What Django keeps, out of its database and into an empty one, row by row: SQLite or PostgreSQL, without an outside program.

Sessions aren't taken along: whoever is logged in logs in again. The audit log goes as it is, digests and all; it proves itself
under the secret key that signed it alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

_NOT_KEPT = frozenset({"sessions.session", "usersessions.usersession", "contenttypes.contenttype", "auth.permission"})
_AT_ONCE = 500


class _Whole(DjangoJSONEncoder):
    """Django's own cuts moments to milliseconds, and the audit log's digests are of the whole ones."""

    def default(self, o: Any) -> Any:
        """A moment with its microseconds."""
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)


def kept_models() -> list[type[models.Model]]:
    """The models whose rows go into a back-up, those that others refer to first."""
    wanted = [model for model in apps.get_models() if model._meta.label_lower not in _NOT_KEPT and not model._meta.proxy]
    by_app = [(config, [model for model in wanted if model._meta.app_config is config]) for config in apps.get_app_configs()]
    return serializers.sort_dependencies([pair for pair in by_app if pair[1]])


def write_application(folder: Path) -> Iterator[Path]:
    """Write each table as JSON Lines, all as of one moment; gives the files."""
    with transaction.atomic():
        for number, model in enumerate(kept_models()):
            file = folder / f"{number:03}-{model._meta.label_lower}.jsonl"
            with file.open("w", encoding="utf-8") as out:
                rows = model._default_manager.order_by("pk").iterator(_AT_ONCE)
                serializers.serialize("jsonl", rows, stream=out, cls=_Whole)
            yield file


def put_back_application(folder: Path) -> int:
    """Fill the empty tables of a migrated database; gives how many rows. All or nothing."""
    count = 0
    with transaction.atomic():
        for file in sorted(folder.glob("*.jsonl")):
            with file.open(encoding="utf-8") as source:
                rows = serializers.deserialize("jsonl", source)
                while some := list(islice(rows, _AT_ONCE)):
                    for row in some:
                        row.save(force_insert=True)  # an update first, as Django does it, is refused by the audit log
                    count += len(some)
        for sql in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        connection.check_constraints()
    return count


def is_empty() -> bool:
    """Whether nobody has an account: nothing would be overwritten."""
    from paceline.people.models import User

    return not User.objects.exists()


def clear() -> None:
    """Drop every table of the application, so that the next migration makes them anew. For a restore over what is there."""
    names = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for name in names:
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(name)}{cascade}")
