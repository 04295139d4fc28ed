"""Starting the course on this computer: one server, one window, and words about both."""

from __future__ import annotations

import contextlib
import secrets
import signal
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from flysolo.course import Course
from flysolo.evidence import load_evidence
from flysolo.server.settings import fly_folder, server_config, set_environment, write_lab_settings

Say = Callable[[str], None]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WAIT_SECONDS = 20
#: Reading the evidence takes a second; it is done once the first page is up, so that no later page waits for it.
WARM_UP_SECONDS = 3


def running_address(folder: Path) -> str | None:
    """Address of our server that already runs on this course folder, or None."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server.get("root_dir", "")).resolve() == folder.resolve() and _is_ours(server):
            return home_address(server["url"], server.get("token", ""))
    return None


def _is_ours(server: dict[str, Any]) -> bool:
    """Whether a server answers with our pages; an ordinary JupyterLab may run on the same folder."""
    try:
        with _DIRECT.open(f"{server['url']}flysolo/static/style.css", timeout=3) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError, ValueError):
        return False


def home_address(url: str, token: str) -> str:
    """Address of the home page, with the token that lets this person in."""
    return f"{url.rstrip('/')}/flysolo" + (f"?token={token}" if token else "")


def start(course: Course, say: Say, port: int | None = None, browser: bool = True) -> None:
    """Run the course until it is stopped, or open the one that runs already.

    A lock tells two starts in one second apart; it goes with the process, so a crash leaves none behind.
    """
    fly_folder(course.folder).mkdir(parents=True, exist_ok=True)
    lock = FileLock(fly_folder(course.folder) / "start.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        address = _wait_for(course.folder)
        if address:
            _show(address, say, browser, "Fly Solo is already running on this folder.")
            return
    try:
        _serve(course, say, port, browser)
    finally:
        lock.release()


def _wait_for(folder: Path) -> str | None:
    """The other start's address; it may still be on its way up."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        address = running_address(folder)
        if address:
            return address
        time.sleep(0.5)
    return None


def _serve(course: Course, say: Say, port: int | None, browser: bool) -> None:
    say(f"Starting Fly Solo. Your work is kept in {course.folder}")
    write_lab_settings(course.folder)
    set_environment(course.folder)
    app = make_app(course.folder, secrets.token_hex(24), port)
    address = home_address(app.connection_url, app.identity_provider.token)
    # once the loop turns, the page is there to be opened
    app.io_loop.add_callback(_show, address, say, browser, "Fly Solo is running on this computer.")
    app.io_loop.add_callback(say, "To stop: press Ctrl+C in this window. Everything you saved stays.")
    app.io_loop.call_later(WARM_UP_SECONDS, app.io_loop.run_in_executor, None, lambda: load_evidence().findings)
    signal.signal(signal.SIGINT, lambda *_: _stop(app))
    with contextlib.suppress(KeyboardInterrupt):
        app.start()
    say("Fly Solo has stopped. Your work is saved. To go on another day, start it again.")


def _stop(app) -> None:
    """Stop in order, so that no kernel stays behind; a second Ctrl+C stops at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app.stop(from_signal=True)


def make_app(folder: Path, token: str, port: int | None = None):
    """The server, set up and listening, its loop not yet turning."""
    from jupyter_server.serverapp import ServerApp

    app = ServerApp.instance(config=server_config(folder, token, port))
    app.initialize(argv=[])
    return app


def _show(address: str, say: Say, browser: bool, words: str) -> None:
    say(words)
    opened = browser and _open(address)
    if opened:
        say("It opens in your web browser now. If it does not, copy this address into the browser:")
    else:
        say("Open this address in your web browser:")
    say(f"  {address}")


def _open(address: str) -> bool:
    """Open the address beside what runs here; a browser inside the text window would take that window over."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if isinstance(browser, webbrowser.GenericBrowser) and not isinstance(browser, webbrowser.BackgroundBrowser):
        return False
    threading.Thread(target=browser.open, args=(address,)).start()
    return True
