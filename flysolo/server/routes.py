"""Which address shows which page."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.utils import url_path_join

from flysolo.places import COURSE_FILE
from flysolo.server.home_pages import (
    HandedInPage,
    HandInPage,
    HelpPage,
    HomePage,
    NamePage,
    ParcelFile,
    PrivacyPage,
    QuestionsPage,
    TodayPage,
)
from flysolo.server.pages import FOLDER, STATIC, Missing, Static
from flysolo.server.readiness_pages import ReadinessPage, ShareReadiness
from flysolo.server.recall_page import RecallPage
from flysolo.server.reply_pages import AddReply, AnswerSpot, ReplyItself, ReplyPage

_ID = r"([a-z0-9]+(?:-[a-z0-9]+)*)"


def add_pages(server_app) -> None:
    """Add our pages when the server's root is a course folder; anywhere else there is nobody's work to show."""
    folder = Path(server_app.contents_manager.root_dir)
    if not (folder / COURSE_FILE).is_file():
        server_app.log.info("flysolo: no course folder at %s, so no home page here", folder)
        return
    server_app.web_app.settings[FOLDER] = folder
    base = server_app.web_app.settings["base_url"]
    server_app.web_app.add_handlers(".*$", [(url_path_join(base, path), *rest) for path, *rest in _pages()])


def _pages() -> list[tuple]:
    return [
        (r"/flysolo/?", HomePage),
        (r"/flysolo/help", HelpPage),
        (r"/flysolo/privacy", PrivacyPage),
        (r"/flysolo/today", TodayPage),
        (r"/flysolo/name", NamePage),
        (rf"/flysolo/hand-in/{_ID}", HandInPage),
        (rf"/flysolo/handed-in/{_ID}", HandedInPage),
        (rf"/flysolo/questions/{_ID}", QuestionsPage),
        (r"/flysolo/files/([^/]+)", ParcelFile),
        (r"/flysolo/reply", AddReply),
        (rf"/flysolo/reply/{_ID}", ReplyPage),
        (rf"/flysolo/reply/{_ID}/page", ReplyItself),
        (rf"/flysolo/answer/{_ID}/(\d{{1,6}})", AnswerSpot),
        (r"/flysolo/readiness", ReadinessPage),
        (r"/flysolo/readiness/show", ShareReadiness),
        (rf"/flysolo/recall/{_ID}/{_ID}", RecallPage),
        (r"/flysolo/static/(.*)", Static, {"path": str(STATIC)}),
        (r"/flysolo/(.*)", Missing),
    ]
