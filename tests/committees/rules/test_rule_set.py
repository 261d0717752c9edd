import copy
import json
import os
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from committees.rules.describe import choice_effects, describe, majority_words, missing_effect, share_words
from committees.rules.presets import EQUAL_SIMPLE, PRESETS, VWVFG
from committees.rules.rule_set import (
    LAENDER,
    Abstention,
    Base,
    Choice,
    Circular,
    Compare,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    Missing,
    Notice,
    RuleError,
    Rules,
    Share,
    Tie,
    Turnout,
    Unit,
)
from committees.rules.verdict import Count, decide

from .cases import random_rules

SIMPLE = EQUAL_SIMPLE.rules
HALF = Share(Compare.MORE_THAN, Fraction(1, 2))


def german(sentences) -> str:
    return " ".join(sentence.de for sentence in sentences)


def test_rules_survive_the_way_through_json():
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(500):
        rules = random_rules(rng)
        assert Rules.from_data(json.loads(json.dumps(rules.to_data()))) == rules


def test_the_presets_read_back_and_carry_their_names():
    assert set(PRESETS) == {"vwvfg", "equal_simple"}
    assert PRESETS["vwvfg"].name.de == "gesetzlicher Standard (VwVfG §§ 88–93)"
    assert PRESETS["equal_simple"].name.de == "gleiche Stimme, einfache Mehrheit"
    for key, preset in PRESETS.items():
        assert preset.key == key
        assert Rules.from_data(preset.rules.to_data()) == preset.rules


def paths(data, prefix=()):
    for key, value in data.items():
        yield (*prefix, key)
        if isinstance(value, dict):
            yield from paths(value, (*prefix, key))


def at(data, path):
    for key in path:
        data = data[key]
    return data


@pytest.mark.parametrize("path", list(paths(VWVFG.rules.to_data())))
def test_a_missing_setting_is_named(path):
    data = VWVFG.rules.to_data()
    del at(data, path[:-1])[path[-1]]
    with pytest.raises(RuleError, match=f"„{path[-1]}“ fehlt"):
        Rules.from_data(data)


@pytest.mark.parametrize(
    "place",
    [(), ("quorum",), ("majority",), ("circular",), ("circular", "participation"), ("notice",), ("late_items",)],
)
def test_an_unknown_setting_is_named(place):
    data = VWVFG.rules.to_data()
    at(data, place)["surprise"] = 1
    with pytest.raises(RuleError, match="„surprise“ ist unbekannt"):
        Rules.from_data(data)


@pytest.mark.parametrize("path", list(paths(VWVFG.rules.to_data())))
@pytest.mark.parametrize("value", ["nonsense", 1.5, [], {}, -1, 10**9, "½", ["x"]])
def test_a_value_of_another_kind_never_passes(path, value):
    data = copy.deepcopy(VWVFG.rules.to_data())
    at(data, path[:-1])[path[-1]] = value
    if value == [] and isinstance(at(VWVFG.rules.to_data(), path), list):
        assert Rules.from_data(data).to_data() == data
        return
    if path[-1] in ("number", "objections_to_stop", "minimum_yes", "most_held") and value == 10**9:
        return  # absurd but consistent: nobody could ever reach it, and the page says so
    with pytest.raises(RuleError):
        Rules.from_data(data)


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(RuleError):
        Rules.from_data(data)


def test_another_format_is_refused():
    with pytest.raises(RuleError, match="konvent-rules/2"):
        Rules.from_data({**VWVFG.rules.to_data(), "format": "konvent-rules/2"})


