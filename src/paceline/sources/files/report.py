"""Collects problems, counts and rejected rows while files are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from paceline.saying.said import say
from paceline.sources.contract import REJECTED_SCHEMA, FileCount, Problem, ReadReport, Severity
from paceline.sources.files.remarks import Remark, shorten

EXAMPLES = 5  # so many problems of one kind in one field of one file are shown one by one


@dataclass
class _Group:
    """Problems of one kind: the first as they are, the others counted."""

    examples: list[Problem]
    more: int = 0


class ReportBuilder:
    """Everything found so far. The same kind of fault in the same field of the same file is grouped after five examples."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str | None, str], _Group] = {}
        self._counts: dict[tuple[str, str], FileCount] = {}
        self._rejected: list[pa.RecordBatch] = []

    def add(
        self, file: str, remark: Remark, *, line: int | None = None, field: str | None = None, value: str | None = None
    ) -> None:
        """One problem."""
        self.add_rows(file, remark.kind, field, 1, lambda _: (line, value, remark))

    def add_rows(
        self, file: str, kind: str, field: str | None, count: int, example: Callable[[int], tuple[int | None, str | None, Remark]]
    ) -> None:
        """``count`` problems of one kind; ``example(i)`` gives line, value and remark of the i-th, and is asked for few."""
        group = self._groups.setdefault((file, field, kind), _Group([]))
        shown = max(0, min(count, EXAMPLES - len(group.examples)))
        for index in range(shown):
            line, value, remark = example(index)
            group.examples.append(Problem(file, line, field, shorten(value), remark.wrong, remark.remedy, remark.severity))
        group.more += count - shown

    def once(self, file: str, remark: Remark, *, field: str | None = None, value: str | None = None) -> None:
        """A problem of the whole column or file: said the first time only."""
        if (file, field, remark.kind) not in self._groups:
            self.add(file, remark, field=field, value=value)

    def count(self, file: str, table: str, *, read: int = 0, rejected: int = 0, repeated: int = 0) -> None:
        """Add rows read, rejected (out of those read before or now) and repeated; accepted follows from them."""
        old = self._counts.get((file, table), FileCount(file, table, 0, 0, 0))
        self._counts[file, table] = replace(
            old,
            read=old.read + read,
            accepted=old.accepted + read - rejected,
            rejected=old.rejected + rejected,
            repeated=old.repeated + repeated,
        )

    def reject(self, file: str, table: str, lines: Sequence[int], raws: Iterable[str], reasons: Sequence[str]) -> None:
        """Keep rejected rows; the caller counts them with :meth:`count`."""
        if not lines:
            return
        number = len(lines)
        self._rejected.append(
            pa.record_batch(
                [
                    pa.array([file] * number, pa.string()),
                    pa.array([table] * number, pa.string()),
                    pa.array(lines, pa.int64()),
                    pa.array([encodable(raw) for raw in raws], pa.string()),
                    pa.array([encodable(r) for r in reasons], pa.string()),
                ],
                schema=REJECTED_SCHEMA,
            )
        )

    def finish(self) -> ReadReport:
        """The report as it stands: rejections first, then mends, then warnings; within these by file and line."""
        problems = [problem for group in self._groups.values() for problem in _told(group)]
        order = list(Severity)
        problems.sort(key=lambda p: (order.index(p.severity), p.file, p.field or "", p.line or 0))
        rejected = pa.Table.from_batches(self._rejected, schema=REJECTED_SCHEMA)
        return ReadReport(tuple(self._counts.values()), tuple(problems), rejected)


def _told(group: _Group) -> list[Problem]:
    if not group.more:
        return group.examples
    last = group.examples[-1]
    rest = replace(
        last,
        line=None,
        value=None,
        wrong=say("{count} more like those above ({wrong})", count=group.more, wrong=last.wrong),
        count=group.more,
    )
    # Sorting puts a lineless problem first, so the rest borrows the line of the last example.
    return [*group.examples, replace(rest, line=last.line)]


def encodable(text: str) -> str:
    """The text without what UTF-8 can't write (lone surrogates, e.g. from a JSON escape)."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
