"""The people of the guides: they see words and press buttons; everything they do goes through HTTP."""

import io
import re
from typing import Any

from flask import Flask

from app.models import Department, Employer, School, Staff
from tests import builders
from tests.app.employers import portal
from tests.application import api_client
from tests.builders import PASSWORD, TYPED
from tests.guides.browser import Browser, Typed, squeezed
from tests.inspection import samples
from tests.notifications.outbound import outgoing
from tests.notifications.working import work_off
from workflows.vocabulary import Role

API = "/api/v1"
ROOM = {
    "online": "invitations",
    "offline": "offline-signings",
    "paper": "paper-registrations",
    "destination": "destinations",
}
NEW = {
    "未签就业协议 申请签约": "offline-signings",
    "已签就业协议 登记信息": "paper-registrations",
    "无需就业协议 去向登记": "destinations",
}
# What an action sends besides what is typed: names of the page's fields, and of its texts that are ticked.
SENT = {
    "accept": ("version", "clauses", "declaration", "notice"),
    "submit": ("version", "declaration"),
    "upload": ("version", "declaration"),
    "void": ("version",),
    "cancel": ("version",),
}
SENT_OF = {
    ("terminations", "accept"): ("declaration",),
    ("terminations", "take_back"): ("version",),
    ("destinations", "take_back"): ("version",),
    ("transfers", "take_back"): ("version",),
}
STEPS = {"take_back": "take-back", "send_link": "link"}
PICTURE = samples.encoded(samples.letter(width=700))
CHECKED = {"核实方式": "电话核实", "核实日期": "2026-11-19", "用人单位核实人": "人事部 张经理"}


class Refused(AssertionError):
    """The platform refused what was pressed."""

    def __init__(self, answer: Any) -> None:
        body = answer.get_json(silent=True) or {}
        self.status, self.code, self.message = answer.status_code, body.get("code"), body.get("message", "")
        self.detail = body.get("detail") or {}
        super().__init__(f"{self.status} {body}")


