"""What the browser spends on each frame, as its own trace tells."""

from playwright.sync_api import Locator, Page
from tests.e2e.editing import middle


def cpu_of_frames(page: Page, box: Locator) -> list[float]:
    """Drag a box, and give the milliseconds of CPU of the page's main thread for each frame.

    That is what the browser's own trace tells; it does not depend on who else uses the machine.
    """
    session = page.context.new_cdp_session(page)
    events: list[dict[str, object]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    x, y = middle(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 10)
    categories = ("devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "cc")
    wanted = {"transferMode": "ReportEvents", "categories": ",".join(categories)}
    session.send("Tracing.start", wanted)
    for step in range(120):
        page.mouse.move(x + 10 + step * 2, y + 10 + (step % 30))
    session.send("Tracing.end")
    for _ in range(600):
        if ended:
            break
        page.wait_for_timeout(50)
    page.mouse.up()
    return frames_of(events)


def frames_of(events: list[dict[str, object]]) -> list[float]:
    """Add up the tasks of the page's main thread from one frame to the next."""
    names = {
        (one["pid"], one["tid"]): one["args"]["name"]  # type: ignore[index]
        for one in events
        if one.get("name") == "thread_name"
    }
    named = [one for one in events if one.get("name") == "AnimationFrame"]
    frames = [one for one in named if one.get("ph") in {"b", "B", "X"}]
    main = (frames[0]["pid"], frames[0]["tid"])
    assert names.get(main, "CrRendererMain") == "CrRendererMain"
    starts = sorted(float(str(one["ts"])) for one in frames)
    spent = [0.0] * (len(starts) + 1)
    for one in events:
        if one.get("name") != "RunTask" or (one["pid"], one["tid"]) != main:
            continue
        at = float(str(one["ts"]))
        frame = sum(1 for start in starts if start <= at)
        spent[frame] += float(str(one.get("tdur", one.get("dur", 0)))) / 1000
    return spent[1:-1]
