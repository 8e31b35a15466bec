"""Every room that the head of the page offers, opened by everybody to whom it is offered."""

import pytest

pytestmark = pytest.mark.slow
LANGUAGES = ["en", "zh"]
EVERYBODY = ["planner1", "reviewer", "secretary", "officer", "evaluator", "enforcer", "engineer", "admin"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("login", EVERYBODY)
def test_everybody_opens_every_room_of_the_head_in_either_language(come_in, login, language):
    visit = come_in(login, language)
    visit.open("/")
    rooms = [link.get_attribute("href") for link in visit.page.locator(".rooms a").all()]
    assert "/" in rooms
    for room in rooms[1:]:
        visit.open(room)
        assert visit.page.locator(".rooms a[aria-current]").get_attribute("href") == room
        assert visit.page.locator("main h1").count() == 1
    tops = {round(link.bounding_box()["y"]) for link in visit.page.locator(".rooms a").all()}
    assert len(tops) == 1, "the head of the page stays in one line"
