"""Passive replies as XML: wechatpy's, with what closes a CDATA section taken apart (defect 7)."""

import re
from datetime import datetime

from wechatpy.replies import TextReply

from wechat.bot_words import cut
from wechat.pushed import Payload, word

_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")  # signs that XML cannot hold


def text_reply(payload: Payload, text: str, at: datetime) -> str:
    """Return the reply to whoever sent `payload`, of at most 2,048 bytes of text."""
    source, target = (safe(word(payload, name)) for name in ("ToUserName", "FromUserName"))
    reply = TextReply(source=source, target=target, content=safe(cut(text)), time=int(at.timestamp()))
    return str(reply.render())


def safe(text: str) -> str:
    """Return a text that a CDATA section holds whole: “]]>” goes over two sections."""
    return _NO_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
