"""One push of the platform as we read it: XML or JSON, no declarations, no depth; who, what, when, and its own key."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from app.clock import now, shifted, wall
from app.crypto import canonical

DEEPEST = 8  # levels of elements; the platform's messages have three
ON_TIME = timedelta(minutes=10)
LARGEST_NUMBER = 2**63 - 1  # what a BIGINT holds

_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KIND = re.compile(r"[a-z0-9_]{1,40}")
_ELEMENT = {  # what an XML push wraps round its list
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}

Payload = dict[str, Any]


class UnreadableError(Exception):
    """What came is no message; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class DeclaredError(UnreadableError):
    """A document type stands in it: the platform sends none, entity bombs begin with one."""


class _Plain(TreeBuilder):
    """Builds the tree, and stops at a declaration or in the deep."""

    _depth = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise DeclaredError("declared")

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableError("deep")
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(text: str) -> Payload:
    """Return a message's fields; lists for repeated elements. Raises UnreadableError, DeclaredError."""
    try:
        payload = json.loads(text) if text.lstrip()[:1] == "{" else _of_xml(text)
    except (ParseError, ValueError, RecursionError):
        raise UnreadableError("garbled") from None
    if not isinstance(payload, dict):
        raise UnreadableError("garbled")
    return payload


def _of_xml(text: str) -> Any:
    parser = XMLParser(target=_Plain())  # noqa: S314 - without a document type there are no entities to expand
    parser.feed(text)
    return _value(parser.close())


def _value(element: Element) -> Any:
    if not len(element):
        return element.text or ""
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(_value(child))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def word(payload: Payload, name: str) -> str:
    """Return a field as text, "" for none or for what is no text or number."""
    value = payload.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def whole(payload: Payload, name: str) -> int | None:
    """Return a field as a number of up to 63 bits, None for anything else."""
    text = word(payload, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_NUMBER else None


@dataclass(frozen=True)
class Push:
    """A message or event of one of our accounts; `text` is it as it came, for the record.

    `arrived_at` is when it came, if that is not now.
    """

    platform: str
    payload: Payload
    text: str
    arrived_at: datetime | None = None

    @cached_property
    def openid(self) -> str:
        """Return who sent it; raises UnreadableError where nobody did."""
        openid = word(self.payload, "FromUserName")
        if not _OPENID.fullmatch(openid):
            raise UnreadableError("no_sender")
        return openid

    @cached_property
    def is_event(self) -> bool:
        """Say whether it is an event, not something that a person has written."""
        return word(self.payload, "MsgType").lower() == "event"

    @cached_property
    def kind(self) -> str:
        """Return the event's name or the message's type in small letters, “other” for what cannot be one."""
        kind = word(self.payload, "Event" if self.is_event else "MsgType").lower()
        return kind if _KIND.fullmatch(kind) else "other"

    @cached_property
    def event_key(self) -> str:
        """Return which menu button, scene or link an event is about."""
        return word(self.payload, "EventKey")

    @cached_property
    def listed(self) -> list[Payload]:
        """Return the list of a subscribe_msg_… event, which comes as an object or an array, wrapped or not."""
        wrapped = self.payload.get(_ELEMENT.get(self.kind, ""))
        inside = wrapped if isinstance(wrapped, dict) else self.payload
        listed = inside.get("List")
        return [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]

    @cached_property
    def key(self) -> bytes:
        """Return the hash under which the inbox knows it: of MsgId, or of openid, time, event and what it is about.

        To EventKey belong the MsgID, the trace or the list where the event has one: two may end in one second. A media
        check is known by its trace alone, so that whoever asked can look for it.
        """
        if self.kind == "wxa_media_check":
            return media_key(word(self.payload, "trace_id"))
        if not self.is_event and (number := word(self.payload, "MsgId")):
            return _hash("message", number)
        about = [word(self.payload, name) for name in ("CreateTime", "EventKey", "MsgID", "MsgId", "Content")]
        return _hash("event", self.openid, self.kind, *about, canonical(self.listed))

    @cached_property
    def happened_at(self) -> datetime:
        """Return when it happened, by the application's clock; never later than now.

        The platform's word counts where it is from these minutes: its whole seconds put in order what came out of
        order. Else the moment of arrival does.
        """
        if self.arrived_at is not None:
            return self.arrived_at
        created, at = whole(self.payload, "CreateTime"), now()
        if created is None or abs(created - wall().timestamp()) > ON_TIME.total_seconds():
            return at
        return min(shifted(datetime.fromtimestamp(created, UTC)), at)

    def parts(self) -> list["Push"]:
        """Return one push per sent message of a subscribe_msg_sent_event, which may report several; else itself."""
        if self.kind != "subscribe_msg_sent_event" or len(self.listed) < 2:
            return [self]
        rest = {name: value for name, value in self.payload.items() if name not in _ELEMENT.values()}
        parts = [rest | {"List": one} for one in self.listed]
        return [Push(self.platform, part, canonical(part), self.arrived_at) for part in parts]


def media_key(trace_id: str) -> bytes:
    """Return the key of a media check's result by the trace that the platform gave when it was asked."""
    return _hash("media", trace_id)


def text_key(text: str) -> bytes:
    """Return the key of what could not be read."""
    return _hash("unreadable", text)


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
