"""Who acts in the tests of records."""

from lantu.vocabulary.people import Actor, Role

LI = Actor("p-li", "Li Wei", frozenset({Role.UNIT_PLANNER}), "unit-a")
ZHAO = Actor("p-zhao", "Zhao Min", frozenset({Role.MUNICIPAL_REVIEWER}))
