import random

import pytest

from membership.rules.leitweg import LeitwegError, check_digits, parse_leitweg_id

# Published examples: format specification of KoSIT and test numbers of public receivers.
PUBLISHED = ["04011000-1234512345-06", "04011000-900X999-08", "991-33333TEST-33", "992-90009-96", "09564000-NUE0001-49"]


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_numbers_are_right(text):
    assert parse_leitweg_id(text) == text
    assert check_digits(text[:-3]) == text[-2:]


def test_small_letters_and_blanks_around_are_put_right():
    assert parse_leitweg_id(" 991-33333test-33 ") == "991-33333TEST-33"


def test_a_number_without_fine_address_is_possible():
    assert parse_leitweg_id("05-" + check_digits("05")) == "05-" + check_digits("05")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "991",
        "991-33",
        "991-33333TEST",
        "9-33333TEST-33",
        "1234567890123-1-00",
        "99A-33333-11",
        "991-33333_TEST-33",
        "991-ÄÖ-33",
        "991--33",
        "991-33333TEST-3",
        "٩٩١-33333TEST-33",
        "991-" + "1" * 31 + "-00",
        "991-33333TEST-33\n991",
    ],
)
def test_what_has_not_the_form_is_refused(text):
    with pytest.raises(LeitwegError):
        parse_leitweg_id(text)


def test_every_single_wrong_sign_and_every_swap_of_neighbours_is_found():
    """What ISO 7064 MOD 97-10 promises for digits."""
    number = "04011000-1234512345-06"
    for place, sign in enumerate(number):
        if sign == "-":
            continue
        for digit in "0123456789":
            if digit != sign:
                with pytest.raises(LeitwegError):
                    parse_leitweg_id(number[:place] + digit + number[place + 1 :])
        following = number[place + 1 : place + 2]
        if following.isdigit() and following != sign:
            with pytest.raises(LeitwegError):
                parse_leitweg_id(number[:place] + following + sign + number[place + 2 :])


def test_exactly_one_pair_of_check_digits_is_right():
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(20):
        address = f"{rng.randint(10, 10**8)}-{''.join(rng.choices('ABCXYZ0123456789', k=8))}"
        right = []
        for check in range(100):
            try:
                right.append(parse_leitweg_id(f"{address}-{check:02d}"))
            except LeitwegError:
                continue
        assert right == [f"{address}-{check_digits(address)}"], seed
