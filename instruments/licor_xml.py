"""Messages of LI-COR LI-8x0 gas analysers: small XML documents over a serial line or USB, each with a line feed behind.

    <LI850><DATA>?</DATA></LI850>
    <li850><data><co2>4.12345e2</co2><h2o>1.0e1</h2o> … <raw><co2>3503854</co2> … </raw></data></li850>
    <li850><ack>true</ack></li850>

Names of elements are alike in upper and lower case. What an analyser is asked or told it acknowledges, with FALSE where it
did not understand; ERROR it says unasked. Documents with declarations (`<!`, `<?`) are refused unread: no analyser sends
them, and they could make a parser do more than read.

Documented by: LI-COR, LI-850 communication protocol (XML grammar); LI-820 manual page 87.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from instruments.framing import FrameError

LONGEST = 8192


@dataclass(frozen=True, slots=True)
class LicorMessage:
    """A message: name of its kind ("data", "ack", "error", …), its text, and its elements by name (not what is in them)."""

    kind: str
    text: str
    elements: Mapping[str, str]


def request(root: str, kind: str) -> bytes:
    """Return the question for a kind of message."""
    return f"<{root}><{kind}>?</{kind}></{root}>\n".encode("ascii")


def read_message(document: bytes, root: str) -> LicorMessage:
    """Take a document apart; raise FrameError for one that is none, or of another root."""
    text = document.decode("ascii", "replace")
    if "<!" in text or "<?" in text:
        raise FrameError("a document with declarations; analysers send none")
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise FrameError(f"no XML document ({error})") from error
    if tree.tag.lower() != root.lower() or len(tree) != 1:
        raise FrameError(f"a document {tree.tag!r} of {len(tree)} parts, not {root!r} of one")
    part = tree[0]
    elements = {element.tag.lower(): (element.text or "").strip() for element in part}
    return LicorMessage(part.tag.lower(), " ".join(" ".join(part.itertext()).split()), elements)


@dataclass(frozen=True, slots=True)
class LicorFraming:
    """Documents with the given root; what stands in front of one, such as the rest of another, is dropped."""

    root: str

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first document; raise FrameError for one that cannot be read."""
        del buffer[: len(buffer) - len(buffer.lstrip(b"\r\n \0"))]
        name = re.escape(self.root.encode("ascii"))
        while end := re.search(rb"</" + name + rb"\s*>", buffer, re.IGNORECASE):
            part = bytes(buffer[: end.end()])
            del buffer[: end.end()]
            begins = [found.start() for found in re.finditer(rb"<" + name + rb"\s*>", part, re.IGNORECASE)]
            if begins:
                document = part[begins[-1] :]
                read_message(document, self.root)
                return document
        if len(buffer) > LONGEST:
            raise FrameError(f"{len(buffer)} bytes without the end of a document")
        return None