@pytest.mark.parametrize("fraction", ["0/1", "3/2", "1/0", "-1/2", "1", "0.5", "1 /2", "²/3", "1/10000000000"])
def test_an_impossible_fraction_is_refused(fraction):
    data = VWVFG.rules.to_data()
    data["quorum"]["turnout"]["share"]["fraction"] = fraction
    with pytest.raises(RuleError):
        Rules.from_data(data)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"base": Base.CAST, "abstention": Abstention.IN_BASE}, "einfache Mehrheit"),
        ({"abstention": Abstention.IN_BASE}, "Enthaltung und Bezugsgröße"),
        ({"base": Base.ROLL, "majority": Majority(MajorityKind.ALL)}, "Enthaltung und Bezugsgröße"),
        ({"abstention": Abstention.FORBIDDEN, "missing": Missing.ABSTENTION}, "Fehlende Stimme und Enthaltung"),
        ({"tie": Tie.CHAIR, "chair_has_vote": False}, "Stimmengleichheit und Vorsitz"),
        ({"missing": Missing.CONSENT, "circular": Circular(is_unanimity_needed=True)}, "Umlauf und fehlende Stimme"),
        ({"circular": Circular(is_unanimity_needed=True, participation=Turnout(HALF))}, "Mindestteilnahme"),
    ],
)
def test_contradictions_are_refused_and_named(change, word):
    with pytest.raises(RuleError, match=word):
        replace(SIMPLE, **change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Share(Compare.MORE_THAN, Fraction(1)),
        lambda: Share(Compare.AT_LEAST, Fraction(0)),
        lambda: Turnout(number=0),
        lambda: Majority(MajorityKind.SHARE),
        lambda: Majority(MajorityKind.SIMPLE, HALF),
        lambda: Circular(objections_to_stop=0),
        lambda: Circular(minimum_days=-1),
        lambda: Circular(reminder_days=(1, 3)),
        lambda: Circular(reminder_days=(3, 3)),
        lambda: Circular(reminder_days=(0,)),
        lambda: Notice(amount=-1),
        lambda: Notice(land="XX"),
        lambda: Notice(unit=Unit.WORKING_DAYS),
        lambda: Notice(is_end_moved=True),
        lambda: LateItems(LateKind.UNTIL_DAYS_BEFORE),
        lambda: LateItems(LateKind.NOT_ALLOWED, 3),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(RuleError) as caught:
        make()
    assert str(caught.value) == caught.value.sentence.de
    assert caught.value.sentence.en


def test_there_are_sixteen_laender():
    assert len(LAENDER) == 16


def test_needed_is_the_smallest_number_that_does():
    for compare in Compare:
        for below in range(1, 8):
            for above in range(1, below + (compare is Compare.AT_LEAST)):
                share = Share(compare, Fraction(above, below))
                for base in range(1, 40):
                    reached = [
                        number
                        for number in range(1, base + 2)
                        if (
                            number * below > above * base
                            or (compare is Compare.AT_LEAST and number * below == above * base)
                        )
                    ]
                    assert share.needed(base) == reached[0]


# In plain words


def test_the_statutory_default_is_said_in_plain_words():
    said = german(describe(VWVFG.rules))
    for words in (
        "mehr als die Hälfte der stimmberechtigten Partner und mindestens 3 teilnehmen",
        "Nach einer zweiten Einladung",
        "mehr Partner mit Ja als mit Nein",
        "Enthaltungen zählen bei der Mehrheit nicht mit.",
        "entscheidet die Stimme des Vorsitzes",
        "Widerspricht ein Partner dem Umlauf",
        "3 Tage und 1 Tag vor Ablauf der Frist",
        "Die Ladungsfrist beträgt 14 Tage",
        "Befangene Partner",
    ):
        assert words in said


def test_any_rules_are_described_in_whole_sentences_in_both_languages():
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(500):
        rules = random_rules(rng)
        for way in ("meeting", "circular"):
            effects = choice_effects(rules, way)
            assert set(effects) >= {Choice.YES, Choice.NO}
            assert (Choice.ABSTAIN in effects) == (rules.abstention is not Abstention.FORBIDDEN)
            for sentence in (*effects.values(), missing_effect(rules, way), *describe(rules)):
                for text in (sentence.de, sentence.en):
                    assert text.endswith(".")
                    assert "  " not in text
                    assert "None" not in text


def test_what_an_abstention_is_said_to_do_is_what_it_does():
    """Where it is said to work like no, it must; where it is said not to count, it must not."""
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    tried = 0
    while tried < 500:
        rules = random_rules(rng)
        if rules.abstention is Abstention.FORBIDDEN or not rules.circular.is_allowed:
            continue
        tried += 1
        way = rng.choice(["meeting", "circular"])
        said = choice_effects(rules, way)[Choice.ABSTAIN].de
        yes, no, more = rng.randint(0, 6), rng.randint(0, 6), rng.randint(1, 3)
        with_them = Count(yes + no + more, yes, no, more, 0, 0)
        as_no = Count(yes + no + more, yes, no + more, 0, 0, 0)
        is_adopted = decide(rules, with_them, way=way).outcome == "adopted"
        if "wirkt hier wie Nein" in said:
            assert is_adopted == (decide(rules, as_no, way=way, chair_choice="no").outcome == "adopted")
        else:
            without = Count(yes + no + more, yes, no, 0, more, 0)
            if "no_quorum" not in (decide(rules, without, way=way).outcome, decide(rules, with_them, way=way).outcome):
                rules = replace(rules, missing=Missing.NOT_CAST)
                assert is_adopted == (decide(rules, without, way=way).outcome == "adopted")


@pytest.mark.parametrize(
    ("share", "de", "en"),
    [
        (HALF, "mehr als die Hälfte", "more than half"),
        (Share(Compare.AT_LEAST, Fraction(2, 3)), "mindestens zwei Drittel", "at least two thirds"),
        (Share(Compare.AT_LEAST, Fraction(11, 16)), "mindestens 11/16", "at least 11/16"),
        (Share(Compare.AT_LEAST, Fraction(1)), "alle", "all"),
    ],
)
def test_shares_are_said_as_people_say_them(share, de, en):
    assert (share_words(share).de, share_words(share).en) == (de, en)


def test_a_majority_of_the_roll_is_said_so():
    rules = replace(SIMPLE, majority=Majority(MajorityKind.SHARE, HALF), base=Base.ROLL, abstention=Abstention.IN_BASE)
    assert majority_words(rules).de == (
        "Eine Vorlage ist angenommen, wenn mehr als die Hälfte aller stimmberechtigten Partner mit Ja stimmen."
    )
    assert "wirkt hier wie Nein" in choice_effects(rules, "meeting")[Choice.ABSTAIN].de


def test_silence_that_consents_carries_a_warning():
    assert missing_effect(replace(SIMPLE, missing=Missing.CONSENT), "circular").de.startswith("Achtung:")


def test_a_sentence_speaks_the_language_asked_for():
    sentence = VWVFG.name
    assert sentence.text("en-gb") == sentence.en
    assert sentence.text("de") == sentence.text(None) == sentence.text("fr") == str(sentence) == sentence.de
