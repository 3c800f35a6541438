"""What people type to the official account, read kindly, and the sentences that it answers with (R-BOT-1)."""

import unicodedata
from enum import Enum

LONGEST_REPLY = 2048  # bytes of UTF-8 that the platform takes
LONGEST_WISH = 16  # signs within which a word is looked for inside a sentence
NAMED = "您可以回复：进度、邀请、解绑、帮助。"


class Wish(Enum):
    """What somebody wants of the bot; the values of the first three are the keys of menu buttons."""

    PROGRESS = "progress"
    INVITATIONS = "invitations"
    HELP = "help"
    UNBIND = "unbind"
    UNBIND_NOW = "unbind_now"
    BIND = "bind"
    EMPLOYER = "employer"
    STAFF = "staff"


# In the order in which they are looked for inside a sentence: what changes nothing before what might.
_WORDS: dict[Wish, tuple[str, ...]] = {
    Wish.UNBIND: ("解绑", "解除绑定", "取消绑定", "解綁", "解除綁定", "unbind", "jiebang"),
    Wish.PROGRESS: ("进度", "进展", "状态", "进程", "進度", "進展", "progress", "status", "jindu"),
    Wish.INVITATIONS: ("邀请", "邀约", "邀請", "invitations", "invitation", "invite", "yaoqing"),
    Wish.EMPLOYER: ("用人单位", "单位", "企业", "公司", "招聘", "hr", "employer", "company"),
    Wish.STAFF: ("老师", "学校", "院系", "辅导员", "管理员", "教师", "staff", "teacher", "school"),
    Wish.BIND: ("绑定", "綁定", "登录", "登入", "bind", "bangding"),
    Wish.HELP: ("帮助", "幫助", "帮忙", "怎么用", "菜单", "help", "bangzhu"),
}
_CONFIRMED = frozenset({"确认解绑", "確認解綁", "确认解除绑定", "confirmunbind"})
_ALONE = frozenset({"h", "hi", "hello", "你好", "您好", "在吗"})  # greetings get the help, too


def plain(text: str) -> str:
    """Return a text without what may differ: width, case, blanks, punctuation, marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def wish_of(text: str) -> Wish | None:
    """Return what a text asks for, None where no word of ours is in it.

    Only the very words that confirm an unbinding unbind: anything longer asks once more.
    """
    said = plain(text)
    if said in _CONFIRMED:
        return Wish.UNBIND_NOW
    if said in _ALONE or (not said and text.strip()):  # “？” alone
        return Wish.HELP
    exact = next((wish for wish, words in _WORDS.items() if said in words), None)
    if exact or len(said) > LONGEST_WISH:
        return exact
    return next((wish for wish, words in _WORDS.items() if any(_inside(word, said) for word in words)), None)


def _inside(word: str, said: str) -> bool:
    """Say whether a word stands in what was said; a short Latin one would stand in others (“hr” in “three”)."""
    return word in said and (len(word) > 3 or not word.isascii())


def cut(text: str) -> str:
    """Return a reply of at most 2,048 bytes, cut at a sign, with “…”."""
    if len(text.encode()) <= LONGEST_REPLY:
        return text
    return text.encode()[: LONGEST_REPLY - len("…".encode())].decode("utf-8", "ignore") + "…"


WELCOME = "欢迎关注{platform}！"
WELCOME_BACK = "欢迎回来！您的账号仍与此微信绑定，消息会继续在这里通知您。\n" + NAMED
BIND = (
    "您还没有绑定账号。请点击下面的链接，登录后即可绑定（10分钟内有效，仅限本人使用，请勿转发）：\n{link}\n"
    "绑定后，签约邀请和审核结果会在这里通知您。"
)
BOUND = "您的账号已与此微信绑定。\n" + NAMED
UNBIND_ASK = "解绑后，将不再通过微信通知您，签约邀请和审核结果会改用短信。确定要解绑，请回复“确认解绑”。"
UNBOUND = "已解绑。之后的重要消息会通过短信通知您；想再次绑定，请回复“绑定”。"
NOT_BOUND = "此微信没有绑定账号，不需要解绑。想绑定账号，请回复“绑定”。"
HELP = (
    "回复“进度”：查看您的签约与去向登记进度\n"
    "回复“邀请”：查看等待您回应的签约邀请\n"
    "回复“解绑”：不再通过微信接收通知\n"
    "回复“帮助”：再看一次这些说明\n"
    "办理签约与去向登记，请从菜单进入小程序，或打开：{graduates}"
)
FALLBACK = "抱歉，没有看懂您的消息。" + NAMED
ONLY_WORDS = "抱歉，这里只看得懂文字。" + NAMED
EMPLOYER = "用人单位请在电脑上打开单位入口登录：\n{employers}\n毕业生" + NAMED
STAFF = "学校和管理部门的老师请在电脑上打开管理入口登录：\n{staff}\n毕业生" + NAMED

NO_RECORD = "学校的毕业生名单中还没有您的信息，请联系所在院系或学校就业部门。"
CONFIRM_FIRST = "请先在小程序中核对并确认您的个人信息：{graduates}"
WAITING = "有{count}个签约邀请正在等您，确认信息后即可查看。"
RECORD = "{cohort}届　{school}"
NOTHING_YET = "还没有签约或去向登记的记录。"
MORE = "……其余{count}条请在小程序中查看。"
SEE_MORE = "详情请在小程序中查看：{graduates}"
NO_INVITATIONS = "目前没有等待您回应的签约邀请。收到新的邀请时，会在这里通知您。"
INVITATIONS = "有{count}个签约邀请等待您回应："
INVITATION = "· {title}\n  请在{deadline}前回应"
ANSWER_THERE = "请在小程序中查看并回应：{graduates}"

SCANNED = "已扫码。请回到刚才的页面，核对后点击“确认绑定”。"
SCANNED_USED = "此二维码已经使用过。需要绑定时，请在小程序中重新获取二维码。"
SCANNED_EXPIRED = "此二维码已过期（10分钟内有效）。请在小程序中重新获取后再扫。"
SCANNED_TAKEN = "此二维码已由另一个微信扫过，不能再用。请在小程序中重新获取后再扫。"
SCANNED_UNKNOWN = "没有认出此二维码。需要绑定时，请在小程序中重新获取二维码。"
