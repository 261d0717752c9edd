import copy
import json
import os
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from committees.rules.describe import choice_effects, describe, majority_words, missing_effect, share_words
from committees.rules.presets import EQUAL_SIMPLE, PRESETS, VWVFG
from committees.rules.rule_set import (
    LAENDER,
    Abstention,
    Also,
    AlsoKind,
    Approval,
    Base,
    Binds,
    Choice,
    Circular,
    Compare,
    Group,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    MinutesRule,
    Missing,
    Named,
    Notice,
    Proxies,
    ProxyKind,
    Quorum,
    QuorumOf,
    Reservation,
    RuleError,
    Rules,
    Secrecy,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
    Unit,
    WeightKind,
    Weights,
)

from .cases import random_ballot, random_rules

SIMPLE = EQUAL_SIMPLE.rules
HALF = Share(Compare.MORE_THAN, Fraction(1, 2))


ALL = Majority(MajorityKind.ALL)
BUND = Named("p0", "Bund")
BY_BUND = Also(AlsoKind.CONSENT, partner=BUND)
LAENDER_ALONE = Group("Länder", ("land",))
ON_DEMAND = Secrecy(demand=Turnout(number=3))


def by_key(code: str) -> Also:
    return Also(AlsoKind.KEY, share=HALF, key=code)


def of_group(name: str, *types: str) -> Also:
    return Also(AlsoKind.GROUP, group=Group(name, types))


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
    assert {key: preset.name.de for key, preset in PRESETS.items()} == {
        "vwvfg": "gesetzlicher Standard (VwVfG §§ 88–93)",
        "equal_simple": "gleiche Stimme, einfache Mehrheit",
        "double_majority": "doppelte Mehrheit nach Schlüssel",
        "objection": "Widerspruchsregel",
        "unanimity_fallback": "Einstimmigkeit mit Rückfall",
        "lazy_consensus": "technische Abstimmung (lazy consensus)",
    }
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
        ({"circular": Circular(is_chair_needed=True), "chair_has_vote": False}, "Umlauf und Vorsitz"),
        ({"stages": (Stage(2, after=StageAfter.TIE),)}, "Stufen und Stimmengleichheit"),
        ({"majority": ALL, "tie": Tie.NEW_BALLOT, "stages": (Stage(2, after=StageAfter.TIE),)}, "mehr als die Hälfte"),
        ({"stages": (Stage(3), Stage(2))}, "Stufen"),
        ({"stages": (Stage(2, base=Base.CAST),)}, "Mehrheit und Bezugsgröße"),
        ({"also": (by_key("a"), by_key("b"))}, "nicht nach mehreren"),
        ({"also": (of_group("Städte", "city"), of_group("Städte", "county"))}, "denselben Namen"),
        ({"also": (BY_BUND, BY_BUND)}, "doppelt"),
        ({"secrecy": ON_DEMAND, "is_reason_needed_for_no": True}, "Begründung und Geheimhaltung"),
        ({"secrecy": ON_DEMAND, "weights": Weights(WeightKind.LISTED, key="a")}, "Stimmgewicht und Geheimhaltung"),
        ({"secrecy": ON_DEMAND, "also": (BY_BUND,)}, "Zweite Bedingung und Geheimhaltung"),
        ({"secrecy": ON_DEMAND, "binds": Binds.AGREEING}, "Bindung und Geheimhaltung"),
        ({"secrecy": ON_DEMAND, "reservation": Reservation(is_allowed=True)}, "Vorbehalt und Geheimhaltung"),
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
        lambda: Majority(MajorityKind.NO_OBJECTION),
        lambda: Majority(MajorityKind.SIMPLE, objections=2),
        lambda: Majority(minimum_yes=0),
        lambda: Quorum(is_lifted_by_second_invitation=True),
        lambda: Quorum(waits_minutes=30),
        lambda: Quorum(Turnout(HALF), waits_minutes=0),
        lambda: Quorum(partners=(BUND, BUND)),
        lambda: Weights(WeightKind.LISTED),
        lambda: Weights(key="a"),
        lambda: Weights(WeightKind.STEPS, key="a"),
        lambda: Weights(WeightKind.STEPS, key="a", step=Fraction(0)),
        lambda: Weights(WeightKind.LISTED, key="a", base=1),
        lambda: Also(AlsoKind.KEY, share=HALF),
        lambda: Also(AlsoKind.SHARE, share=HALF),
        lambda: Also(AlsoKind.GROUP, share=HALF, number=2, group=LAENDER_ALONE),
        lambda: Also(AlsoKind.CONSENT),
        lambda: Stage(1),
        lambda: Notice(amount=7, urgent_amount=7),
        lambda: Secrecy(is_allowed=False, demand=Turnout(number=3)),
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


