"""``paceline people`` and ``paceline audit``: accounts, a person's data, and the log, from the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption, opened
from paceline.cli.output import say

if TYPE_CHECKING:
    from paceline.people.models import User
    from paceline.project import Project
    from paceline.project.running import Running

app = typer.Typer(no_args_is_help=True, help="Accounts of the pages, and everything that is kept about a person.")

WhoArgument = Annotated[str, typer.Argument(help="Someone's address, or the person's id in the CRM.")]


@app.command("list")
def list_people(project: ProjectOption = None) -> None:
    """Everybody with an account.

    Example: `paceline people list`
    """
    _pages(project)
    from paceline.people.models import User

    for user in User.objects.order_by("name"):
        print("\t".join((user.email, user.name, user.role, user.rep_id, "active" if user.is_active else "deactivated")))


@app.command("link")
def link(
    email: Annotated[str, typer.Argument(help="The account's address.")],
    project: ProjectOption = None,
) -> None:
    """Print a link by which the user chooses a new password: for an admin who is locked out. It works once.

    Example: `paceline people link ada@example.com`
    """
    place = _pages(project)
    from paceline.access.audit import note
    from paceline.people.invitations import new_password

    user = _user(email)
    if user is None:
        raise Failure(f"Nobody has an account as {email}.", next="See who has: paceline people list", code=Exit.USAGE)
    _, token = new_password(None, user)
    note("password_link_made", None, {"user": str(user.public_id), "by": "command line"})
    print(f"{place.config.pages.address or 'http://127.0.0.1:8321'}/join/{token}/")


@app.command("data")
def data(who: WhoArgument, project: ProjectOption = None) -> None:
    """Write everything that is kept about a person as JSON: account, log, records.

    Example: `paceline people data ada@example.com > ada.json`
    """
    place = _pages(project)
    from paceline.access.audit import note
    from paceline.access.own_data import everything_about, records_of

    user, rep_id = _someone(who)
    with _at_work(place) as here:
        told = everything_about(user, here.store) if user is not None else {"records": records_of(rep_id, here.store)}
    note("data_taken_out", None, {"user": str(user.public_id) if user else "", "person": rep_id, "by": "command line"})
    json.dump(told, sys.stdout, indent=1, ensure_ascii=False)
    print()


@app.command("erase")
def erase_person(
    who: WhoArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    project: ProjectOption = None,
) -> None:
    """Erase a person's name and addresses: the account, its log-ins and keys, and the records, earlier versions included.

    What was done stays, as somebody's, so that the team's numbers don't change. It can't be undone. A source that still has the
    name brings it back at the next load: erase it there first.

    Example: `paceline people erase rep-007`
    """
    place = _pages(project)
    from paceline.access.erasing import erase

    user, rep_id = _someone(who)
    if not yes and not typer.confirm(f"Erase {user or rep_id} for good?", err=True):
        raise typer.Exit(Exit.INTERRUPTED)
    with _at_work(place) as here:
        changed = erase(place, here.engine, user, rep_id, None)
    say(f"Erased, in {sum(changed.values()):,} rows of {len(changed)} tables" + (", and the account." if user else "."))


def audit(project: ProjectOption = None) -> None:
    """Prove that nobody edited the audit log; print its last number and digest, to be kept elsewhere.

    Exit code 0: the chain holds. 6: it doesn't, and every place is named.

    Example: `paceline audit`
    """
    _pages(project)
    from paceline.access.audit import breaks, head

    found = list(breaks())
    for one in found:
        say(f"Entry {one.number}: {one.wrong}.", "red")
    if found:
        raise typer.Exit(Exit.DATA)
    number, digest = head()
    print(f"{number}:{digest}")


@contextmanager
def _at_work(place: Project) -> Iterator[Running]:
    """The project as the pages' own code asks for it: some of what is kept about a person is found by its records.

    Raises Failure.
    """
    from paceline.project.running import beside
    from paceline.warehouse.engine import WarehouseError

    try:
        with beside(place.folder) as here:
            yield here
    except WarehouseError as error:
        raise Failure("The store can't be opened.", str(error)) from None


def _pages(folder: Path | None) -> Project:
    """The project, its pages' database opened. Raises Failure."""
    place = opened(folder)
    from paceline.pages.database import BadDatabaseError
    from paceline.pages.secret import WeakKeyError
    from paceline.pages.serving import open_database

    try:
        open_database(place.folder)
    except (WeakKeyError, BadDatabaseError) as error:
        raise Failure("The pages' database can't be opened.", str(error), code=Exit.CONFIG) from None
    return place


def _user(who: str) -> User | None:
    from paceline.people.models import User

    return User.objects.filter(email__iexact=who).first() or User.objects.filter(rep_id=who).exclude(rep_id="").first()


def _someone(who: str) -> tuple[User | None, str]:
    """The account (None: there is none) and the person's id in the CRM."""
    user = _user(who)
    if user is None and "@" in who:
        raise Failure(f"Nobody has an account as {who}.", next="See who has: paceline people list", code=Exit.USAGE)
    return user, user.rep_id if user is not None else who
