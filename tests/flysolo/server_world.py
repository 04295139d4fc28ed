"""A tiny invented course and a real server on it, for tests of the pages around lessons and cases."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flysolo.answers import Header, Ledger, dump
from flysolo.course import Course, open_course
from tests.samples import EXERCISE, family

CHECKOUT = Path(__file__).resolve().parents[2]
FINDING = "path-red-flags-immediate"
OPTION_WORDS = {"sees": "It sees the snore.", "leads": "A rule.", "breaks": "A silent child.", "look": "The stage."}

LESSON: dict[str, Any] = {
    "format": 1,
    "module": EXERCISE,
    "question": "Why does the invented throat stay open?",
    "instrument": "floppy-tube",
    "summary": "An invented throat stays open because something holds it open.",
    "mechanisms": [{"id": "held", "statement": "It is held open", "findings": [FINDING]}],
    "predictions": [
        {
            "id": "first-guess",
            "ask": "What happens?",
            "options": [{"id": each, "text": each, "after": "So."} for each in ("opens", "closes", "stays")],
            "observed": "stays",
            "reveal": "It stays.",
            "findings": [FINDING],
        }
    ],
    "reflection": {"id": "look-back", "ask": "What changed?", "one_way_to_say_it": "My picture did."},
    "contrasts": [
        {
            "id": "two-children",
            "left": "Ada",
            "right": "Mina",
            "rows": [{"feature": each, "left": "yes", "right": "no"} for each in ("Snore", "Stage", "Nose")],
            "ask_shared": "What do they share?",
            "ask_different": "How do they differ?",
            "shared": "The snore.",
            "different": "The stage.",
            "principle": "The stage decides.",
        }
    ],
    "how": [{"do": "Ask about the stage.", "because": "held"}, {"do": "Look at the nose.", "because": "held"}],
    "practice": [
        {
            "id": f"{rung}-child",
            "rung": rung,
            "title": "A child",
            "story": "She snores.",
            "worked": ["First look.", "Then ask."],
            "steps": [
                {
                    "id": "step-one",
                    "ask": "What now?",
                    "options": [{"id": f"way-{n}", "text": f"Way {n}", "words": OPTION_WORDS} for n in (1, 2, 3)],
                    "supported": "way-1",
                    "hints": ["Look.", "Look again."],
                }
            ],
            "mechanism": "It is held open.",
            "findings": [FINDING],
        }
        for rung in ("guided", "coached")
    ],
    "leaves_out": {"items": ["The nose.", "The tongue.", "The mind."], "misleads": "A child it misleads about."},
    "script_card": {
        name: "Said in a few words."
        for name in ("condition", "who", "vulnerable", "fault", "consequences", "twin_condition", "breaks_when")
    },
    "recall": [
        {
            "id": f"why-{name}",
            "ask": f"Why does the {name} matter at night?",
            "one_way_to_say_it": f"Because the {name} holds the throat open, and lets go of it in REM sleep.",
            "parts": ["What holds it open", "When that lets go"],
            "findings": [FINDING],
        }
        for name in ("muscle", "nose", "posture")
    ],
}

COURSE = {
    "format": 1,
    "title": "An invented course",
    "clinical_review": "awaiting",
    "reply_promise_days": 2,
    "recall_days": [2, 7, 21],
    "competencies": [{"id": "E4", "text": "Decide"}],
    "modules": [
        {
            "id": EXERCISE,
            "title": "Why does a throat stay open?",
            "question": "What holds it?",
            "minutes": 40,
            "status": "open",
        },
        {"id": "02-still-written", "title": "Why does the nose matter?", "question": "How?", "minutes": 40},
    ],
}


def toml(data: dict[str, Any]) -> str:
    """A dictionary as TOML text, nested parts in line."""
    return "".join(f"{key} = {_toml_value(value)}\n" for key, value in data.items())


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml_value(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def notebook(*cells: tuple[str, str]) -> str:
    """A notebook of (kind, source) cells, as text."""
    made = [
        {"cell_type": kind, "id": f"cell-{n}", "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for n, (kind, source) in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


LESSON_NOTEBOOK = notebook(
    ("markdown", "# Why does a throat stay open?"),
    (
        "code",
        "import sys\nfrom types import SimpleNamespace\nfrom IPython.display import HTML\n"
        "lesson = SimpleNamespace(predictions=lambda: None, instrument=lambda: None, practice=lambda name: None)\n"
        "HTML(f'<p>kernel: {sys.executable}</p>')",
    ),
    ("markdown", "## Predict\n\nFirst guess."),
    ("code", "lesson.predictions()"),
    ("markdown", "## Move it"),
    ("code", "lesson.instrument()"),
    ("markdown", "## Practice with hints"),
    ("code", 'lesson.practice("coached-child")'),
)


def write_content(root: Path) -> Path:
    """Write the invented course; returns its root."""
    lesson, exercise = root / "curriculum" / EXERCISE, root / "exercises" / EXERCISE
    for folder in (lesson, exercise / "families"):
        folder.mkdir(parents=True, exist_ok=True)
    (root / "curriculum" / "course.toml").write_text(toml(COURSE), encoding="utf-8")
    for name in ("privacy.toml", "safety.toml"):  # every course has the two pages; these are the course's own
        shutil.copy2(CHECKOUT / "curriculum" / name, root / "curriculum" / name)
    (lesson / "lesson.toml").write_text(toml(LESSON), encoding="utf-8")
    (lesson / "lesson.ipynb").write_text(LESSON_NOTEBOOK, encoding="utf-8")
    for name, title in (("first-child", "The loud child"), ("second-child", "The quiet child")):
        (exercise / "families" / f"{name}.toml").write_text(toml(family(name, title=title)), encoding="utf-8")
    (exercise / "cases.ipynb").write_text(notebook(("markdown", "# Cases"), ("code", "1 + 1")), encoding="utf-8")
    if not (root / "curriculum" / "evidence").exists():
        shutil.copytree(CHECKOUT / "curriculum" / "evidence", root / "curriculum" / "evidence")
    return root


def days_ago(days: float) -> str:
    """A ledger's time that many days before now."""
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_events(ledger: Ledger, *events: dict[str, Any]) -> None:
    """Write a ledger with events at times of the test's choosing."""
    from flysolo.answers import Event

    made = [Event.model_validate({"n": n, "at": days_ago(0)} | event) for n, event in enumerate(events, start=1)]
    ledger.path.parent.mkdir(parents=True, exist_ok=True)
    header: Header = ledger.header
    ledger.path.write_text(dump(header, made), encoding="utf-8")


