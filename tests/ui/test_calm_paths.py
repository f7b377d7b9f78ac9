"""A page that stays calm: no motion for who wants none, no menu in the way, and its own words when nobody answers."""

import pytest
from playwright.sync_api import expect

from dashboard.board.records import Choice
from tests.ui.morning import ROWS, SOON, go, has, office, rows
from tests.ui.product import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("calm")]

WATCH = """() => {
  window.moved = new Set();
  const within = (root) => [...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ? all(one.shadowRoot) : []);
  const all = (root) => [root, ...within(root)];
  const lasting = ({ effect }) => effect.getComputedTiming().activeDuration > 5;
  const look = () => {
    const seen = all(document).flatMap((root) => root.getAnimations().filter(lasting));
    for (const one of seen) moved.add(`${one.effect.target.className} ${one.animationName ?? one.transitionProperty}`);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    with office(tmp_path_factory.mktemp("calm") / "data") as morning:
        morning.begin()
        yield morning


@pytest.fixture
def open_page(browser, morning):
    contexts = []

    def open_page(**look):
        contexts.append(browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | look))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_for_who_wants_no_motion(open_page, morning, wish):
    page = open_page(reduced_motion=wish)
    go(page, morning)
    has(page, ROWS)
    page.evaluate(WATCH)
    rows(page).first.locator(".title").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Done")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=SOON)
    page.keyboard.press("p")
    page.keyboard.press("u")
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("heading", name="Search")).to_be_visible(timeout=SOON)
    page.locator(IDLE).wait_for(timeout=SOON)
    moved = page.evaluate("[...moved]")
    assert moved == [] if wish == "reduce" else moved


@pytest.mark.parametrize("width", [390, 700])
def test_the_menu_of_a_narrow_window_goes_away_once_a_view_is_chosen(open_page, morning, width):
    page = open_page(viewport={"width": width, "height": 844})
    go(page, morning)
    page.get_by_role("button", name="Expand sidebar").click()
    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Search")
    link.click()
    expect(page.get_by_role("heading", name="Search")).to_be_visible(timeout=SOON)
    expect(link).not_to_be_in_viewport(timeout=SOON)


@pytest.mark.parametrize(
    ("locale", "said"), [("en-GB", "Frontdesk does not answer"), ("de-DE", "Frontdesk antwortet nicht")]
)
def test_that_nobody_answers_is_said_as_of_the_page_and_in_its_language(open_page, morning, locale, said):
    page = open_page(locale=locale)
    sockets = []
    page.route_web_socket("**/_stcore/stream", lambda socket: sockets.append((socket, socket.connect_to_server())))
    go(page, morning)
    has(page, ROWS)
    page.context.set_offline(True)
    for socket, _ in sockets:
        socket.close()
    told = page.get_by_role("dialog", name=said)
    expect(told).to_be_visible(timeout=SOON)
    assert "Streamlit" not in told.inner_text()
    page.context.set_offline(False)
    expect(told).to_be_hidden(timeout=60_000)


ASKED = """window.asked = 0;
Object.defineProperty(Notification, "permission", { get: () => (asked ? "granted" : "default") });
Notification.requestPermission = async () => ((window.asked += 1), "granted");"""


@pytest.mark.parametrize("by", ["pointer", "keys"])
def test_the_browser_is_asked_for_its_permission_when_notifications_are_wanted_and_not_before(open_page, morning, by):
    morning.board.alerts.choose(morning.me, Choice())
    page = open_page(permissions=["notifications"])
    page.add_init_script(ASKED)
    go(page, morning, "profile?part=device")
    never, first = (
        page.get_by_test_id("stRadioGroup").get_by_role("radio", name=name)
        for name in ("Never", "Only for what comes first")
    )
    expect(never).to_be_checked(timeout=SOON)
    assert page.evaluate("asked") == 0
    if by == "keys":
        never.focus()
        page.keyboard.press("ArrowDown")
    else:
        page.get_by_text("Only for what comes first").click()
    expect(first).to_be_checked(timeout=SOON)
    expect(page.get_by_label("At most a day")).to_be_visible(timeout=SOON)
    page.locator(IDLE).wait_for(timeout=SOON)
    assert page.evaluate("asked") == 1
    expect(page.get_by_role("button", name="Allow it in this browser")).to_be_hidden()


def test_a_browser_that_was_never_asked_is_asked_at_a_button_where_another_device_wants_notifications(
    open_page, morning
):
    morning.board.alerts.choose(morning.me, Choice(first=True))
    page = open_page(permissions=["notifications"])
    page.add_init_script(ASKED)
    go(page, morning, "profile?part=device")
    button = page.get_by_role("button", name="Allow it in this browser")
    expect(button).to_be_visible(timeout=SOON)
    assert page.evaluate("asked") == 0
    button.click()
    expect(button).to_be_hidden(timeout=SOON)
    assert page.evaluate("asked") == 1


def test_a_browser_that_allows_notifications_asks_for_nothing(open_page, morning):
    morning.board.alerts.choose(morning.me, Choice())
    page = open_page(permissions=["notifications"])
    go(page, morning, "profile?part=device")
    page.get_by_text("Only for what comes first").click()
    expect(page.get_by_label("At most a day")).to_be_visible(timeout=SOON)
    assert page.evaluate("Notification.permission") == "granted"
    assert morning.board.alerts.choice(morning.me).first
    expect(page.get_by_role("button", name="Allow it in this browser")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_goes_by_keys_sees_where_they_are_in_the_menu(open_page, morning, scheme):
    page = open_page(color_scheme=scheme)
    go(page, morning)
    has(page, ROWS)
    link = page.get_by_role("link", name="Search")
    for _ in range(5):
        if not link.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    expect(link).to_have_css("outline-width", "2px")


def test_a_field_is_read_aloud_by_the_name_that_is_seen(open_page, morning):
    store = morning.board.store
    store.add_source(morning.me, connector="feeds", title="News: *all*", options={}, every=900.0, due_at=None)
    page = open_page()
    go(page, morning, "profile")
    expect(page.get_by_role("combobox", name="News: *all*")).to_be_visible(timeout=SOON)
