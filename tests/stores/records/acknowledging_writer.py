"""Write people one after another, and say each id once it is acknowledged; killed from outside."""

import sys
from pathlib import Path

from records_people import LI

from lantu.stores.records import open_records
from lantu.stores.records.models import Person

records = open_records(sys.argv[1], seal=Path(sys.argv[2]))
while True:
    with records.writing(LI) as session:
        session.add(person := Person(login="", name=sys.argv[3]))
        person.login = person.id
    sys.stdout.write(f"{person.id}\n")
    sys.stdout.flush()