@dataclass
class Answer:
    """What the server sent back."""

    status: int
    url: str
    headers: Any
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode("utf-8")

    @property
    def text(self) -> str:
        """The words of a page, tags and extra white space left out."""
        import html as entities

        shown = re.sub(r"<(style|script)\b.*?</\1>", " ", self.html, flags=re.S)
        return entities.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))).strip()

    @property
    def links(self) -> list[str]:
        return re.findall(r'href="([^"]+)"', self.html)


@dataclass
class Browser:
    """A reader with cookies, as a web browser keeps them."""

    home: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self):
        direct = urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def base(self) -> str:
        return self.home.split("flysolo?")[0]

    def get(self, path: str = "flysolo", **headers: str) -> Answer:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.base, path), headers=headers))

    def post(self, path: str, xsrf: bool = True, **fields: Any) -> Answer:
        if xsrf:
            fields["_xsrf"] = self.xsrf()
        data = urllib.parse.urlencode(fields, doseq=True).encode()
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.base, path), data=data))

    def upload(self, path: str, name: str, data: bytes) -> Answer:
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="_xsrf"\r\n\r\n{self.xsrf()}\r\n'.encode(),
            f'--{border}\r\nContent-Disposition: form-data; name="reply"; filename="{name}"\r\n'
            f"Content-Type: application/zip\r\n\r\n".encode()
            + data
            + b"\r\n",
            f"--{border}--\r\n".encode(),
        ]
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        url = urllib.parse.urljoin(self.base, path)
        return self._open(urllib.request.Request(url, data=b"".join(parts), headers=headers))

    def xsrf(self) -> str:
        self.get("flysolo/help")
        return next(cookie.value for cookie in self.jar if cookie.name == "_xsrf")

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.url, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.url, error.headers, error.read())


@dataclass
class Server:
    """A running ``flysolo start`` and the folder it serves."""

    folder: Path
    address: str
    process: subprocess.Popen
    log: Path
    root: Path

    @property
    def course(self) -> Course:
        return open_course(self.folder)

    def browser(self, signed_in: bool = True) -> Browser:
        reader = Browser(self.address)
        if signed_in:
            reader.get(self.address)
        return reader

    def fresh(self) -> Course:
        """Forget all work, so that each test starts from a course nobody has opened."""
        course = self.course
        for name in ("practice", "hand-ins", "replies"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for path in (*self.folder.glob("exercises/*/answers*"), self.folder / ".fly" / "seen.json"):
            path.unlink(missing_ok=True)
        if course.drop:
            shutil.rmtree(course.drop, ignore_errors=True)
            course.drop.mkdir(parents=True)
        return course


def environment(root: Path, home: Path) -> dict[str, str]:
    """Surroundings of a computer on which nobody has used Jupyter."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "FLYSOLO"))}
    return kept | {
        "FLYSOLO_CONTENT": str(root),
        "HOME": str(home),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "BROWSER": "true",
    }


def flysolo(*arguments: str) -> list[str]:
    """The command as a person types it."""
    return [sys.executable, "-c", "from flysolo.cli import app; app()", *arguments]


def start_server(tmp: Path, *arguments: str, root: Path | None = None, **surroundings: str) -> Server:
    """Run ``flysolo start`` on the invented course and wait until it says its address."""
    root = root or write_content(tmp / "content")
    home, folder, log = tmp / "home", tmp / "my course", tmp / f"said-{uuid.uuid4().hex[:6]}.txt"
    home.mkdir(exist_ok=True)
    command = flysolo("start", "--course", str(folder), "--no-browser", *arguments)
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment(root, home) | surroundings)
    return Server(folder, wait_for_address(log, process), process, log, root)


def wait_for_address(log: Path, process: subprocess.Popen) -> str:
    """The address that was said, as soon as it is there."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = re.search(r"http://\S+", log.read_text(encoding="utf-8"))
        if found:
            return found.group(0)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


def stop(process: subprocess.Popen) -> int:
    """Stop a server as Ctrl+C does, and return how it ended."""
    import signal

    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
