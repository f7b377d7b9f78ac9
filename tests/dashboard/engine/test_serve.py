import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from dashboard.serve import Keeper, ServeError, check_port, check_reach, serve
from dashboard.settings import Login, Settings, Web
from dashboard.ui.flags import WEB_FLAGS, flags
from dashboard.web.sessions import KEY, PERSON


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(so, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := so()):
        assert time.monotonic() < end, "did not come to pass"
        time.sleep(0.05)
    return found


def children(pid):
    told = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    lines = [line.strip().partition(" ") for line in told.stdout.splitlines()]
    return {("worker" if "worker" in args else "page"): int(number) for number, _, args in lines if "-m" in args}


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes the way of Linux")
def test_the_one_command_serves_the_page_starts_a_dead_worker_again_and_ends_everything(tmp_path, port, program):
    program("ps")
    environment = {**os.environ, "FRONTDESK_DATA": str(tmp_path), "FRONTDESK_CONFIG": ""}
    command = [sys.executable, "-m", "dashboard.cli", "serve", "--port", str(port)]
    served = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first = eventually(lambda: children(served.pid).get("worker"))
        eventually(lambda: "is at" in served.stdout.readline() or None)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as reply:
            assert reply.read() == b"ok"
        os.kill(first, signal.SIGKILL)
        second = eventually(lambda: (found := children(served.pid).get("worker")) != first and found)
        page = children(served.pid)["page"]
    finally:
        served.terminate()
        code = served.wait(30)
    assert code == 0
    assert not any(map(alive, (first, second, page)))


@pytest.mark.skipif(not hasattr(os, "getppid"), reason="asks for the parent")
def test_a_worker_whose_parent_died_ends_by_itself(tmp_path):
    environment = {**os.environ, "FRONTDESK_DATA": str(tmp_path), "FRONTDESK_CONFIG": ""}
    script = (
        "import subprocess, sys, os; "
        "print(subprocess.Popen([sys.executable, '-m', 'dashboard.cli', 'worker', '--with-parent', str(os.getpid())],"
        " stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL).pid)"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    eventually(lambda: not alive(int(done.stdout)), seconds=30)


def test_a_taken_port_is_said_in_a_sentence(port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(ServeError, match=f"Port {port}.*--port {port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize(
    "web",
    [
        Web(host="0.0.0.0"),
        Web(host="::"),
        Web(address="https://desk.example.org"),
        Web(host="0.0.0.0", address="https://desk.example.org"),
        Web(host="0.0.0.0", address="http://localhost:8501"),
    ],
)
def test_the_page_is_not_given_to_everyone_in_the_network_without_a_login(web):
    with pytest.raises(ServeError, match=r"nobody has to log in.*login\.issuer.*login\.header"):
        check_reach(Settings(web=web))


@pytest.mark.parametrize(
    "login",
    [
        Login(issuer="https://login.example.org", client_id="frontdesk"),
        Login(header="X-Forwarded-User", trusted_proxies="10.0.0.5/32"),
    ],
)
def test_with_a_login_it_is_given_to_them_where_nobody_can_read_the_login_on_its_way(login):
    check_reach(Settings(web=Web(host="0.0.0.0", address="https://desk.example.org"), login=login))
    for address in (None, "http://desk.example.org"):
        with pytest.raises(ServeError, match="https"):
            check_reach(Settings(web=Web(host="0.0.0.0", address=address), login=login))


def test_on_this_machine_alone_nobody_has_to_log_in():
    check_reach(Settings())
    check_reach(Settings(web=Web(address="http://localhost:9000")))


def test_the_web_server_tells_the_page_who_it_is_in_the_headers_that_nobody_else_can_send():
    assert WEB_FLAGS["server.trustedUserHeaders"] == {PERSON: "person", KEY: "login"}


def test_the_page_obeys_messages_of_no_other_site_and_serves_no_program():
    given = flags(Settings(web=Web(address="https://desk.example.org")))
    assert given["client.allowedOrigins"] == ["https://desk.example.org"]
    assert {name: given[name] for name in ("server.enableAgentApi", "global.developmentMode")} == {
        "server.enableAgentApi": False,
        "global.developmentMode": False,
    }


def test_a_process_that_ends_at_once_is_started_again_with_growing_pauses():
    stopping = threading.Event()
    keeper = Keeper("x", [sys.executable, "-c", ""], stopping)
    keeper.start()
    time.sleep(2.5)
    stopping.set()
    keeper.end()
    assert 1 <= keeper.starts <= 3


def test_streamlit_knows_every_flag_it_is_started_with():
    from streamlit import config

    known = config.get_config_options()
    assert set(WEB_FLAGS) <= set(known)


@pytest.fixture
def own_signals():
    """Give the test run its signal handlers back: serving takes them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes the way of Linux")
def test_a_start_that_cannot_be_prepared_ends_the_page_as_well(tmp_path, port, monkeypatch, program):
    program("ps")
    started = []

    def prepare():
        started.append(eventually(lambda: children(os.getpid()).get("page")))
        raise RuntimeError("the keys cannot be used")

    monkeypatch.setenv("FRONTDESK_DATA", str(tmp_path))
    with pytest.raises(RuntimeError, match="keys"):
        serve(Settings(data=tmp_path, web=Web(port=port)), print, prepare=prepare)
    assert not any(map(alive, started))


@pytest.mark.usefixtures("own_signals")
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes the way of Linux")
def test_who_starts_frontdesk_gets_the_page_before_the_worker_takes_the_machine(tmp_path, port, monkeypatch, program):
    program("ps")
    seen = []

    def say(sentence):
        seen.append((sentence, set(children(os.getpid()))))
        threading.Thread(target=end, daemon=True).start()

    def end():
        seen.append(eventually(lambda: "worker" in (running := children(os.getpid())) and running))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setenv("FRONTDESK_DATA", str(tmp_path))
    serve(Settings(data=tmp_path, web=Web(port=port)), say)
    (sentence, running), after = seen
    assert (f":{port} " in sentence, "page" in running, "worker" in running) == (True, True, False)
    assert not any(map(alive, after.values()))


def test_the_page_is_started_before_anything_is_loaded_that_opens_a_database():
    script = "import sys, dashboard.cli.processes; print(sorted({'sqlalchemy', 'numpy', 'httpx'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
