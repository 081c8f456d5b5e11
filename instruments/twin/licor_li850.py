"""A simulated LI-COR LI-850: XML messages from the analyser's side (`instruments.licor_xml`).

It tells CO2 and H2O of the simulated gas with six digits; its cell stands at 51.4537 °C and 97.9897 kPa.
"""

from __future__ import annotations

from instruments.framing import FrameError
from instruments.licor_li850 import LicorLi850Settings
from instruments.licor_xml import LicorFraming, read_message
from instruments.twin.peer import AnalyserPort
from testbench.metrology.amount import conversion, from_fraction

CELL = "<celltemp>5.14537e1</celltemp><cellpres>9.79897e1</cellpres>"
RAW = (
    "<ivolt>1.22526e1</ivolt><raw><co2>3503854</co2><co2ref>5519850</co2ref><h2o>2540376</h2o><h2oref>3526721</h2oref></raw>"
)
VERSION, SERIAL = "1.0.0-SIM", "SIM-850"


def scientific(value: float) -> str:
    """A number as the analyser prints it: six digits, exponent without sign and zeros where it can (5.14537e1)."""
    mantissa, _, exponent = f"{value:.5e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


class LicorLi850Server:
    """The analyser; connections share it."""

    def __init__(self, name: str, settings: LicorLi850Settings, port: AnalyserPort) -> None:
        self.root = settings.root.lower()
        self._measurand = settings.measurand
        self._port = port

    def connect(self) -> LicorLi850Connection:
        """Begin a conversation."""
        return LicorLi850Connection(self)

    def answer(self, kind: str, text: str) -> bytes:
        """Return the messages that answer a question for a kind of message."""
        if text != "?" or kind not in ("data", "ver", "serialnum"):
            return self._message("ack", "false")
        content = self._data() if kind == "data" else {"ver": VERSION, "serialnum": SERIAL}[kind]
        return self._message(kind, content) + self._message("ack", "true")

    def _message(self, kind: str, content: str) -> bytes:
        return f"<{self.root}><{kind}>{content}</{kind}></{self.root}>\n".encode("ascii")

    def _data(self) -> str:
        contents = "".join(
            f"<{name}>{scientific(self._content(component, unit))}</{name}>"
            for name, component, unit in (("co2", "CO2", "ppm"), ("h2o", "H2O", "mmol/mol"))
        )
        return f"{CELL}{contents}{RAW}"

    def _content(self, component: str, unit: str) -> float:
        if component == self._measurand:
            return self._port.indication() * conversion(self._port.unit, unit)
        return from_fraction(self._port.content(component), unit)


class LicorLi850Connection:
    """One client; a document may arrive in pieces."""

    def __init__(self, server: LicorLi850Server) -> None:
        self._server = server
        self._framing = LicorFraming(server.root)
        self._buffer = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Answer every document that is complete; what is none is refused, and what follows it dropped."""
        self._buffer += data
        answers = b""
        try:
            while (document := self._framing.extract(self._buffer)) is not None:
                message = read_message(document, self._server.root)
                answers += self._server.answer(message.kind, message.text)
        except FrameError:
            self._buffer.clear()
            answers += self._server.answer("", "")
        return answers
