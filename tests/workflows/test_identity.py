"""Identity numbers, names, credit codes and contacts: worked examples and the guarantees of the check digits."""

import string
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workflows import codes, identity
from workflows.identity import IdentityError, IdentityKind, clean_id_number, clean_name, same_name

RESIDENT = "11010519491231002X"
CREDIT = "91110000600037341L"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check_digit(first17: str) -> str:
    """Append the GB 11643 check digit, computed from the weights the standard prints."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(w * int(d) for w, d in zip(weights, first17, strict=True)) % 11]


def refuses(clean: Callable[[str], str], text: str) -> bool:
    """Tell whether the text is refused; the refusal must be a Chinese sentence."""
    refusal = ""
    try:
        clean(text)
    except (IdentityError, codes.CodeError) as error:
        refusal = str(error)
    assert not refusal or (refusal.endswith("。") and any("一" <= char <= "鿿" for char in refusal))
    return bool(refusal)


def resident(text: str) -> str:
    return clean_id_number(IdentityKind.RESIDENT_ID, text)


def swapped(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


resident_ids = st.builds(
    lambda region, born, order: with_check_digit(f"{region}{born:%Y%m%d}{order:03}"),
    st.sampled_from(["110101", "120101", "320102", "540102", "652901"]),
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)
credit_codes = st.builds(
    lambda head, region, body: (first := head + region + body) + codes.credit_code_check_character(first),
    st.sampled_from(["11", "12", "51", "54", "91", "92", "93", "A1", "N2", "Y1"]),
    st.sampled_from(["100000", "110000", "320100"]),
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.rule("R-ID-1")
@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("resident_id", RESIDENT, RESIDENT),
        ("resident_id", " 110105 19491231 002x ", RESIDENT),
        ("resident_id", "１１０１０５１９４９１２３１００２Ｘ", RESIDENT),
        ("resident_id", "440524188001010014", None),
        ("hmt_residence", with_check_digit("81000019990101001"), with_check_digit("81000019990101001")),
        ("hmt_residence", with_check_digit("83000019990101001"), with_check_digit("83000019990101001")),
        ("hmt_permit", "h12345678", "H12345678"),
        ("hmt_permit", "M12345678", "M12345678"),
        ("hmt_permit", "12345678", "12345678"),
        ("passport", "e1234 5678", "E12345678"),
        ("passport", "12345", "12345"),
        ("resident_id", "110101199801010001", None),
        ("resident_id", "11010519491231002", None),
        ("resident_id", "11010519491231002Y", None),
        ("resident_id", "", None),
        ("resident_id", with_check_digit("11010119990229001"), None),
        ("resident_id", with_check_digit("81000019990101001"), None),
        ("resident_id", with_check_digit("71010119990101001"), None),
        ("resident_id", with_check_digit("16010119990101001"), None),
        ("hmt_residence", RESIDENT, None),
        ("hmt_residence", "810000199901010011", None),
        ("hmt_permit", "H1234567", None),
        ("hmt_permit", "H1234567801", None),
        ("hmt_permit", "A12345678", None),
        ("passport", "E123", None),
        ("passport", "ABCDEF", None),
        ("passport", "E123456789012345", None),
        ("passport", "E12345·8", None),
    ],
)
def test_numbers_by_hand(kind: str, text: str, number: str | None) -> None:
    if number is None:
        assert refuses(lambda value: clean_id_number(kind, value), text)
    else:
        assert clean_id_number(kind, text) == number


@pytest.mark.rule("R-ID-1")
def test_a_birth_after_today_is_refused_and_one_on_the_day_is_not() -> None:
    number = with_check_digit("11010120261121001")
    assert clean_id_number("resident_id", number, today=date(2026, 11, 21)) == number
    with pytest.raises(IdentityError, match="出生日期不合理"):
        clean_id_number("resident_id", number, today=date(2026, 11, 20))
    with pytest.raises(IdentityError, match="出生日期不合理"):
        clean_id_number("resident_id", with_check_digit("11010118991231001"))


def test_the_oldest_birth_and_the_words_of_a_wrong_check_digit() -> None:
    assert resident(with_check_digit("11010119000101001"))
    with pytest.raises(IdentityError, match=r"^身份证号的校验位不对"):
        resident("110101199801010001")
    with pytest.raises(IdentityError, match=r"^居住证号码的校验位不对"):
        clean_id_number("hmt_residence", "810000199901010011")


def test_the_message_for_a_residence_permit_names_the_right_kind() -> None:
    with pytest.raises(IdentityError, match="港澳台居民居住证"):
        resident(with_check_digit("82000019990101001"))
    with pytest.raises(IdentityError, match="请填写护照号码"):
        clean_id_number("passport", "　")


def test_every_kind_has_a_label_and_an_unknown_kind_is_no_identity_error() -> None:
    assert set(identity.IDENTITY_LABELS) == set(IdentityKind)
    with pytest.raises(ValueError, match="library_card"):
        clean_id_number("library_card", "1")


@pytest.mark.rule("R-ID-1")
@given(number=resident_ids)
def test_valid_resident_ids_pass_and_carry_birth_and_gender(number: str) -> None:
    assert resident(number.lower()) == number
    born = identity.birth_date("resident_id", number)
    assert born is not None and f"{born:%Y%m%d}" == number[6:14]
    assert identity.gender_code("resident_id", number) == ("1" if number[16] in "13579" else "2")


def test_passports_carry_neither_birth_nor_gender() -> None:
    assert identity.birth_date("passport", "E12345678") is None
    assert identity.gender_code("hmt_permit", "H12345678") is None


@pytest.mark.rule("R-ID-1")
@given(number=resident_ids, at=st.integers(0, 17), char=st.sampled_from("0123456789X"))
def test_each_wrong_character_of_a_resident_id_is_caught(number: str, at: int, char: str) -> None:
    assume(number[at] != char)
    assert refuses(resident, number[:at] + char + number[at + 1 :])


@pytest.mark.rule("R-ID-1")
@given(number=resident_ids, at=st.integers(0, 16))
def test_each_swap_of_neighbours_in_a_resident_id_is_caught(number: str, at: int) -> None:
    assume(number[at] != number[at + 1])
    assert refuses(resident, swapped(number, at))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CREDIT, CREDIT),
        ("12100000400000624D", "12100000400000624D"),
        ("９１１１００００　６０００３７３４１ｌ", CREDIT),
        ("911100009100000000", None),
        ("91110000600037341", None),
        ("91110000600037341M", None),
        ("91110000600O37341L", None),
        ("91110000-60003734-1L-00", None),
        ("", None),
        ("01110000600037341" + codes.credit_code_check_character("01110000600037341"), None),
        ("911100A0600037341" + codes.credit_code_check_character("911100A0600037341"), None),
    ],
)
def test_credit_codes_by_hand(text: str, code: str | None) -> None:
    if code is None:
        assert refuses(codes.clean_credit_code, text) and not codes.credit_code_valid(text)
    else:
        assert codes.clean_credit_code(text) == code and codes.credit_code_valid(code)


def test_a_code_not_in_stored_form_is_not_valid_yet() -> None:
    assert not codes.credit_code_valid(CREDIT.lower())


def test_confused_letters_are_named() -> None:
    with pytest.raises(codes.CodeError, match="不含字母"):
        codes.clean_credit_code("91110000600O37341L")


def test_the_head_of_a_code_tells_who_registered_it() -> None:
    assert codes.credit_code_holder(CREDIT) == ("工商", "企业")
    assert codes.credit_code_holder("12100000400000624D") == ("机构编制", "事业单位")
    assert codes.credit_code_holder("54" + CREDIT[2:]) == ("民政", "")


@given(code=credit_codes)
def test_made_credit_codes_pass(code: str) -> None:
    assert codes.clean_credit_code(f" {code.lower()}") == code


@given(code=credit_codes, at=st.integers(0, 17), char=st.sampled_from(CREDIT_ALPHABET + "IOSVZ"))
def test_each_wrong_character_of_a_credit_code_is_caught(code: str, at: int, char: str) -> None:
    assume(code[at] != char)
    assert refuses(codes.clean_credit_code, code[:at] + char + code[at + 1 :])


@given(code=credit_codes, at=st.integers(0, 16))
def test_each_swap_of_neighbours_in_a_credit_code_is_caught(code: str, at: int) -> None:
    assume(code[at] != code[at + 1])
    assert refuses(codes.clean_credit_code, swapped(code, at))


@pytest.mark.rule("R-ID-1")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  张　三 ", "张三"),
        ("欧阳\u200b娜娜", "欧阳娜娜"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉･买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉‧买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉∙买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉⋅买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉․买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉﹒买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 . 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("A.买买提", "A·买买提"),
        ("J.R. Smith", "J.R. Smith"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("\ue863", "䶮"),
        ("\ue816", "𠂇"),
        ("\ue855", "𤇾"),
        ("\ue864", "龻"),
        ("张\ue81e", "张龴"),
        ("\uf9d1", "六"),
        ("葛\U000e0100", "葛"),
        ("葛\U000e01ef", "葛"),
        ("葛\ufe00\ufe0f", "葛"),
        ("张\x07三\t", "张三"),
        ("李１", "李1"),
        ("𬱖䶮喆", "𬱖䶮喆"),
        ("", ""),
    ],
)
def test_names_by_hand(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.rule("R-ID-1")
def test_spellings_of_one_name_are_the_same_and_other_names_are_not() -> None:
    assert same_name("阿卜杜拉•买买提", " 阿卜杜拉．买买提")
    assert same_name("John SMITH", "Ｊohn smith")
    assert same_name("王\ue863", "王䶮")
    assert not same_name("张喆", "张哲")
    assert not same_name("阿卜杜拉·买买提", "阿卜杜拉买买提")
    assert not same_name("李1", "李2")


@pytest.mark.rule("R-ID-1")
def test_the_private_use_row_is_that_of_the_national_standard() -> None:
    """Compare with the interpreter's codec (GB 18030-2000); the 14 characters that it may leave private stand here."""
    later = {
        0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
        0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
        0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    }  # fmt: skip
    trail_bytes = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for code_point, trail in zip(range(0xE815, 0xE865), trail_bytes, strict=True):
        decoded = ord(bytes([0xFE, trail]).decode("gb18030"))
        assert ord(identity.PRIVATE_USE[code_point]) == later.get(code_point, decoded)


