"""The OGC door inside the application: whose layers who may see, and the look of its pages."""

import datetime as dt

import pytest
import shapely

from lantu.capabilities.office.tokens import add_token
from lantu.stores.records.models import MapLayer, Person
from lantu.stores.records.querying import select
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.people import Actor, Role


@pytest.fixture(scope="module", autouse=True)
def published(app, units):
    """A public layer, an internal one of the city, and an internal one of the first unit."""
    city = app.state.office.city
    squares = {f"F{number}": shapely.box(x := 500_000 + 60 * number, 3_450_000, x + 50, 3_450_050) for number in range(5)}
    with app.state.office.records.writing(Actor.system("tests")) as session:
        for name, visibility, unit, count in (
            ("road", "public", None, 5),
            ("railway", "internal", None, 4),
            ("village_site", "internal", units[0], 3),
        ):
            stored = city.store.put(layer_from_shapes(name, dict(list(squares.items())[:count])))
            session.add(
                MapLayer(
                    name=name,
                    version=stored.version,
                    title_en=name.title(),
                    title_zh=f"{name}图层",
                    family="planning",
                    unit_code=unit,
                    visibility=visibility,
                    parts={"": {"layer": name, "version": stored.version}},
                    valid_from=dt.date(2026, 1, 1),
                    features=count,
                    bounds=[120.0, 31.1, 120.01, 31.2],
                )
            )


def names(client):
    return [item["id"] for item in client.get("/ogc/collections").json()["collections"]]


def test_residents_see_what_is_public(client):
    assert names(client) == ["road"]
    assert client.get("/ogc/collections/road/items").json()["numberMatched"] == 5


def test_reviewers_see_every_internal_layer_and_planners_those_of_their_unit(client_as, units):
    assert names(client_as(Role.MUNICIPAL_REVIEWER)) == ["railway", "road", "village_site"]
    assert names(client_as(Role.UNIT_PLANNER, units[0])) == ["road", "village_site"]
    assert names(client_as(Role.UNIT_PLANNER, units[1])) == ["road"]
    assert names(client_as(Role.ADMINISTRATOR)) == ["road"]


@pytest.mark.parametrize("suffix", ["", "/items", "/items/F1", "/queryables", "/tiles/WebMercatorQuad/0/0/0"])
def test_a_hidden_layer_answers_like_one_that_is_not_there(client, suffix):
    hidden, absent = (client.get(f"/ogc/collections/{name}{suffix}") for name in ("railway", "nothing"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


def test_a_programs_token_opens_what_its_person_may_see(app, client, client_as, units):
    client_as(Role.UNIT_PLANNER, units[0])
    with app.state.office.records.writing(Actor.system("tests")) as session:
        person = session.scalars(select(Person).where(Person.login == f"unit-planner-{units[0]}")).one()
        secret = add_token(session, person.id, "GIS", frozenset({"read"}), 30)
    answer = client.get("/ogc/collections", headers={"Authorization": f"Bearer {secret}"})
    assert [item["id"] for item in answer.json()["collections"]] == ["road", "village_site"]
    assert client.get("/ogc/collections", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_pages_look_like_the_house_in_both_languages(client):
    for language, words in (("en", "Collections"), ("zh", "图层")):
        page = client.get("/ogc/", headers={"Accept": "text/html"}, params={"language": language})
        assert page.status_code == 200
        assert words in page.text
        assert "masthead" in page.text
    for path in ("/conformance", "/api", "/collections", "/collections/road", "/collections/road/items", "/collections/road/items/F1"):
        page = client.get(f"/ogc{path}?f=html")
        assert page.status_code == 200, path
        assert "masthead" in page.text


def test_links_keep_to_the_address_that_people_use(client):
    document = client.get("/ogc/").json()
    assert all(item["href"].startswith("http://lantu.test/ogc/") for item in document["links"])


def test_a_plan_of_a_later_day_is_listed_but_holds_nothing_today(app, client):
    """As on the map; who names the day gets it."""
    city = app.state.office.city
    stored = city.store.put(layer_from_shapes("metro_line", {"M1": shapely.box(500_000, 3_450_000, 500_050, 3_450_050)}))
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.add(
            MapLayer(
                name="metro_line",
                version=stored.version,
                title_en="Metro",
                title_zh="轨道线",
                family="planning",
                visibility="public",
                parts={"": {"layer": "metro_line", "version": stored.version}},
                valid_from=city.today + dt.timedelta(days=400),
                features=1,
                bounds=[120.0, 31.1, 120.01, 31.2],
            )
        )
    items = "/ogc/collections/metro_line/items"
    assert client.get(items).json()["numberMatched"] == 0
    assert client.get(f"{items}/M1").status_code == 404
    later = (city.today + dt.timedelta(days=401)).isoformat()
    assert client.get(items, params={"datetime": later}).json()["numberMatched"] == 1
