"""How the walk reads a page: what a form would send, what a person reads."""

import pytest

from demo.html import Document

PAGE = """<title>unread</title><script>unread</script><h1>协议书
  查验</h1><a href="/x?a=1&amp;b=2">发起 <span>签约</span>邀请</a>
<form action="/sign-out" method="post"><input type="hidden" name="csrf_token" value="1"></form>
<form method="POST" action="/go"><input name="csrf_token" value="&lt;2&gt;"><input name="off" disabled value="x">
 <input type="checkbox" name="tick" value="yes"><input type="checkbox" name="ticked" value="yes" checked>
 <input type="submit" name="send" value="s"><input type="file" name="file"><button name="step" value="b">按钮</button>
 <select name="kind"><option value="">请选择</option><option value="1" selected>一
 类</option></select><select name="first"><option value="a">甲</option><option value="b">乙</option></select>
 <textarea name="text">
第一行
&amp; 第二行</textarea></form>"""


def test_a_form_is_read_as_it_would_be_sent() -> None:
    form = Document(PAGE).form("/go")
    assert form.method == "post"
    assert form.values == {
        "csrf_token": "<2>", "ticked": "yes", "kind": "1", "first": "a", "text": "第一行\n& 第二行"
    }  # fmt: skip
    assert form.files == ["file"]
    assert form.choose("kind", "一 类") == "1"
    with pytest.raises(LookupError):
        form.choose("kind", "二类")


def test_forms_are_found_by_where_they_go_and_what_they_hold() -> None:
    page = Document(PAGE)
    assert page.form().action == "/sign-out"
    assert page.form(having="text").action == page.form(having="file").action == "/go"
    with pytest.raises(LookupError):
        page.form("/go", having="nothing")


def test_text_and_links_are_what_a_person_sees() -> None:
    page = Document(PAGE)
    assert page.text == "协议书 查验 发起 签约 邀请 按钮"
    assert page.links == [("发起 签约邀请", "/x?a=1&b=2")]