def test_the_private_use_punctuation_of_2022_is_the_vertical_forms() -> None:
    expected = [0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19]
    assert [ord(identity.PRIVATE_USE[point]) for point in range(0xE78D, 0xE797)] == expected


names = st.text(
    st.one_of(
        st.sampled_from("·・•.． 　张三欧阳Aaé\u0301\u200b\ue863\ue816"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=12,
)


@pytest.mark.rule("R-ID-1")
@given(name=names)
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    assert clean_name(clean_name(name)) == clean_name(name)
    assert same_name(name, clean_name(name))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800000000", "13800000000"),
        ("+86 199-0000-0001", "19900000001"),
        ("8619900000001", "19900000001"),
        ("１９９００００００００１", None),
        ("１９９００００００１２", "19900000012"),
        ("12800000000", None),
        ("1990000000", None),
        ("199000000001", None),
        ("010-62510000", None),
    ],
)
def test_mobiles_by_hand(text: str, number: str | None) -> None:
    if number is None:
        assert refuses(codes.clean_mobile, text)
    else:
        assert codes.clean_mobile(text) == number and codes.mobile_valid(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("010-62510000", "010-62510000"),
        ("（010）6251 0000", "010-62510000"),
        ("+86 10 6251 0000", "010-62510000"),
        ("0086-755-26510000", "0755-26510000"),
        ("03118888777", "0311-8888777"),
        ("0311-8888777", "0311-8888777"),
        ("01062510000转801", "010-62510000-801"),
        ("010-62510000-801", "010-62510000-801"),
        ("400-810-1234", "4008101234"),
        ("+86 19900000001", "19900000001"),
        ("62510000", None),
        ("010-12510000", None),
        ("001-62510000", None),
        ("电话", None),
    ],
)
def test_phones_by_hand(text: str, number: str | None) -> None:
    if number is None:
        assert refuses(codes.clean_phone, text)
    else:
        assert codes.clean_phone(text) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Zhang.San@Example.COM ", "Zhang.San@example.com"),
        ("a+b@mail.example.com.cn", "a+b@mail.example.com.cn"),
        ("ａ@example.com", "a@example.com"),
        ("a@b", None),
        ("a..b@example.com", None),
        (".a@example.com", None),
        ("a@-example.com", None),
        ("a@@example.com", None),
        ("张三@example.com", None),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a" * 65 + "@example.com", None),
        ("a" * 7 + "@" + f"{'b' * 60}." * 4 + "cn", "a" * 7 + "@" + f"{'b' * 60}." * 4 + "cn"),
        ("a" * 8 + "@" + f"{'b' * 60}." * 4 + "cn", None),
        ("a@" + ".".join(["b" * 60] * 5) + ".com", None),
        ("a b@example.com", None),
        ("", None),
    ],
)
def test_emails_by_hand(text: str, address: str | None) -> None:
    if address is None:
        assert refuses(codes.clean_email, text)
    else:
        assert codes.clean_email(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [("100072", "100072"), ("１０００７２", "100072"), ("010 020", "010020"), ("999077", "999077")]
    + [(bad, None) for bad in ("000000", "10007", "1000720", "900000", "999999", "ABCDEF", "")],
)
def test_postcodes_by_hand(text: str, code: str | None) -> None:
    if code is None:
        assert refuses(codes.clean_postcode, text)
    else:
        assert codes.clean_postcode(text) == code


@given(text=st.text(string.printable + "０１２３转·。张", max_size=24))
def test_whatever_is_typed_gets_an_answer_or_a_chinese_sentence(text: str) -> None:
    for clean in (
        codes.clean_credit_code,
        codes.clean_mobile,
        codes.clean_phone,
        codes.clean_email,
        codes.clean_postcode,
    ):
        if not refuses(clean, text):
            assert clean(clean(text)) == clean(text)
    for kind in IdentityKind:
        refuses(lambda value, kind=kind: clean_id_number(kind, value), text)
