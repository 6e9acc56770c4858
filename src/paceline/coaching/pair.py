"""The two of a 1:1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Pair:
    """A manager and a rep, by their ids in the CRM. ValueError for nobody, or one person twice."""

    manager_id: str
    rep_id: str

    def __post_init__(self) -> None:
        if not self.manager_id or not self.rep_id or self.manager_id == self.rep_id:
            raise ValueError(f"a 1:1 takes two people, not {self.manager_id!r} and {self.rep_id!r}")

    def __contains__(self, person: object) -> bool:
        return bool(person) and person in (self.manager_id, self.rep_id)

    @property
    def ids(self) -> dict[str, str]:
        """For queries: the two columns."""
        return {"manager_id": self.manager_id, "rep_id": self.rep_id}