class GraduateWalker:
    """A graduate with the mini-program; a record is meant by the title on its card, by default the newest."""

    def __init__(self, app: Flask, school: School, department: Department, **overrides: Any) -> None:
        self.app = app
        self.person = builders.make_graduate(school, department, **overrides)
        self.name, self.id_number = self.person.roll.name, self.person.id_number
        self.roll_id = self.person.roll.id
        self.client = api_client(app, self.person)

    # --- reading ------------------------------------------------------------------------------------------------

    def _said(self, answer: Any) -> Any:
        if answer.status_code not in (200, 201):
            raise Refused(answer)
        return answer.json

    def asks(self, address: str) -> Any:
        """Read an address of the API."""
        return self._said(self.client.get(f"{API}/{address}"))

    def refused_to_read(self, address: str) -> Refused:
        """Read an address of the API and be refused."""
        return Refused(self.client.get(f"{API}/{address}"))

    def own_data(self) -> dict[str, Any]:
        """核对信息: what the school's roll says."""
        return self.asks(f"records/{self.person.roll.public_id}")

    def confirms(self) -> None:
        """Press 信息确认无误，进入系统."""
        body = {"shown_version": self.own_data()["shown_version"]}
        self.posts(f"records/{self.person.roll.public_id}/confirmation", body)

    @property
    def home(self) -> dict[str, Any]:
        return self.asks("home")

    def cards(self) -> list[dict[str, Any]]:
        page = self.home
        return sorted(page["invitations"] + page["records"], key=lambda card: card["created_at"], reverse=True)

    def card(self, title: str = "") -> dict[str, Any]:
        """Return the card of a record by its title, by default the newest."""
        found = [card for card in self.cards() if title in ("", card["title"])]
        assert found, f"no card {title}: {[card['title'] for card in self.cards()]}"
        return found[0]

    def page(self, title: str = "") -> dict[str, Any]:
        """Open the record behind a card."""
        card = self.card(title)
        return self.asks(f"{ROOM[card['kind']]}/{card['id']}")

    def sees(self, label: str, title: str = "") -> dict[str, Any]:
        """Assert the state that a card shows."""
        card = self.card(title)
        assert card["label"] == label, f"{card['label']}, not {label}"
        return card

    def ending(self) -> dict[str, Any]:
        """Open the newest request to end an agreement."""
        listed = self.asks("terminations")
        assert listed, "no request"
        return listed[0]

    def sees_ending(self, label: str) -> dict[str, Any]:
        """Assert the state of the newest request to end an agreement."""
        ending = self.ending()
        assert ending["label"] == label, f"{ending['label']}, not {label}"
        return ending

    def reads_of(self, *titles: str) -> None:
        """Assert that the messages tell of this, after the workers have run."""
        work_off()
        told = [alert["title"] for alert in self.asks("alerts?page_size=50")]
        assert [title for title in titles if title not in told] == [], told

    def button(self, words: str, title: str = "") -> dict[str, Any]:
        """Return a button of a card as it is shown."""
        return _named(self.card(title)["actions"], words)

    def cannot(self, words: str, title: str = "") -> str:
        """Assert that a button is shown but closed; return why."""
        button = self.button(words, title)
        assert not button["allowed"], f"{words} can be pressed"
        return button["refusal"]["message"]

    # --- pressing -----------------------------------------------------------------------------------------------

    def posts(self, address: str, body: dict[str, Any] | None = None) -> Any:
        return self._said(self.client.post(f"{API}/{address}", json=body))

    def presses(self, words: str, title: str = "", **more: Any) -> dict[str, Any]:
        """Press a button of a record's page, after ticking what the page wants ticked; raises Refused."""
        page = self.page(title)
        return self._press(page, ROOM[page["kind"]], words, more)

    def presses_on_ending(self, words: str, **more: Any) -> dict[str, Any]:
        """Press a button of the newest request to end an agreement."""
        return self._press(self.ending(), "terminations", words, more)

    def _press(self, page: dict[str, Any], room: str, words: str, more: dict[str, Any]) -> dict[str, Any]:
        action = _named(page["actions"], words)["action"]
        ticks = {
            "declaration": page["declaration"],
            "clauses": page.get("clauses"),
            "notice": page.get("binding_notice"),
        }
        on_page = {"version": page["version"]} | {name: text["version"] for name, text in ticks.items() if text}
        known = SENT_OF.get((room, action), SENT.get(action, ()))
        body = {name: on_page[name] for name in known if name in on_page} | more
        if action == "cancel" and room != "destinations":
            body |= {"confirmed": True}
        return self.posts(f"{room}/{page['id']}/{STEPS.get(action, action)}", body or None)

    def is_refused(self, words: str, title: str = "", **more: Any) -> Refused:
        """Press a button and be refused; the server's word counts, not the page's."""
        try:
            self.presses(words, title, **more)
        except Refused as refused:
            return refused
        raise AssertionError(f"{words} went through")

    def refused_on_ending(self, words: str, **more: Any) -> Refused:
        """Press a button of the newest request to end an agreement and be refused."""
        try:
            self.presses_on_ending(words, **more)
        except Refused as refused:
            return refused
        raise AssertionError(f"{words} went through")

    def begins(self, button: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """Press one of the three buttons of the home page and fill in; the record is a draft (暂存)."""
        assert button in [one["title"] for one in self.home["buttons"]], button
        return self.posts(NEW[button], {"form": TYPED if form is None else form})

    def is_told_when_beginning(self, button: str, form: dict[str, str] | None = None) -> Refused:
        """Press one of the three buttons and be refused."""
        try:
            self.begins(button, form)
        except Refused as refused:
            return refused
        raise AssertionError(f"{button} can be begun")

    def edits(self, changed: dict[str, str], title: str = "") -> dict[str, Any]:
        """Change what was filled in (暂存)."""
        page = self.page(title)
        body = {"version": page["version"], "form": page["form"] | changed}
        return self._said(self.client.put(f"{API}/{ROOM[page['kind']]}/{page['id']}", json=body))

    def asks_to_end(self, reason: str, explanation: str, title: str = "") -> dict[str, Any]:
        """申请解约: choose the reason, write the explanation; online 提交 goes with it, offline it is a draft."""
        assert self.button("申请解约", title)["allowed"], self.button("申请解约", title)
        agreement = self.card(title)["id"]
        form = self.asks(f"terminations/new?agreement={agreement}")
        code = next(one["code"] for one in form["reasons"] if one["label"] == reason)
        typed = {"reason_code": code, "explanation": explanation}
        body = {"agreement": agreement, "form": typed, "declaration": form["declaration"]["version"]}
        return self.posts("terminations", body)

    def uploads(self, purpose: str, record: str, subject: str = "placement", name: str = "材料.jpg") -> None:
        """Upload a picture under the words that the record asks with; the worker checks it."""
        wanted = self.asks(f"files?subject={subject}&record={record}")["wanted"]
        offered = {one["label"]: one["purpose"] for one in wanted}
        assert purpose in offered, f"{purpose} is not asked for: {list(offered)}"
        form = {"subject": subject, "record": record, "purpose": offered[purpose], "file": (io.BytesIO(PICTURE), name)}
        sent = self._said(self.client.post(f"{API}/files", data=form, content_type="multipart/form-data"))
        work_off()
        checked = self.asks(f"files/{sent['id']}")
        assert checked["state"] == "accepted", checked

    def downloads(self, what: str, title: str = "") -> bytes:
        """协议书预览 or 下载协议书: the bytes of the file, made by the workers."""
        work_off()
        name = {"协议书预览": "preview", "下载协议书": "agreement", "点击下载电子协议书": "agreement"}[what]
        asked = self.posts(f"placements/{self.card(title)['id']}/downloads", {"what": name})
        file = self.client.get(asked["url"])
        assert file.status_code == 200 and file.data.startswith(b"%PDF")
        return file.data

    def proves_again(self) -> None:
        """Type the password once more (R-STEP-1)."""
        self.posts("sessions/current/proof", {"password": PASSWORD})


def _named(buttons: list[dict[str, Any]], words: str) -> dict[str, Any]:
    found = [one for one in buttons if squeezed(one["label"]) == squeezed(words)]
    assert found, f"no button {words}: {[one['label'] for one in buttons]}"
    return found[0]


class EmployerWalker(Browser):
    """An employer's signing officer in the portal."""

    def __init__(self, app: Flask, employer: Employer | None = None, **overrides: Any) -> None:
        employer = employer or builders.make_employer(**overrides)
        self.name, self.credit_code = employer.name, employer.credit_code
        self.employer_id = employer.id
        super().__init__(app)
        self.client = portal.client(app, employer)

    def finds(self, graduate: GraduateWalker) -> "EmployerWalker":
        """查找毕业生 by name and number."""
        self.opens("/employer/").chooses("查找毕业生")
        typed = {"姓名": graduate.name, "证件号码": graduate.id_number}
        self.presses("查找", typed, among="证件号码")
        return self

    def invites(self, graduate: GraduateWalker, **terms: str) -> "EmployerWalker":
        """Find a graduate and send the invitation: 下一步：核对内容, then 确认并发出邀请."""
        self.finds(graduate).sees("查找结果")
        self.follows("发起签约邀请").sees("发起签约邀请", self.name)
        typed = {name: value for name, value in portal.FORM.items() if name != "deadline_at"}
        self.presses("下一步：核对内容", typed | terms).sees("尚未提交")
        self.presses("确认并发出邀请", {"以上内容真实无误": True}).sees("待毕业生回应")
        return self

    def is_refused_to_invite(self, graduate: GraduateWalker, words: str) -> None:
        """Find a graduate whom the page says why not to invite; sent all the same, it is refused with these words."""
        self.finds(graduate).sees(words)
        assert "发起签约邀请" not in self.links
        sent = portal.FORM | {"step": "confirm", "confirmed": "yes"}
        self._take(self.client.post(f"{self.address}/invite", data=sent), f"{self.address}/invite").is_told(words)

    def opens_invitation(self, row: str = "") -> "EmployerWalker":
        """Open the newest invitation, or the one in this line of the list."""
        self.opens("/employer/").chooses("我的邀请")
        links = re.findall(r'href="(/employer/invitations/[0-9a-f]{20})"', self.body.decode())
        assert links, self.words
        self.opens(links[0])
        return self

    def opens_ending(self) -> "EmployerWalker":
        """Open the newest request to end an agreement."""
        self.opens("/employer/").chooses("解约")
        links = re.findall(r'href="(/employer/terminations/[0-9a-f]{20})"', self.body.decode())
        assert links, self.words
        self.opens(links[0])
        return self

    def asks_to_end(self, reason: str, explanation: str) -> "EmployerWalker":
        """申请解约 on the page of the agreement."""
        self.opens_invitation().follows("申请解约")
        self.presses("提交", {"解约原因": reason, "解约说明": explanation})
        return self

    def reads_of(self, *titles: str) -> None:
        """Assert that the inbox tells of this, after the workers have run."""
        work_off()
        self.opens("/employer/").chooses("消息").sees(*titles)


class LinkHolder(Browser):
    """An employer without an account, with the link that came by SMS."""

    def opens_link_of_the_message(self) -> "LinkHolder":
        """Open the link in the newest message that leaves the house."""
        work_off()
        links = re.findall(r"/u/[A-Za-z0-9_-]{20,}", "".join(message.body for message in outgoing()))
        assert links
        self.opens(links[-1])
        return self

    def downloads(self) -> bytes:
        """下载就业协议书（PDF）."""
        page = self.address
        self.presses("下载就业协议书（PDF）")
        file = self.body
        assert file.startswith(b"%PDF")
        self.opens(page)
        return file

    def uploads_and_hands_in(self) -> "LinkHolder":
        """上传 the stamped image, let the worker check it, tick and press 提交."""
        self.presses("上传", {"选择文件": (PICTURE, "盖章协议书.jpg")}).sees("盖章协议书.jpg")
        work_off()
        self.opens(self.address).sees("检查通过")
        self.presses("提交", {"数据真实无误": True})
        return self


class StaffWalker(Browser):
    """A member of a department's, a school's or a province's staff, or the operator."""

    def __init__(
        self, app: Flask, role: Role, school: School | None = None, department: Department | None = None, **more: Any
    ) -> None:
        staff: Staff = builders.make_staff(role, school, department, **more)
        self.role, self.username = role, staff.username
        super().__init__(app, "staff", staff.id)

    def goes_to(self, entry: str) -> "StaffWalker":
        """Choose an entry of the menu."""
        self.opens("/staff/").follows(entry)
        return self

    def takes(self, entry: str, row: str) -> "StaffWalker":
        """Choose an entry of the menu and open the line that holds `row`: it waits for this desk."""
        self.goes_to(entry).sees(row)
        lines = [line for line in self.tree.iter("tr") if squeezed(row) in squeezed(line.text_content())]
        assert lines, f"{row} does not wait here: {self.words}"
        return self.opens(next(lines[0].iter("a")).get("href"))

    def approves(self, entry: str, row: str, words: str = "审核通过", typed: Typed | None = None) -> None:
        """Open what waits and press 审核通过 (鉴证通过)."""
        self.takes(entry, row).presses(words, typed)
        assert self.status == 200, self.words
        self.sees(words)

    def returns(self, entry: str, row: str, reason: str) -> None:
        """Open what waits and press 退回修改."""
        self.takes(entry, row).presses("退回修改", {"退回修改原因": reason})
        assert self.status == 200, self.words

    def rejects(self, entry: str, row: str, reason: str, words: str = "审核不通过") -> None:
        """Open what waits and press 审核不通过 (鉴证不通过)."""
        self.takes(entry, row).presses(words, {"不通过原因": reason})
        assert self.status == 200, self.words


__all__ = ["API", "CHECKED", "EmployerWalker", "GraduateWalker", "LinkHolder", "Refused", "StaffWalker", "Typed"]
