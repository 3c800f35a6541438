"""The menu as data: what each role and level sees; what is not permitted is not shown (R-ACC-1, R-MENU-1)."""

from dataclasses import dataclass
from typing import Any

from flask import g, request

from app import access
from app.staff import blueprint
from app.staff.tenant import ROLE_TITLE, tenant
from workflows.case import Actor
from workflows.vocabulary import STAFF, Level, Module, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One destination: its endpoint, label, a line of explanation for the home page, and who sees it."""

    endpoint: str
    label: str
    what: str
    roles: frozenset[Role]
    level: Level = Level.READ
    family: str = ""  # endpoints that begin with this belong to it
    module: Module | str = Module.PLACEMENT  # or access.ANY

    @property
    def values(self) -> dict[str, str]:
        """What the address of the page wants besides its endpoint."""
        return {} if self.module in (Module.PLACEMENT, access.ANY) else {"module": str(self.module)}


MENU = (
    Entry("staff.home", "首页", "", STAFF, Level.NONE, "staff.home"),
    Entry(
        "staff.review_queue",
        "签约审核",
        "查看待办，核对协议内容，通过或不通过。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL}),
        family="staff.review",
    ),
    Entry(
        "staff.placements",
        "在线签约管理",
        "查询毕业生与用人单位的线上签约。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
        family="staff.placement",
    ),
    Entry(
        "staff.paper_registrations",
        "补登管理",
        "查询已签纸质就业协议的登记。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
        family="staff.paper_registration",
    ),
    Entry(
        "staff.terminations_list",
        "解约管理",
        "查看线上与线下的解约申请与办理情况。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
        family="staff.termination",
    ),
    Entry(
        "staff.destinations",
        "去向登记管理",
        "查看毕业生登记的去向、证明材料与办理情况。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
        family="staff.destination",
    ),
    Entry(
        "staff.roll",
        "毕业生名单",
        "查询毕业生，调整网签资格与届别。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL}),
        family="staff.roll",
    ),
    Entry(
        "staff.paper_agreements",
        "纸质协议书",
        "登记纸质协议书的发放与收回，查看需要收回的毕业生。",
        frozenset({Role.SCHOOL}),
        family="staff.paper_agreement",
    ),
    Entry(
        "staff.disputes",
        "异议处理",
        "处理毕业生对学校修改信息提出的异议。",
        frozenset({Role.SCHOOL}),
        family="staff.dispute",
        module=access.ANY,
    ),
    Entry(
        "staff.messages",
        "提醒送达",
        "查看提醒是否送达，电话告知未能送达的毕业生。",
        frozenset({Role.DEPARTMENT, Role.SCHOOL}),
        family="staff.message",
        module=access.ANY,
    ),
    *(
        Entry(
            "staff.transfers",
            f"{word}信息管理",
            f"查看{word}登记与办理情况。",
            frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
            family="staff.transfer",
            module=module,
        )
        for module, word in ((Module.ARCHIVE, "档案"), (Module.HOUSEHOLD, "户口"))
    ),
    Entry(
        "staff.accounts",
        "账号管理",
        "新建下一级账号，设置三个模块的权限，停用或重置密码。",
        frozenset({Role.SCHOOL, Role.PROVINCE, Role.OPERATOR}),
        Level.NONE,
        "staff.account",
    ),
    *(
        Entry(
            "staff.statistics",
            f"{word}统计",
            f"查看{word}登记的实时数据。",
            frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE}),
            family="staff.statistics",
            module=module,
        )
        for module, word in (
            (Module.PLACEMENT, "毕业去向"),
            (Module.ARCHIVE, "档案信息"),
            (Module.HOUSEHOLD, "户口信息"),
        )
    ),
    Entry(
        "staff.national_statistics",
        "数据统计",
        "查看全国与各省的实时数据。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        "staff.national_statistics",
    ),
    Entry(
        "staff.suspensions",
        "暂缓开通",
        "为全平台或一个省份暂缓、恢复四项功能。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        "staff.suspension",
    ),
    Entry(
        "staff.minimum_wages",
        "最低工资标准",
        "维护各省最低工资标准，去向登记据此核对收入。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        "staff.minimum_wage",
    ),
    Entry(
        "staff.destination_codes",
        "去向代码对应",
        "维护各去向类型上报时使用的全国代码与有效期。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        "staff.destination_code",
    ),
    Entry(
        "staff.channels",
        "通道状态",
        "查看微信与短信通道，恢复暂停的通道，重新处理死信。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        "staff.channel",
    ),
    Entry(
        "staff.settings",
        "签约设置",
        "学校联系方式、院系审核、各功能的开放时间。",
        frozenset({Role.SCHOOL}),
        family="staff.settings",
        module=access.ANY,
    ),
    Entry(
        "staff.employers",
        "用人单位",
        "审核单位认证与网签负责人授权，办理打款，暂停与恢复签约。",
        frozenset({Role.OPERATOR}),
        Level.NONE,
        family="staff.employer",
    ),
    Entry(
        "staff.warnings_list",
        "预警单位",
        "标记和解除预警单位，提示本校毕业生。",
        frozenset({Role.SCHOOL}),
        family="staff.warning",
    ),
    Entry(
        "staff.history_list",
        "操作历史",
        "查看全部操作记录，校验其是否被改动。",
        frozenset({Role.AUDITOR}),
        Level.NONE,
        "staff.history",
    ),
    Entry(
        "staff.functions",
        "功能设置",
        "开启模块，选择就业协议书类型。",
        frozenset({Role.PROVINCE}),
        family="staff.function",
        module=access.ANY,
    ),
    Entry(
        "staff.schools",
        "高校开启情况",
        "查看本省各高校是否已完成签约设置。",
        frozenset({Role.PROVINCE}),
        family="staff.schools",
        module=access.ANY,
    ),
)


def entries(actor: Actor) -> list[Entry]:
    """Return what this actor's menu shows."""
    return [entry for entry in MENU if actor.role in entry.roles and access.level_in(entry.module) >= entry.level]


@blueprint.context_processor
def about_the_caller() -> dict[str, Any]:
    """Give every page the caller, the tenant and the menu; pages before the sign-in get none."""
    if "actor" not in g:
        return {"actor": None}
    endpoint = request.endpoint or ""
    mine = entries(g.actor)
    module = (request.view_args or {}).get("module", Module.PLACEMENT)
    here = next(
        (e for e in mine if e.family and endpoint.startswith(e.family) and e.module in (module, access.ANY)), None
    )
    return {
        "actor": g.actor,
        "tenant": tenant(),
        "role_title": ROLE_TITLE[g.actor.role],
        "level_in": access.level_in,
        "may_write": g.actor.level >= Level.WRITE,
        "menu": mine,
        "here": here,
    }
