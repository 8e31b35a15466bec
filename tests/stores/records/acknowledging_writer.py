"""Write people one after another, and say each id once it is acknowledged; killed from outside."""

import sys
from pathlib import Path

from records_people import LI

from lantu.stores.records import open_records
from lantu.stores.records.models import Person


def write_for_ever(url, seal, name):
    records = open_records(url, seal=Path(seal))
    while True:
        with records.writing(LI) as session:
            session.add(person := Person(login="", name=name))
            person.login = person.id
        sys.stdout.write(f"{person.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write_for_ever(*sys.argv[1:4])
