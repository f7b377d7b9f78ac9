"""One open page without a browser: a web socket that speaks Streamlit's protocol as its own page does."""

import json
import secrets
import time
from contextlib import suppress

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX

from benchmarks.product import Server

LIST = "frontdesk.inbox"


class Visitor:
    """Opens the page of one person and does things in it as the list does."""

    def __init__(self, server: Server, login: str = "", header: str = "") -> None:
        self._server = server
        self._headers = {header: login} if header else {}
        self._socket: websockets.ClientConnection | None = None
        self._component = self._fragment = self._button = self._page = ""
        self._acts = 0
        self._name = secrets.token_hex(4)
        self._sheet: dict[int, str] = {}
        self._of, self._seen = "", 0
        self.rows: list[str] = []
        self.acknowledged = 0
        self.received = 0
        """How many bytes have come."""

    async def open(self) -> float:
        """Open the page; return the seconds until its first run has ended."""
        address = f"ws://127.0.0.1:{self._server.port}/_stcore/stream"
        self._socket = await websockets.connect(
            address,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            origin=websockets.Origin(self._server.address),
            additional_headers=self._headers,
            ping_interval=None,
        )
        message = BackMsg()
        message.rerun_script.context_info.locale = "en-GB"
        message.rerun_script.context_info.timezone = "Europe/Berlin"
        return await self._run(message)

    async def done(self) -> float:
        """Mark the first row of the list as done; return the seconds until the answer is whole.

        Raises AssertionError where the server did not carry it out.
        """
        row = self.rows[0]
        self._acts += 1
        message = BackMsg()
        message.rerun_script.fragment_id = self._fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{self._component}__events"
        actions = [{"page": self._name, "n": self._acts, "verb": "done", "ids": [row]}]
        told = {"actions": actions, "of": self._of, "seen": self._seen}
        state.json_trigger_value = json.dumps([{"event": "actions", "value": told}])
        taken = await self._run(message)
        assert self.acknowledged == self._acts, f"{self.acknowledged} of {self._acts} were carried out"
        assert row not in self.rows, "what is done is still listed"
        return taken

    async def press(self) -> float:
        """Press the one button of the smallest page; return the seconds until the answer is whole."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self._button, True
        return await self._run(message)

    async def look_again(self) -> float:
        """Run the list again, as a page does that was told of news."""
        message = BackMsg()
        message.rerun_script.fragment_id = self._fragment
        message.rerun_script.is_auto_rerun = True
        return await self._run(message)

    async def close(self) -> None:
        if self._socket:
            with suppress(websockets.WebSocketException):
                await self._socket.close()

    async def _run(self, message: BackMsg) -> float:
        assert self._socket is not None
        message.rerun_script.page_script_hash = self._page
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            raw = await self._socket.recv()
            self.received += len(raw)
            answer = ForwardMsg()
            answer.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            kind = answer.WhichOneof("type")
            if kind == "delta":
                self._read(answer.delta)
            elif kind == "navigation":
                self._page = answer.navigation.page_script_hash
            elif kind == "script_finished":
                return time.perf_counter() - began

    def _read(self, delta: object) -> None:
        element = delta.new_element  # type: ignore[attr-defined]
        if element.WhichOneof("type") == "button":
            self._button = element.button.id
        if element.WhichOneof("type") != "bidi_component" or element.bidi_component.component_name != LIST:
            return
        self._component, self._fragment = element.bidi_component.id, delta.fragment_id  # type: ignore[attr-defined]
        data = json.loads(element.bidi_component.json)[0]
        self.acknowledged = data["acknowledged"].get(self._name, 0)
        self._of, self._seen = data["list"]["of"], data["list"]["message"]
        self._sheet.update({number: row["id"] for number, row in data["list"]["rows"]})
        self.rows = [self._sheet[number] for number in data["list"]["order"]]
