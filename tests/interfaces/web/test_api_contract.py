"""The API holds to its own description, whatever it is sent and whoever sends it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from lantu.capabilities.office.tokens import add_token
from lantu.interfaces.web.describing import api_document
from lantu.stores.records.models import Person
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role

# A polygon that crosses itself fits every schema and is refused all the same, so "positive data are accepted" is no rule of ours.
CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.use_after_free,
    checks.ensure_resource_availability,
)
EVERYTHING = frozenset({"read", "map", "submission", "parcel", "job", "board", "efficiency", "doors", "office", "trail"})
EXAMPLES = 12
PEOPLE = (None, *(role for role in Role if role is not Role.RESIDENT))


@pytest.fixture(scope="module")
def tokens(app, client_as, units):
    """What each person shows; nobody shows nothing."""
    shown = {None: {}}
    for role in PEOPLE[1:]:
        unit = units[0] if role is Role.UNIT_PLANNER else None
        client_as(role, unit)
        with app.state.office.records.writing(Actor.system("tests")) as session:
            login = f"{role}-{unit or 'city'}".replace("_", "-")
            person = session.scalars(select(Person).where(Person.login == login)).one()
            shown[role] = {"Authorization": f"Bearer {add_token(session, person.id, 'contract', EVERYTHING, 7)}"}
    return shown


@pytest.fixture(scope="module")
def schema(app):
    document = api_document(app)
    return schemathesis.openapi.from_dict(document), app


# The generator of bodies draws from `random` for some schemas; its values are still fixed by the seed.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::hypothesis.errors.HypothesisDeprecationWarning"
)  # schemathesis draws with `random` inside its strategies
@pytest.mark.parametrize("role", PEOPLE)
def test_the_api_holds_to_its_description(schema, tokens, role):
    described, app = schema
    described.app = app
    walked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def hold(case):
            answer = case.call(headers=tokens[role])
            case.validate_response(answer, checks=CHECKS)

        hold()
        walked += 1
    assert walked >= 4


def test_every_operation_says_what_it_is_in_both_languages(app):
    document = api_document(app)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], f"{method} {path}"
            assert any("一" <= letter <= "鿿" for letter in operation["x-summary-zh"]), f"{method} {path} has no Chinese summary"
            assert operation["x-rights"], f"{method} {path} declares no right"
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert "application/problem+json" in answer["content"], f"{method} {path} {status}"


def test_the_pages_of_the_api_show_every_operation(app, client):
    for language in ("en", "zh"):
        page = client.get("/api/docs", params={"language": language}).text
        for path in api_document(app)["paths"]:
            assert path in page
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