def turned(ballot, index: int, vote: str | None) -> str:
    """The outcome where one partner votes otherwise."""
    partners = [dict(partner) for partner in ballot.partners]
    partners[index]["vote"] = vote
    return replace(ballot, partners=partners).decide().outcome


RANK = {"rejected": 0, "undecided": 1, "tie": 1, "adopted": 2}


def is_asked(partner):
    return not partner["excluded"] and partner["weight"] > 0


def test_what_an_abstention_is_said_to_do_is_what_it_does():
    """Where it is said to work like no, it must; where it is said not to count, it must not."""
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    met = Counter()
    while min((met[word] for word in ("wie Nein", "zählt hier nicht", "kein Widerspruch.")), default=0) < 40:
        ballot = random_ballot(rng)
        rules = ballot.rules.at_ballot(ballot.number)
        index = rng.randrange(len(ballot.partners))
        # Who has no vote is not on the roll; nothing is said to it.
        if rules.abstention is Abstention.FORBIDDEN or not is_asked(ballot.partners[index]):
            continue
        said = choice_effects(rules, ballot.way, partner=f"p{index}", is_chair=ballot.chair == f"p{index}")
        abstaining, against, absent = (turned(ballot, index, vote) for vote in ("abstain", "no", None))
        if abstaining not in RANK:
            continue
        if "wirkt hier wie Nein" in said[Choice.ABSTAIN].de and "tie" not in (abstaining, against):
            met["wie Nein"] += 1
            # Against it may make a tie that the chair breaks; then it is not worse than the abstention.
            assert RANK[abstaining] <= RANK[against], (seed, ballot, index)
            assert (abstaining == "adopted") <= (against == "adopted"), (seed, ballot, index)
        if "zählt hier nicht mit" in said[Choice.ABSTAIN].de and rules.missing is Missing.NOT_CAST and absent in RANK:
            met["zählt hier nicht"] += 1
            assert abstaining == absent, (seed, ballot, index)
        if said[Choice.ABSTAIN].de == "Enthaltung ist kein Widerspruch." and absent in RANK:
            met["kein Widerspruch."] += 1
            assert abstaining == turned(ballot, index, "yes"), (seed, ballot, index)


def test_what_is_said_to_prevent_a_resolution_prevents_it():
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    met = 0
    while met < 300:
        ballot = random_ballot(rng)
        rules = ballot.rules.at_ballot(ballot.number)
        index = rng.randrange(len(ballot.partners))
        if not is_asked(ballot.partners[index]):
            continue
        key = f"p{index}"
        effects = choice_effects(rules, ballot.way, partner=key)
        said = {choice.value: sentence.de for choice, sentence in effects.items()}
        said[None] = missing_effect(rules, ballot.way, partner=key).de
        for vote, words in said.items():
            if "verhindert den Beschluss" in words or "kommt kein Beschluss zustande" in words.partition(";")[0]:
                met += 1
                assert turned(ballot, index, vote) != "adopted", (seed, vote, words, ballot, index)


