"""Receipts of text messages, pushed in batches as a JSON array; not taken: again after 1, 5 and 10 minutes."""

from typing import Any

from simulator.books import Row, text
from simulator.pushing import answered, read_json
from simulator.sms.sending import DELIVERED, OPERATOR_TAKES, written_at
from simulator.world import World

AGAIN = (60.0, 300.0, 600.0)  # seconds


def queue(world: World, rows: list[Row]) -> None:
    """Write the receipts of accepted text messages down to be pushed; what still waits has none."""
    for row in rows:
        if row["outcome"] != "waiting":
            world.pushes.add("sms", receipt(row), OPERATOR_TAKES)


def receipt(row: Row) -> dict[str, Any]:
    """Return a text message's receipt."""
    delivered = row["outcome"] == DELIVERED
    return {
        "phone_number": row["receiver"],
        "send_time": written_at(row["at"]),
        "report_time": written_at(row["settled_at"]),
        "success": delivered,
        "err_code": row["outcome"],
        "err_msg": "用户接收成功" if delivered else "用户未接收",
        "sms_size": str(_size(row["text"])),
        "biz_id": row["number"],
        "out_id": row["client_id"],
    }


def _size(written: str) -> int:
    # 70 characters go into one text message, 67 into each part of a longer one.
    return 1 if len(written) <= 70 else -(-len(written) // 67)


def send(world: World, rows: list[Row]) -> None:
    """Push a batch; the receiver says it has them by {"code": 0}."""
    url = f"{world.pushes.public_url}/sms/receipts/{world.settings.sms.receipt_secret}"
    status, said = answered(world.pushes, url, text([row["body"] for row in rows]).encode(), "application/json")
    heard = read_json(said)
    taken = status == 200 and isinstance(heard, dict) and heard.get("code") == 0
    for row in rows:
        attempt = row["attempts"] + 1
        if taken or attempt > len(AGAIN):
            world.pushes.settled(row["id"], "sent" if taken else "given_up", str(status), attempt)
        else:
            again = world.clock.now() + AGAIN[attempt - 1]
            world.pushes.settled(row["id"], "due", str(status), attempt, again)
