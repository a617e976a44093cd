"""Each rule with what it must take out, and with what it must leave alone."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import NOW, begun, inside

from cases.masking import masked_name, masked_phone
from cases.redaction import holds, redact, redact_body, redact_for
from cases.roles import actor
from cases.work import Duty, DutyRole, Work


def identity_number(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (f"证件{identity_number('31011419900101123')}。", "证件【证件号】。"),
        ("身份证号310114900101123", "身份证号【证件号】"),
        ("请回电13800138000", "请回电【电话】"),
        ("手机+86 138-0013-8000", "手机【电话】"),
        ("021-59530000转8012", "【电话】"),
        ("(021)59530000", "【电话】"),
        ("联系电话59530000", "联系电话【电话】"),
        ("卡号4111 1111 1111 1111", "卡号【卡号】"),
        ("邮箱a.b@example.com谢谢", "邮箱【邮箱】谢谢"),
        ("微信号abc_12345", "微信号【账号】"),
        ("沪A12345违停", "【车牌】违停"),
        ("沪AD12345充电", "【车牌】充电"),
        ("王先生反映", "某先生反映"),
        ("张建国师傅说", "某师傅说"),
        ("联系人:陈小明,电话", "联系人:某某,电话"),
        ("我叫李强。", "我叫某某。"),
        ("墅沟路550弄12号303室漏水", "墅沟路550弄12号【室号】漏水"),
        ("3号楼1502", "3号楼【室号】"),
        ("5幢402室", "5幢【室号】"),
    ],
)
def test_it_takes_out(told, shown):
    assert redact(told) == shown


@pytest.mark.parametrize(
    "told",
    [
        "部件编码310114090101000123倾斜",  # an asset's code: 18 digits, no check digit
        "叶城路505弄爱里舍花园门口垃圾未清运",
        "陈家宅、翁家宅路89弄",
        "新成路118号嘉定体育中心",
        "澄浏中路3128弄百联嘉定购物中心",
        "迎园路300弄151支弄",
        "工单号20260311-1409-0457",
        "当事人多次反映未处理",
        "业主反映噪声",
        "第二会议室、301教室的灯不亮",
        "积水约300米,持续1500秒",
        "公交5953路站牌",
    ],
)
def test_it_leaves_alone(told):
    assert redact(told) == told


def test_known_names_go_by_exact_value():
    assert (
        redact("欧阳某甲住此,欧阳某甲已搬走", known=["欧阳某甲", ""]) == "【略】住此,【略】已搬走"
    )


def test_lines_of_any_width_of_punctuation():
    assert redact("联系人：陈小明，电话：59530000") == "联系人：某某，电话：【电话】"


@given(st.text(max_size=200))
def test_it_takes_any_text_and_twice_is_once(text):
    once = redact(text)
    assert redact(once) == once


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["电话", "请打 ", "，", "a"]))
def test_no_mobile_number_survives(number, before):
    assert number not in redact(f"{before}{number}。")


@given(st.text(max_size=20), st.text(max_size=20))
def test_masked_forms_never_hold_the_whole(name, phone):
    assert len(masked_name(name) or "") <= 4
    shown = masked_phone(phone)
    digits = [sign for sign in phone if sign.isdigit()]
    assert shown is None or sum(sign.isdigit() for sign in shown) <= max(len(digits) - 3, 0)


def on_site(**work):
    """A case of the west desk, accepted, with some work on it."""
    case = begun(inside()).case
    return replace(case, desk="140901", received_from="platform-12345", worked=Work(**work))


def duty(post, **more):
    told = {
        "id": UUID(int=7),
        "role": DutyRole.LEAD,
        "text": "清运",
        "given_at": NOW,
        "due_at": None,
    }
    return Duty(post=post, **told | more)


TOLD = "王先生住12号303室"


@pytest.mark.parametrize(
    ("post", "whole"),
    [
        ("coordinator-140901", True),
        ("deputy-140901", True),
        ("police-140901", True),
        ("street-centre", True),
        ("platform-12345", True),
        ("station-14090101", True),
        ("coordinator-140902", False),
        ("station-14090102", False),
        ("department-water", False),
        ("responder-140901-1", False),
        ("admin", False),
        ("courier", False),
        ("platform-110", False),
    ],
)
def test_who_holds_a_case_reads_all_of_it(post, whole):
    case = on_site(duties=(duty("station-14090101"),))
    shown = TOLD if whole else "某先生住12号【室号】"
    assert redact_for(actor(post), case, TOLD) == shown


def test_a_duty_that_was_dropped_is_none():
    case = on_site(duties=(duty("department-water", dropped_at=NOW),))
    assert not holds(actor("department-water"), case)
    assert redact_for(None, case, TOLD, known=["303"]) != TOLD


def test_a_case_without_a_desk_is_every_desks():
    case = replace(on_site(), desk=None)
    assert holds(actor("coordinator-140902"), case)
    assert not holds(actor("station-14090101"), case)


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("name", ["陈隐名", "李月全", "王家豪"])
def test_a_body_as_it_came_names_nobody(name, escaped):
    told = {
        "title": f"联系人{name}，13900001111",
        "description": f"反映人：{name}",
        "reporter": [f'"{name}'],
        "address": "联系人：叶城路505弄",
    }
    body = json.dumps(told, ensure_ascii=escaped)
    for sent in (body, body[:-2], body.replace('["', '"').replace('"]', '"')):
        shown = redact_body(sent)
        assert name not in shown
        assert json.dumps(name)[1:-1] not in shown
        assert "叶城路505弄" in shown