@pytest.mark.parametrize(
    ("changes", "around", "choice", "words"),
    [
        ({}, {}, Choice.NO, "Nein zählt gegen die Vorlage."),
        ({"majority": Majority(MajorityKind.NO_OBJECTION, objections=2)}, {}, Choice.NO, "Mehr als 2 verhindern"),
        (
            {"majority": Majority(MajorityKind.NO_OBJECTION, objections=0)},
            {},
            Choice.NO,
            "Nein ist hier ein Widerspruch",
        ),
        (
            {"majority": Majority(MajorityKind.NO_OBJECTION, objections=0)},
            {},
            Choice.YES,
            "nur auf die Widersprüche an",
        ),
        ({"also": (BY_BUND,)}, {"partner": "p0"}, Choice.NO, "Die Zustimmung dieses Partners ist nötig"),
        ({"also": (BY_BUND,)}, {"partner": "p0"}, Choice.ABSTAIN, "Enthaltung verhindert den Beschluss"),
        ({"also": (BY_BUND,)}, {"partner": "p1"}, Choice.ABSTAIN, "zählt hier nicht mit"),
        ({"also": (Also(AlsoKind.NO_VETO, partner=BUND),)}, {"partner": "p0"}, Choice.NO, "Gegen diesen Partner"),
        ({"tie": Tie.CHAIR}, {"is_chair": True}, Choice.YES, "Die Stimme des Vorsitzes entscheidet"),
        ({"tie": Tie.CHAIR}, {"is_chair": True}, Choice.ABSTAIN, "Der Vorsitz hat nicht entschieden"),
        ({"is_reason_needed_for_no": True}, {}, Choice.NO, "Ein Nein braucht eine Begründung."),
        ({"also": (by_key("a"),)}, {}, Choice.ABSTAIN, "an der Zustimmung, die außerdem nötig ist, fehlt sie"),
    ],
)
def test_a_voter_reads_what_the_choice_does_under_these_rules(changes, around, choice, words):
    assert words in choice_effects(replace(SIMPLE, **changes), "meeting", **around)[choice].de


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"weights": Weights(WeightKind.LISTED, key="stimmen", cap=3)},
            "wie der Schlüssel stimmen für ihn nennt, höch",
        ),
        (
            {"weights": Weights(WeightKind.STEPS, key="anteil", step=Fraction(3))},
            "Jeder Partner hat eine Stimme je angefangene 3 seines Werts im Schlüssel anteil.",
        ),
        (
            {"weights": Weights(WeightKind.STEPS, key="t", step=Fraction(300_000), free=Fraction(300_000), base=1)},
            "eine Stimme und eine weitere je angefangene 300.000 seines Werts im Schlüssel t, die sein Wert 300.000",
        ),
        ({"quorum": Quorum(Turnout(HALF), waits_minutes=30)}, "30 Minuten nach dem angekündigten Beginn"),
        ({"quorum": Quorum(Turnout(HALF), counts=QuorumOf.PARTICIPATION)}, "abstimmen; eine Enthaltung zählt als Teil"),
        ({"quorum": Quorum(is_chair_needed=True, partners=(BUND,))}, "Bund muss abstimmen"),
        (
            {"majority": Majority(MajorityKind.NO_OBJECTION, objections=10)},
            "höchstens 10 Partner mit Nein widersprechen",
        ),
        ({"majority": Majority(minimum_yes=4)}, "Mit weniger als 4 Ja-Stimmen verfällt sie."),
        ({"also": (by_key("koenigstein"),)}, "auf die mehr als die Hälfte der Anteile nach dem Schlüssel koenigstein"),
        ({"also": (of_group("Länder", "land"),)}, "in der Gruppe „Länder“ mehr Partner mit Ja als mit Nein stimmen"),
        ({"also": (BY_BUND,)}, "Außerdem ist nötig, dass Bund mit Ja stimmt."),
        ({"also": (Also(AlsoKind.NO_VETO, partner=BUND),)}, "dass Bund nicht mit Nein stimmt."),
        (
            {"tie": Tie.NEW_BALLOT, "stages": (Stage(2, after=StageAfter.TIE, tie=Tie.CHAIR, wait_days=14),)},
            "Nach Stimmengleichheit folgt ein weiterer Wahlgang; ab dem 2. Wahlgang, frühestens 14 Tage später, gilt: ",
        ),
        ({"binds": Binds.AGREEING}, "bindet nur die Partner, die zugestimmt haben"),
        ({"circular": Circular(consent=Turnout(HALF))}, "wer abstimmt, stimmt ihm zu"),
        ({"circular": Circular(is_chair_needed=True)}, "Im Umlauf muss der Vorsitz abstimmen."),
        ({"notice": Notice(amount=10, urgent_amount=3)}, "In dringenden Fällen beträgt sie 3 Tage."),
        ({"proxies": Proxies(ProxyKind.PARTNERS, 2)}, "jeder vertritt höchstens 2 andere"),
        ({"secrecy": ON_DEMAND}, "wenn mindestens 3 Partner es verlangen"),
        ({"secrecy": Secrecy(is_allowed=False)}, "Geheime Abstimmungen sind nicht zulässig."),
        ({"reservation": Reservation(is_allowed=True, days=60)}, "innerhalb von 60 Tagen aufzuheben"),
        ({"minutes": MinutesRule(approval=Approval.RESOLUTION)}, "Genehmigt wird sie durch Beschluss."),
        ({"is_conflict_decided_by_body": True}, "entscheidet im Zweifel das Gremium ohne ihn"),
    ],
)
def test_every_setting_is_said(changes, words):
    rules = replace(SIMPLE, **changes)
    assert words in german(describe(rules))
    assert german(describe(rules)) != german(describe(SIMPLE))


def test_where_votes_must_be_known_none_is_secret():
    assert SIMPLE.is_secrecy_possible
    for changes in (
        {"secrecy": Secrecy(is_allowed=False)},
        {"weights": Weights(WeightKind.LISTED, key="a")},
        {"also": (BY_BUND,)},
        {"binds": Binds.AGREEING},
        {"is_reason_needed_for_no": True},
    ):
        rules = replace(SIMPLE, **changes)
        assert not rules.is_secrecy_possible
        assert "Geheim kann abgestimmt werden" not in german(describe(rules))


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
