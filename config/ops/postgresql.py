"""Print the address of a PostgreSQL that tests may use, or nothing when none is reachable.

Asks TEST_DATABASE_URL, DATABASE_URL, then this machine. The database in the address is never touched: the tests
make one of their own, named for this process, beside it.
"""

import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg

LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


def reachable(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute("select rolcreatedb or rolsuper from pg_roles where rolname = current_user")
            return bool((row.fetchone() or (False,))[0])
    except psycopg.Error:
        return False


def main() -> int:
    for address in (os.environ.get("TEST_DATABASE_URL"), os.environ.get("DATABASE_URL"), LOCAL):
        if address and address.startswith(("postgres://", "postgresql://")) and reachable(address):
            parts = urlsplit(address)
            print(urlunsplit(parts._replace(path=f"/register_{os.getpid()}")))
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
