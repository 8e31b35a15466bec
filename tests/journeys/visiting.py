"""Somebody in front of a browser: opens pages, reads them, and notices what is wrong with them."""

from pathlib import Path
from urllib.parse import urlsplit

from lantu.examples.office import DEMO_PASSWORD

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page, *, every_error=False):
        self.asked, self.complaints, self.forgiven = [], [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message, every_error=every_error))

    def _heard(self, message, *, every_error):
        expected = any(words in message.text for words in self.forgiven)
        if "Content Security Policy" in message.text or (every_error and message.type == "error" and not expected):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    @property
    def strangers(self):
        """Requests that left the machine."""
        return [
            url for url in self.asked if urlsplit(url).scheme in {"http", "https", "ws", "wss"} and urlsplit(url).hostname != "127.0.0.1"
        ]


class Visit:
    """One person's browser."""

    def __init__(self, context, address, language):
        self.context, self.address, self.language = context, address, language
        self.page = context.new_page()
        self.watch = Watch(self.page, every_error=True)

    def say(self, english, chinese):
        """The words of the language in which this person reads."""
        return chinese if self.language == "zh" else english

    def sign_in(self, login):
        self.page.goto(f"{self.address}/sign-in?language={self.language}")
        self.page.get_by_label(self.say("Login", "登录名")).fill(login)
        self.page.get_by_label(self.say("Password", "口令")).fill(DEMO_PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("header details.menu")

    def choose_language(self):
        self.page.goto(f"{self.address}/language/{self.language}?next=/")

    def open(self, path, *, axe=True):
        """Go to a page, wait until it is drawn, and let axe look at it."""
        answer = self.page.goto(self.address + path)
        assert answer.status == 200, (path, answer.status)
        self.settle()
        assert self.page.locator("html").get_attribute("lang") == self.say("en", "zh-CN")
        if axe:
            self.examine()
        return self.page

    def settle(self):
        if self.page.locator("lt-map").count():
            self.page.wait_for_selector("lt-map[data-state=ready]")

    def examine(self):
        """No grave fault of accessibility on this page."""
        told = self.page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        faults = [
            (fault["id"], [node["html"][:160] for node in fault["nodes"][:3]]) for fault in told["violations"] if fault["impact"] in GRAVE
        ]
        assert faults == [], self.page.url

    def again(self):
        """Leave this page as it is and go on in a new one, as after a crash."""
        self.page.close()
        self.page = self.context.new_page()
        self.watch = Watch(self.page, every_error=True)
        return self.page

    def ask(self, path, question=None):
        """What the interface for programs answers this person."""
        return self.page.evaluate(
            """([path, question]) => fetch(path, question ? {
              method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(question)
            } : {}).then((answer) => answer.json())""",
            [path, question],
        )

    def inside(self, layer):
        """A place inside the first feature of a layer, in degrees, and the unit it is in."""
        found = self.ask("/api/v1/query", {"layer": layer, "limit": 1})["features"][0]
        corners = found["geometry"]["coordinates"]
        ring = (corners if found["geometry"]["type"] == "Polygon" else corners[0])[0]
        lon, lat = (sum(corner[axis] for corner in ring[:-1]) / (len(ring) - 1) for axis in (0, 1))
        return lon, lat, found["properties"]["unit"]

    def until(self, condition, tenths=600):
        """Wait for something that no selector tells."""
        for _ in range(tenths):
            if condition():
                return
            self.page.wait_for_timeout(100)
        message = "it did not come"
        raise AssertionError(message)

    def drop(self, place, file):
        """Drop a file on a place of the page, as a hand with a mouse does."""
        self.page.evaluate(
            """() => {
              const held = Object.assign(document.createElement('input'), { type: 'file', id: 'held', hidden: true });
              document.body.append(held);
            }"""
        )
        self.page.locator("#held").set_input_files(file)
        self.page.evaluate(
            """place => {
              const held = document.getElementById('held'), carried = new DataTransfer();
              carried.items.add(held.files[0]);
              held.remove();
              for (const name of ['dragover', 'drop']) {
                const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carried });
                document.querySelector(place).dispatchEvent(event);
              }
            }""",
            place,
        )

    def fit(self, box):
        """Go to a box of degrees, and be there."""
        self.page.locator("lt-map").evaluate(
            """(map, box) => new Promise((resolve) => {
              map.addEventListener('lt-map:move', () => resolve(), { once: true });
              map.fitBounds(box);
            })""",
            box,
        )

    def click_map(self, *places, selector=".map-sheet.is-first"):
        """Click places of the map, given as shares of its width and height."""
        box = self.page.locator(selector).first.bounding_box()
        for x, y in places:
            self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
            self.page.wait_for_timeout(250)

    def draw(self, corners):
        """Click the corners of a polygon on the map once the pen is there; the last click on the last corner ends it."""
        canvas = self.page.locator(".map-sheet.is-first canvas").first
        self.until(lambda: canvas.evaluate("element => element === document.activeElement"))
        self.click_map(*corners, corners[-1])

    def fetched(self, click):
        """The file that a click hands over."""
        with self.page.expect_download() as coming:
            click()
        return Path(coming.value.path()).read_bytes()

    def leave(self):
        self.context.close()
