"""Which databases there are: make, copy, seal, drop, ask one.

A database belongs to the version whose role owns it. A template is sealed: PostgreSQL lets nobody connect to it, so
that it stays as it is and can be copied at any moment. One that is being made has `building` in its name.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rig import postgres
from rig.errors import RigError

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
BUILDING = "building"
LONGEST_WORD = 48
LIST = """
SELECT datname, substr(rolname, 5), datistemplate, pg_database_size(d.oid)
FROM pg_database d JOIN pg_roles r ON r.oid = datdba WHERE rolname LIKE 'odoo%' ORDER BY datname;
"""
DISCONNECT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :'name' AND pid <> pg_backend_pid();
"""
SEAL = f"""
ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS false;
{DISCONNECT}
ALTER DATABASE :"name" RENAME TO :"template";
ALTER DATABASE :"template" WITH IS_TEMPLATE true;
"""
# PostgreSQL keeps no date of use: the comment on a template is the day on which it was made or last copied. Two
# processes that note the same day at the same moment are in each other's way; one of them is enough.
USED = """
SELECT set_config('kam.used', :'name', false) \\g /dev/null
DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', current_setting('kam.used'), current_date);
EXCEPTION WHEN internal_error OR unique_violation THEN NULL;
END $$;
"""
UNUSED = """
SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = datdba
WHERE rolname = :'role' AND datistemplate
AND shobj_description(d.oid, 'pg_database') < (current_date - :'days'::integer)::text ORDER BY datname;
"""
DROP = """
ALTER DATABASE :"name" WITH IS_TEMPLATE false;
DROP DATABASE :"name" WITH (FORCE);
"""


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the rig: name, Odoo version, kind (template, copy or building), size in bytes."""

    name: str
    version: int
    kind: str
    size: int


def check_name(name: str) -> str:
    """The name, if it can be a database's name without quoting."""
    if not NAME.fullmatch(name):
        raise RigError(
            f'"{name}" cannot be the name of a database.',
            "names have small letters, digits and underscores, begin with a letter, and end within 63 characters",
            "choose another name",
        )
    return name


def new_name(version: int, word: str) -> str:
    """A name that was never used before: a server keeps what it knows of a database by its name."""
    return check_name(f"t{version}_{re.sub('[^a-z0-9]+', '_', word.lower())[:LONGEST_WORD]}_{secrets.token_hex(4)}")


def find_all() -> list[Database]:
    """Every database of the rig, by name; one that is being dropped has no size any more and is not among them."""
    rows = (line.split("\t") for line in postgres.execute(LIST).splitlines())
    return [
        Database(name, int(version), _kind(name, flag == "t"), int(size)) for name, version, flag, size in rows if size
    ]


def _kind(name: str, is_template: bool) -> str:
    """What a database is for."""
    if is_template:
        return "template"
    return BUILDING if re.match(rf"t\d+_{BUILDING}_", name) else "copy"


def exists(name: str) -> bool:
    """Whether there is a database of that name, the rig's or not."""
    sql = "SELECT 1 FROM pg_database WHERE datname = :'name';"
    return bool(postgres.execute(sql, values={"name": check_name(name)}).strip())


def copy(version: int, name: str, source: str) -> str:
    """The name of the new database, a copy of the source with all attachments (they lie in the database)."""
    check_name(name)
    if not exists(source):
        raise RigError(
            f"There is no database {source} to copy.",
            "it was dropped, or made on another machine",
            "see scripts/odoo_server list, or make a template: scripts/odoo_server template 19",
        )
    if exists(name):
        raise RigError(f"The database {name} exists already.", "names are given once", "drop it or choose another")
    postgres.execute(
        f'{DISCONNECT}CREATE DATABASE :"new" OWNER :"role" TEMPLATE :"name" {_strategy()};',
        values={"name": source, "new": name, "role": postgres.ROLES[version]},
    )
    note_use(source)
    return name


def note_use(template: str) -> None:
    """The template's comment is today; see `drop_unused`."""
    postgres.execute(USED, values={"name": template})


def require_owned(version: int, name: str) -> None:
    """Nothing, when there is such a database of that version; else a RigError."""
    versions_of_name = [found.version for found in find_all() if found.name == check_name(name)]
    if versions_of_name != [version]:
        why = f"it belongs to Odoo {versions_of_name[0]}" if versions_of_name else "there is none of that name"
        raise RigError(f"{name} is not a database of Odoo {version}.", why, "see scripts/odoo_server list")


def _strategy() -> str:
    """The faster way of copying, where PostgreSQL (15 and later) has two."""
    return "STRATEGY FILE_COPY" if int(postgres.execute("SHOW server_version_num;")) >= 150000 else ""


def seal(name: str, template: str) -> None:
    """The database is now the template of that name: whole, and closed to connections."""
    postgres.execute(SEAL, values={"name": check_name(name), "template": check_name(template)})
    note_use(template)


def drop(name: str) -> None:
    """There is no such database."""
    if exists(name):
        postgres.execute(DROP, values={"name": name})


def drop_unfinished(version: int, template: str) -> list[str]:
    """The names of the databases that were dropped because their making, of this template, was interrupted."""
    beginning = building_name(version, template).rpartition("_")[0]
    lost = [found.name for found in find_all() if found.name.rpartition("_")[0] == beginning]
    for name in lost:
        drop(name)
    return lost


def building_name(version: int, template: str) -> str:
    """A new name for the database in which the template is made."""
    return new_name(version, f"{BUILDING}_{template}")


def drop_unused(version: int, days: int) -> list[str]:
    """The names of the version's templates that were dropped: made or copied last more than so many days ago."""
    values = {"role": postgres.ROLES[version], "days": str(days)}
    unused = postgres.execute(UNUSED, values=values).splitlines()
    for name in unused:
        drop(name)
    return unused


def fresh_database(version: int, template: str, *, name: str | None = None) -> str:
    """The name of a new copy of the template (about a second); the test that asked for it drops it."""
    return copy(version, name or new_name(version, "test"), template)


def drop_database(version: int, name: str) -> None:
    """There is no such database any more. The server forgets it by itself; its name is not used again."""
    del version  # both versions' databases lie in one cluster
    drop(name)


def connect(version: int, name: str) -> Any:
    """An open psycopg connection to a database; the caller closes it (use it in a with statement)."""
    try:
        import psycopg
    except ImportError as error:
        raise RigError(
            "Databases cannot be asked from Python.",
            "the package psycopg is missing",
            "pip install 'kam-connector[test]', or use scripts/odoo_server sql",
        ) from error
    return psycopg.connect(
        host="127.0.0.1", port=postgres.ensure(), user=postgres.ROLES[version], dbname=check_name(name)
    )


def query(
    version: int, name: str, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a statement as dictionaries, values typed by psycopg (Decimal, date, ...); it is committed."""
    with connect(version, name) as connection:
        cursor = connection.execute(sql, params)
        if cursor.description is None:
            return []
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
