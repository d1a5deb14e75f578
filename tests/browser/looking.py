"""What a careful visitor would notice of a page: complaints of the browser, shifting, cut words, small targets."""

import gzip
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, Response

WORDS, MOVED = ("document", "stylesheet", "script", "font", "fetch"), (204, 301, 302, 304)
SERIOUS = ("serious", "critical")
WATCH = """
  window.shifted = 0;
  window.blocked = [];
  window.fragments = 0;
  const fetched = window.fetch;
  window.fetch = (...asked) => {
    window.fragments++;
    const done = () => setTimeout(() => { window.fragments--; }, 50);
    const answer = fetched(...asked);
    answer.then(done, done);
    return answer;
  };
  new PerformanceObserver((seen) => {
    for (const entry of seen.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  addEventListener("securitypolicyviolation", (event) => window.blocked.push(event.violatedDirective));
"""
WIDER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one), hides = (value) => ["hidden", "clip"].includes(value);
  if (one.closest(".sr, svg") || !one.textContent.trim() || !one.checkVisibility()) return false;
  return (hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
    || (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.className + ": " + one.textContent.trim().slice(0, 40))"""
TOUCHED = ".btn, .tag, .brand, .input, summary, .tabbar a, .menu-list a, .menu-list button"
SMALL = """(touched) => [...document.querySelectorAll(touched)]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.height && box.height < 43.5)
  .map(([box, one]) => `${one.className} ${one.textContent.trim().slice(0, 30)}: ${box.height}`)"""
ARRIVED = """() => document.readyState === "complete" && window.fragments === 0
  && performance.now() > 300"""
LEFT = "net::ERR_ABORTED"  # on its way when the page was left, as a lazy picture may be
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Looker:
    """Opens pages and remembers what was wrong with them."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self.found: list[str] = []
        self.answers: list[Response] = []
        self.page.on("console", lambda line: self._note(line.type, line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note("script", str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _note(self, kind: str, words: str) -> None:
        self.found.append(f"{self.page.url}: {kind}: {words}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self._note("failed", f"{request.url}: {request.failure}")

    def _answered(self, answer: Response) -> None:
        self.answers.append(answer)
        if answer.status >= 400:
            self._note("answered", f"{answer.url} with a status of {answer.status}")

    def open(self, address: str, status: int = 200) -> "Looker":
        """Go to a page and wait until everything it asked for has come."""
        self.answers.clear()
        before = len(self.found)
        answer = self.page.goto(address, wait_until="load")
        self.page.wait_for_function(ARRIVED)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        if status != 200:  # the browser itself complains of the page's own status
            self.found[before:] = [line for line in self.found[before:] if f"of {status}" not in line]
        return self

    def look(self) -> "Looker":
        """Note what breaks accessibility, the policy, or moves and spills over."""
        broken = Axe().run(self.page).response["violations"]
        for rule in broken:
            if rule["impact"] in SERIOUS:
                self._note(rule["id"], rule["nodes"][0]["html"][:160])
        return self.stands_still().fits()

    def stands_still(self) -> "Looker":
        self._note_if("shifted", round(self.page.evaluate("window.shifted"), 4))
        self._note_if("policy", self.page.evaluate("window.blocked"))
        return self

    def fits(self) -> "Looker":
        self._note_if("sideways", self.page.evaluate(TOO_WIDE))
        return self

    def fits_with_wider_spacing(self) -> "Looker":
        self.page.evaluate(WIDER)
        self._note_if("cut", self.page.evaluate(CUT))
        return self.fits()

    def is_easy_to_touch(self) -> "Looker":
        self._note_if("small", self.page.evaluate(SMALL, TOUCHED))
        return self

    def _note_if(self, kind: str, value: Any) -> None:
        if value:
            self._note(kind, str(value))

    def weight(self) -> tuple[int, int]:
        """Return how many answers the page took, and the bytes of its words, styles and scripts, compressed."""
        words = [one for one in self.answers if one.request.resource_type in WORDS and one.status not in MOVED]
        return len(self.answers), sum(len(gzip.compress(one.body())) for one in words)

    def well(self) -> None:
        assert not self.found, "\n".join(self.found)
