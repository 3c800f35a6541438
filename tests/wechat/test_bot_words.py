"""Words are read kindly: width, case, blanks, punctuation, another spelling; and nothing is unbound by mistake."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat import bot_words
from wechat.bot_words import Wish, cut, wish_of

SAID = {
    Wish.PROGRESS: "进度 进度？ 进度。 “进度” 查进度 我的进度 查询进度 進度 progress PROGRESS ｐｒｏｇｒｅｓｓ Status",
    Wish.INVITATIONS: "邀请 邀请！ 【邀请】 我的邀请 签约邀请 邀請 invitation Invitations invite 有没有邀请",
    Wish.UNBIND: "解绑 解绑？ 我要解绑 解除绑定 取消绑定 解綁 unbind Unbind! 怎么解绑 不要确认解绑 先不确认解绑了吧",
    Wish.UNBIND_NOW: "确认解绑 “确认解绑” 确认解绑。 ‘确认解绑’ 确认解除绑定",
    Wish.HELP: "帮助 帮助？ 帮助! 幫助 help HELP Ｈｅｌｐ ？ ? 。。。 你好 hello 怎么用 需要帮助",
    Wish.BIND: "绑定 绑定账号 我要绑定 登录 bind",
    Wish.EMPLOYER: "单位 用人单位 企业 公司 HR hr 招聘 我是企业 employer",
    Wish.STAFF: "老师 学校 院系 辅导员 我是老师 管理员 teacher",
}


@pytest.mark.parametrize(("wish", "text"), [(wish, text) for wish, texts in SAID.items() for text in texts.split()])
def test_every_spelling(wish: Wish, text: str) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (" 进 度 ", Wish.PROGRESS),
        ("进\u200b度", Wish.PROGRESS),
        ("\u3000邀请\n", Wish.INVITATIONS),
        ("确认 解绑", Wish.UNBIND_NOW),
        ("help me please", Wish.HELP),
        ("Three", None),
        ("天气怎么样", None),
        ("", None),
        ("  ", None),
        ("请问一下贵平台今年的毕业生进度查询到底在什么地方呀", None),
    ],
)
def test_near_misses_and_far_ones(text: str, wish: Wish | None) -> None:
    assert wish_of(text) == wish


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert wish_of(text) in (None, *Wish)


@given(st.text(max_size=20), st.text(max_size=20))
def test_only_the_very_words_unbind(before: str, after: str) -> None:
    said = before + "确认解绑" + after
    if wish_of(said) == Wish.UNBIND_NOW:
        assert bot_words.plain(said) == "确认解绑"


@given(st.text(max_size=3000))
def test_a_reply_is_never_too_long_and_never_cut_inside_a_sign(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    shown = cut(text)
    assert len(shown.encode()) <= 2048
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_what_is_too_long_is_cut_to_the_last_whole_sign() -> None:
    assert cut("进" * 1000) == "进" * 681 + "…"
    assert cut("x" * 2048) == "x" * 2048
    assert cut("a" + "😀" * 600).endswith("😀…")


def test_every_sentence_names_only_what_is_given() -> None:
    known = {"platform", "link", "graduates", "employers", "staff", "count", "cohort", "school", "title", "deadline"}
    sentences = [value for name, value in vars(bot_words).items() if name.isupper() and isinstance(value, str)]
    named = {field for one in sentences for _, field, _, _ in string.Formatter().parse(one) if field}
    assert named <= known and len(sentences) > 20
