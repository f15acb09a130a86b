"""A real server whose parts fail: nothing that people write is in its logs or on its screen."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from assistant.settings import PROJECT_ROOT
from tests.doubles import index_city, small_settings

# The search quotes in its fault what it was asked, an engine dies, and faults of a feed and of a thread name a person.
SERVE = """
import logging, sys, threading
from pathlib import Path
from unittest.mock import patch
from assistant.store import Store
from assistant.web import server
from tests.doubles import ScriptedEngine, make_conversation, small_settings

search = Store.search

def search_or_fail(self, terms, *more):
    wanted = str([term for term in terms])
    if "壞" in wanted:
        raise RuntimeError(f"cannot search: {wanted}, phone 0912345678, 我叫王小明")
    logging.getLogger("assistant.tools.calling").warning("service x: %s", "GET /?tel=%2B886912345678 A123456789")
    return search(self, terms, *more)

def open_conversation(settings):
    return make_conversation(settings, ScriptedEngine("渡輪全票每次30元。", dies_after=3))

settings = small_settings(Path(sys.argv[1]), port=0)
with patch.object(Store, "search", search_or_fail), patch.object(server, "open_conversation", open_conversation):
    threading.Timer(0.5, lambda: int("身分證A123456789")).start()
    server.run_web(settings)
"""
PERSONAL = ("0912", "912345678", "王小明", "A123456789", "eve@example.com")
ASKED = "我叫王小明，電話0912-345-678，身分證A123456789，eve@example.com，旗津渡輪全票每次多少元？"


def test_no_fault_writes_down_who_asks(tmp_path: Path) -> None:
    """Search broken, engine dead, feed dead, malformed bodies, wrong paths: the faults are told, the person is not."""
    index_city(small_settings(tmp_path))
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    try:
        url = server.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, timeout=60) as client:
            told = [
                client.post("/api/v1/ask", json={"question": text, **more}).json()
                for text, more in (
                    (ASKED, {}),
                    (f"{ASKED}壞", {}),
                    ("那學生票呢？", {"history": [{"question": ASKED, "answer": ASKED}]}),
                )
            ]
            client.post("/api/v1/ask", content=f'{{"question": "{ASKED}'.encode())
            client.post("/api/v1/ask", json={"question": [ASKED], "lang": ASKED})
            client.get(f"/api/v1/documents/{ASKED}")
            client.get(f"/nothing/{ASKED}", params={"q": ASKED})
        for path, more in (("queue/join", {"fn_index": 9999}), ("run/respond", {})):  # Gradio prints what it was sent
            httpx.post(f"{url}/gradio_api/{path}", json={"data": [ASKED], **more}, timeout=60)
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=120)
    finally:
        server.kill()

    assert [one["status"] for one in told[:2]] == ["answered", "error"]
    assert "cannot search" in err
    assert "service x" in err
    assert "Received inputs" in err
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and "index" not in path.parts]
    assert any(path.name == "people.sqlite" for path in files)
    written = [out, err, *(path.read_bytes().decode("utf-8", "replace") for path in files)]
    assert [value for value in PERSONAL if any(value in text for text in written)] == []
