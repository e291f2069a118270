# ruff: noqa: E501 (tables: one case a line)
"""Reading packs: what is read, and what is refused with file, line, key and what to write."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.reading import PackError, canonical_form, pack_files, policy_from_canonical, read_pack
from tests.policy.packs import SMALL


def refusal(text: str) -> str:
    with pytest.raises(PackError) as caught:
        read_pack(text, name="small.yaml")
    return str(caught.value)


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def line_of(words: str, text: str = SMALL) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_sound_pack_is_read():
    pack = read_pack(SMALL, name="small.yaml")

    assert pack.policy.code == "small-2030"
    assert pack.policy.schemes["risk"].criteria[0].limits[0].up_to == Decimal(50000)
    assert pack.policy.field("field-name").core == "name"


WRONG = [
    # what is written instead, key, what the message tells to write
    ("up_to: 50000", "up_to: 50k", "schemes.risk.criteria[0].limits[0].up_to", 'write a number of £ a year, such as 50000, not "50k"'),
    ("up_to: 50000", "up_to: true", "schemes.risk.criteria[0].limits[0].up_to", "write a number of £ a year, such as 50000, not true"),
    ("title: A small policy", "titel: A small policy", "titel", "write title instead, or take it out"),
    ("title: A small policy", "subject: A small policy", "title", "write this key: it is needed here"),
    ("label: Money", "label:", "schemes.risk.criteria[0].label", "write words here: it is empty"),
    ('version: "1"', "version: 1", "version", 'write words; put quotes round a number, such as "1"'),
    ('version: "1"', 'version: "one"', "version", 'write a version number in quotes, such as "1" or "2.1", not "one"'),
    ("code: small-2030", "code: Small 2030", "code", 'write small letters, figures and hyphens, such as brk-c01, not "Small 2030"'),
    ("core: name", "core: naam", "fields[0].core", "write one of name, "),
    ("kind: body}\n  - {id: exec", "kind: boddy}\n  - {id: exec", "roles[1].kind", "officer, member, body"),
    ("section: identity, label: Name", "section: identiti, label: Name", "fields[0].section", 'write the id of a section of this pack, not "identiti"'),
    ("role: executive", "role: scrutiny", "routes[0].steps[2].role", "write the id of a role that exists in this policy, not \"scrutiny\""),
    ("one_of: [false]", "one_of: [maybe]", "questionnaires[0].sections[0].questions[1].asked_when.one_of", "write one of false, true, not maybe"),
    ("question: first, one_of", "question: third, one_of", "questionnaires[0].sections[0].questions[1].asked_when.question", "write the id of a question"),
    ("id: second", "id: first", "questionnaires[0].sections[0].questions[1].id", 'write an id of its own: "first" is used in'),
    ("fact: unbudgeted_a_year", "fact: unbudgeted", "routes[0].steps[2].when.every[0].fact", 'such as contribution_a_year, or the id of a number, money, hours, yes_no or choice field of this pack, not "unbudgeted"'),
    ("unit: £ a year", "unit: £ a month", "schemes.risk.criteria[0].unit", 'write "£ a year", the unit of contribution_a_year'),
    ("words: {low: a little, high: a lot}", "words: {low: a little}", "schemes.risk.criteria[0].words", "write what high means here"),
    ("{level: low, up_to: 50000}", "{level: low}", "schemes.risk.criteria[0].limits[0]", "write below or up_to, one of them"),
    ("          - {level: high}\n", "          - {level: high, up_to: 9}\n", "schemes.risk.criteria[0].limits[1]", "take the end out: the last limit has none"),
    ("          - {level: high}\n", "", "schemes.risk.criteria[0].limits", "write one limit for each level in order: low, high"),
    ("facts: {contribution_a_year: 60000}", "facts: {contribution: 60000}", "examples[0].facts.contribution", "write the id of a fact"),
    ("levels: {money: high}", "levels: {monet: high}", "examples[0].expect.levels", 'write the id of a criterion of this pack, not "monet"'),
    ("type: number}", "type: choice}", "fields[1].type", "name the list, scale or scheme that the choice offers (one)"),
    ("clause: Section 6", "clause: Section 6\n        after: money-step", "routes[0].steps[2].after", 'break the loop: "money-step" waits for a step that waits for it'),
    ("title: A small policy", "title: [A, small, policy]", "title", "write words, not a list"),
    ("tests:\n    - {id: test-1, question: Are there two bodies?}", "tests: none", "definition.tests", "write a list, each entry on a line of its own after a hyphen"),
    ("code: small-2030", "code: small-2030\noutcomes: [{id: yes-please, label: Join, kind: join, becomes: joined}]", "outcomes[0].becomes", "proposed, active, leaving"),
    ("    purpose: join\n", "", "routes[0].purpose", "write this key: it is needed here"),
    ("title: Propose, role: lead_officer, act: do, clause: Section 5}", "title: Propose, role: lead_officer, act: do, clause: Section 5, after: decide}\n      - {id: other, title: Other, role: lead_officer, act: do, clause: Section 5, after: propose}", "routes[0].steps[0].after", 'break the loop: "propose" waits for a step that waits for it'),
    ("role: executive", "role: mayor", "routes[0].steps[2].role", "area_bodies, partner_viewer or public_viewer, not \"mayor\""),
    ("- {level: low, up_to: 50000}\n          - {level: high}", "- {level: high, up_to: 50000}\n          - {level: high}", "schemes.risk.criteria[0].limits", "write one limit for each level in order: low, high"),
    ("id: blue", "id: red", "lists[0].values[1].id", 'write an id of its own: "red" stands above'),
    ("id: field-partners", "id: field-name", "fields[1].id", 'write an id of its own: "field-name" is used in fields[0] already'),
    ("{level: low, up_to: 50000}", "{level: low, up_to: 50,000}", "schemes.risk.criteria[0].limits[0].000", "without a comma, such as 5000, not 5,000"),
    ("act: decide, clause: Section 5", "act: decide, clause: Section 5, outcomes: [join]", "routes[0].steps[1].outcomes", 'write the id of an outcome of this pack, not "join"'),
    ("force: guidance", "force: mandatory", "questionnaires[0].force", 'compulsory, expected or guidance, not "mandatory"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "message"), WRONG, ids=[f"{row[2]}: {row[1][:24]}" for row in WRONG])
def test_what_does_not_fit_is_refused_with_its_place_and_what_to_write(old, new, key, message):
    said = refusal(changed(old, new))

    first = next((line for line in said.splitlines() if f", {key}: " in line), None)
    assert first, said
    assert first.startswith("small.yaml, line ")
    assert message in first
    number = int(first.removeprefix("small.yaml, line ").split(",")[0])
    last_key = key.split(".")[-1].split("[")[0]
    text = changed(old, new).splitlines()
    assert last_key in text[number - 1] or message.startswith("write this key") or "- {" in text[number - 1]


def test_the_line_is_the_one_where_the_key_stands():
    said = refusal(changed("up_to: 50000", "up_to: 50k"))

    assert said.splitlines()[0].startswith(f"small.yaml, line {line_of('up_to: 50000')}, ")


def test_weights_without_bands_say_what_bands_are():
    said = refusal(changed("{method: highest,", "{method: weighted,"))

    assert "write one band for each level, lowest first, each but the last with up_to: low, high" in said


def test_limits_must_ascend():
    text = SMALL.replace(
        "levels: [{id: low, label: Low}, {id: high, label: High}]",
        "levels: [{id: low, label: Low}, {id: medium, label: Medium}, {id: high, label: High}]",
    ).replace("words: {low: a little, high: a lot}", "words: {low: a little, medium: some, high: a lot}")
    text = text.replace(
        "- {level: low, up_to: 50000}", "- {level: low, up_to: 50000}\n          - {level: medium, up_to: 50000}"
    )

    said = refusal(text)

    assert "schemes.risk.criteria[0].limits[1].up_to: write a figure above 50000, where the limit before ends" in said


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title: A small policy", "title: A small policy\ntitle: Another", 4, "title: write title once: it stands in line 3 already"),
        ("title: A small policy", "title: &name A small policy", 3, "title: take &name out: anchors are not read"),
        ("title: A small policy", "title: !!str A small policy", 3, "title: take tag:yaml.org,2002:str out: tags are not read"),
        ("title: A small policy", "title: {<<: *name}", 3, "title.<<: write the value out here: aliases (*) are not read"),
        ("code: small-2030", "%TAG ! tag:example.org,2030:\n---\ncode: !small small-2030", 3, "code: take tag:example.org,2030:small out: tags are not read"),
        ("title: A small policy", "title: *name", 3, "title: write the value out here: aliases (*) are not read"),
        ("title: A small policy", "title: 'A small policy", 3, "check the indent, the colons and the quotes here"),
        ("title: A small policy", "title: A small policy\n---\ncode: other", 4, "write one document: take the line --- out"),
    ],
)  # fmt: skip
def test_only_plain_yaml_is_read(old, new, line, message):
    said = refusal(changed(old, new))

    assert message in said
    assert f"small.yaml, line {line}" in said or "quotes here" in message


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "# only a comment\n"])
def test_a_pack_starts_with_keys(text):
    assert refusal(text) == "small.yaml, line 1: start the pack with keys, such as code: my-policy"


def test_words_that_look_like_other_things_stay_words():
    text = changed("label: Red", "label: no").replace("label: Blue", "label: 12:30")

    values = read_pack(text).policy.list("colours").values

    assert [value.label for value in values] == ["no", "12:30"]


def test_a_question_mark_within_braces_is_part_of_the_words():
    text = changed("question: Are there two bodies?}", "question: Are there two?, hint: Or more?}")

    assert read_pack(text).policy.definition.tests[0].question == "Are there two?"


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file():
    said = refusal(changed("core: name", "core: naam").replace("up_to: 50000", "up_to: 50k")).splitlines()

    assert len(said) == 2
    assert "fields[0].core" in said[0]
    assert "limits[0].up_to" in said[1]


def test_the_digest_is_of_the_content_not_of_comments_or_layout():
    plain = read_pack(SMALL)
    commented = read_pack("# A remark\n" + SMALL.replace("title: A small policy", 'title:   "A small policy"  # here'))
    other = read_pack(SMALL.replace("up_to: 50000", "up_to: 50001"))

    assert commented.digest == plain.digest
    assert other.digest != plain.digest
    assert len(plain.digest) == 64


def test_the_canonical_form_gives_the_same_policy_again():
    pack = read_pack(SMALL.replace("up_to: 50000", "up_to: 7.5"))

    assert policy_from_canonical(pack.canonical) == pack.policy


def test_a_version_stays_readable_when_the_checks_have_become_stricter():
    """A published version never changes, whatever a later program would refuse in a new one (CORE-19)."""
    pack = read_pack(SMALL)
    kept = f'{pack.canonical[:-1]},"visibility":{{"readers":["auditor"]}}}}'
    assert "whoever signs in reads the register" in refusal(f"{SMALL}visibility: {{readers: [auditor]}}\n")

    assert policy_from_canonical(kept).visibility.readers == ("auditor",)
    assert json.loads(pack.canonical)["code"] == "small-2030"


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_stumble(text):
    with pytest.raises(PackError):
        read_pack(text)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_figure_keeps_its_value_through_the_canonical_form(figure):
    canonical = canonical_form({"figure": figure})

    assert json.loads(canonical, parse_float=Decimal)["figure"] == figure


def test_whether_a_reason_is_needed_is_optional_or_required():
    said = refusal(f"{SMALL}settings: [{{id: reason-for-change, label: Reasons, value: always}}]\n")

    assert 'settings[0].value: write optional or required, not "always"' in said


def test_people_and_risks_are_never_for_the_public():  # DEF-06
    text = next(path for path in pack_files() if path.stem == "redditch").read_text(encoding="utf-8")
    core = "    core: lead_officer\n"
    assert core in text
    said = refusal(text.replace(core, f"{core}    public: true\n", 1))

    assert "leave it out: people, risks and ways out are never for the public" in said


def test_a_field_is_kept_from_outsiders_alone():  # BRK-I09, RED-I08
    text = next(path for path in pack_files() if path.stem == "redditch").read_text(encoding="utf-8")
    everybody = "seen_by: [lead_officer, representative, responsible_head, "
    assert everybody in text
    said = refusal(text.replace(everybody, "seen_by: [lead_officer, ", 1))

    assert "seen_by: add representative, responsible_head: whoever signs in reads the register" in said


def test_a_change_without_a_decision_is_warned_of_or_refused():
    said = refusal(f"{SMALL}settings: [{{id: change-without-decision, label: By hand, value: never}}]\n")

    assert 'settings[0].value: write warned or refused, not "never"' in said
