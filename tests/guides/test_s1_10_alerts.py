"""S1 §10 消息提醒: invitations, results of reviews, changes by others, in the app, the inbox and by text message."""

import re

import pytest

from tests import builders
from tests.guides.conftest import EITHER_WAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker
from tests.notifications.outbound import outgoing
from tests.notifications.working import work_off

UNIT = builders.TERMS["employer_name"]


@EITHER_WAY
@pytest.mark.rule("R-MSG-3")
def test_10_the_invitation_and_the_results_of_the_reviews(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    # 包括用人单位发起的签约邀请
    employer.invites(graduate)
    graduate.reads_of("您收到一份新的签约邀请")
    graduate.presses("接受")
    employer.reads_of("毕业生接受了签约邀请")
    # 学校（院系）的审核结果
    place.approve("签约审核", employer.name)
    graduate.reads_of(place.worded("签约审核已通过"))
    told = [alert["title"] for alert in graduate.asks("alerts?page_size=50")]
    assert len(told) == len(set(told)), "told twice"
    assert graduate.asks("alerts/unread")["count"] == len(told)
    graduate.posts("alerts/read")
    assert graduate.asks("alerts/unread")["count"] == 0


@EITHER_WAY
@pytest.mark.rule("R-EDIT-1", http="allowed")
@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_10_a_change_by_the_school_is_told_by_text_message_too(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.invites(graduate)
    graduate.presses("接受")
    place.approve("签约审核", employer.name)
    graduate.proves_again()
    # 签约及去向信息被修改 … 毕业生会收到来自网签平台的短信消息提醒，登录后可查看具体信息
    desk = place.school_desk.goes_to("在线签约管理").follows("查看", row=employer.name).follows("修改信息")
    desk.presses("下一步：核对修改", {"报到地点": "示例大厦一层", "修改原因": "单位来函更正"})
    desk.presses("确认修改并通知毕业生")
    assert desk.status == 200, desk.words
    graduate.reads_of("学校修改了您的签约或去向信息")
    work_off()
    (message,) = outgoing("change")
    assert message.phone == "" and "示例大厦" not in "".join(message.params.values())
    changed = graduate.asks("corrections")[0]
    assert [(one["label"], one["old"], one["new"]) for one in changed["changes"]] == [
        ("报到地点", "--", "示例大厦一层")
    ]
    assert changed["reason"] == "单位来函更正"
    # the agreement's own terms stay what both have signed
    desk.goes_to("在线签约管理").follows("查看", row=employer.name).follows("修改信息")
    assert not re.search(r'name="pay_fen"', desk.body.decode())
