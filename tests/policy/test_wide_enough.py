# ruff: noqa: E501 (packs are as an officer writes them)
"""The model holds what the other four policies ask for, and a sixth of another shape, without a line of Python."""

from decimal import Decimal

import pytest

from assessments.rules import assess, example_problems, holds, results, route, screen
from policy.matrix import OffTheMatrix, place_by_ids, place_on_matrix
from policy.model import Policy
from policy.reading import PackError, read_pack

BASE = """\
code: other-2031
version: "1"
title: Another policy
roles:
  - {id: lead_officer, label: Project Sponsor, kind: officer}
  - {id: management_team, label: Senior Management Team, kind: body}
  - {id: portfolio_holder, label: Portfolio Holder, kind: member}
  - {id: executive, label: Executive, kind: body}
  - {id: area_bodies, label: Area Forum, kind: body}
definition:
  intro: Two or more bodies that work together.
  tests:
    - {id: test-1, question: Are there two bodies?}
sections:
  - {id: identity, title: What it is}
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
"""


def read(more: str, base: str = BASE) -> Policy:
    return read_pack(base + more, name="other.yaml").policy


def test_ratings_from_1_to_5_with_six_prompts_in_each_section():  # MEL-C01 to C05, MEL-D39 to D71f, CHK-17
    policy = read("""
scales:
  - id: rating
    label: Rating
    has_average: true
    points:
      - {id: "1", number: 1, label: "No, or nobody knows", warns: true}
      - {id: "2", number: 2, label: Sometimes, warns: true}
      - {id: "3", number: 3, label: Could be better}
      - {id: "4", number: 4, label: Real benefits}
      - {id: "5", number: 5, label: Excellent}
questionnaires:
  - id: inventory
    title: Self-assessment
    occasions: [evaluation]
    force: compulsory
    instead: Another performance framework
    prompts:
      - {id: do-well, ref: MEL-D71a, text: What do we do well?}
      - {id: better, ref: MEL-D71b, text: What could go better?, action: optional}
      - {id: lately, ref: MEL-D71c, text: What has become better lately?}
      - {id: start, ref: MEL-D71d, text: What should we start?, action: optional}
      - {id: new, ref: MEL-D71e, text: Which new approaches do we have?}
      - {id: stop, ref: MEL-D71f, text: What should we stop?, action: optional}
    sections:
      - id: action-focus
        title: Action focus
        guide: Shared priorities lead to results that people can see.
        questions:
          - {id: mel-d40, ref: MEL-D40, text: Is there a clear vision?, type: scale, scale: rating, action: optional, action_on: ["1", "2"]}
          - {id: mel-d41, ref: MEL-D41, text: Do members hold the same values?, type: scale, scale: rating, action: optional}
      - id: efficiency
        title: Efficiency
        questions:
          - {id: mel-d47, ref: MEL-D47, text: Are resources matched to plans?, type: scale, scale: rating, action: optional}
""")
    form = policy.questionnaire("inventory")

    assert [len(form.questions_of(section)) for section in form.sections] == [8, 7]
    assert "efficiency-stop" in form.by_id
    assert form.by_id["action-focus-do-well"].ref == ("MEL-D71a",)
    assert [point.number for point in policy.scale("rating").points] == [1, 2, 3, 4, 5]
    assert policy.scale("rating").has_average


def test_a_rank_of_functions_gives_each_place_once():  # MEL-B11, MEL-D31
    policy = read("""
scales:
  - {id: rank, label: Rank, is_rank: true, points: [{id: "1", label: First, number: 1}, {id: "2", label: Second, number: 2}]}
questionnaires:
  - id: details
    title: Details
    occasions: [evaluation]
    force: guidance
    sections:
      - id: details-one
        title: Details
        questions:
          - {id: mel-d31, text: What are its main functions?, type: rank, scale: rank, parts: [{id: mel-d31-policy, text: Set policy, type: rank, scale: rank}, {id: mel-d31-delivery, text: Deliver, type: rank, scale: rank}]}
""")

    assert policy.scale("rank").is_rank
    assert [part.text for part in policy.questionnaire("details").questions[0].parts] == ["Set policy", "Deliver"]


REDDITCH = """
scales:
  - id: self-assessment
    label: Self-assessment
    points:
      - {id: "1", ref: RED-C13, number: 1, label: "No", hint: Action is required, action: required}
      - {id: "2", ref: RED-C14, number: 2, label: "Yes, with room for improvement", action: optional}
      - {id: "3", ref: RED-C15, number: 3, label: "Yes, effectively"}
questionnaires:
  - id: annual-review
    title: Annual review
    occasions: [yearly_review, proposal]
    force: compulsory
    applies_when: {every: [{fact: is_significant, is: true, because: It is significant, otherwise: It is not significant}]}
    sections:
      - id: staffing
        group: Governance and finance
        title: Staffing
        questions:
          - {id: red-d4a-t07, ref: RED-D4A-T07, text: How does staffing stand?, type: scale, scale: self-assessment, required: "yes", action: optional, action_on: ["1"]}
          - {id: red-d4a-18, ref: RED-D4A-18, text: Are roles clear and agreed?, type: long_text, evidence: required}
          - id: red-d4a-19
            ref: RED-D4A-19
            text: Can staff and members get training?
            type: statement
            parts:
              - {id: red-d4a-19a, ref: RED-D4A-19a, text: On appraisal and approval, type: long_text, evidence: required}
              - {id: red-d4a-19b, ref: RED-D4A-19b, text: On equality, type: long_text, evidence: required}
              - {id: red-d4a-19c, ref: RED-D4A-19c, text: On the code of conduct, type: long_text, evidence: required}
      - id: equality
        group: Governance and finance
        title: Equality and diversity
        questions:
          - {id: red-d4a-20, ref: RED-D4A-20, text: Has the effect on equality been assessed?, type: yes_no, reason: optional, evidence: required}
          - {id: red-d4a-21, ref: RED-D4A-21, text: What is the plan to do it?, type: long_text, asked_when: {question: red-d4a-20, one_of: [false]}, action: required, action_due_months: 6}
"""


def test_self_assessment_with_actions_required_at_1_and_several_questions_a_topic():  # RED-D4A, CHK-10, CHK-12
    policy = read(REDDITCH)
    form = policy.questionnaire("annual-review")

    assert policy.scale("self-assessment").by_id["1"].action == "required"
    assert [question.id for question in form.questions][:6] == [
        "red-d4a-t07", "red-d4a-18", "red-d4a-19", "red-d4a-19a", "red-d4a-19b", "red-d4a-19c",
    ]  # fmt: skip
    assert form.by_id["red-d4a-21"].action_due_months == 6
    assert {section.group for section in form.sections} == {"Governance and finance"}


def test_a_question_asked_because_of_a_later_one_is_refused():
    text = REDDITCH.replace("question: red-d4a-20, one_of", "question: red-d4a-21, one_of")

    with pytest.raises(PackError, match=r"name a question that stands before this one: .red-d4a-21. comes later"):
        read(text)


def test_a_row_of_three_parts_is_yes_only_when_all_are():  # STR-D41, STR-I08, CHK-14
    policy = read("""
questionnaires:
  - id: improvement
    title: Improvement template
    occasions: [any_time]
    force: guidance
    sections:
      - id: improvement-rows
        title: Rows
        questions:
          - id: str-d41
            ref: [STR-D41, STR-I08]
            text: The partnership is held to account in all three ways
            type: yes_no
            action: optional
            action_on: [false]
            parts_rule: all_yes
            parts:
              - {id: str-d41a, ref: STR-D41a, text: By its members, type: yes_no, action: optional, action_on: [false]}
              - {id: str-d41b, ref: STR-D41b, text: By the bodies involved, type: yes_no, action: optional, action_on: [false]}
              - {id: str-d41c, ref: STR-D41c, text: By local people, type: yes_no, action: optional, action_on: [false]}
""")
    row = policy.questionnaire("improvement").by_id["str-d41"]

    assert row.parts_rule == "all_yes"
    assert [part.id for part in row.parts] == ["str-d41a", "str-d41b", "str-d41c"]
    assert row.action_on == (False,)


ATTACHMENTS = """
questionnaires:
  - id: checklist
    title: Checklist
    occasions: [proposal]
    force: compulsory
    sections:
      - id: checklist-practical
        title: Practical
        questions:
          - {id: mel-d20, ref: [MEL-D20, MEL-I16], text: Are terms of reference agreed?, type: yes_no_dont_know, attachment: expected, attachment_on: [true]}
"""


def test_an_attachment_may_be_expected_for_yes_without_being_required():  # MEL-D20, MEL-I16, CHK-16
    question = read(ATTACHMENTS).questionnaire("checklist").by_id["mel-d20"]

    assert (question.attachment, question.attachment_on) == ("expected", (True,))


def test_an_answer_that_needs_an_attachment_must_have_a_place_for_it():
    with pytest.raises(PackError, match="write required or expected for the answers of attachment_on, not optional"):
        read(ATTACHMENTS.replace("attachment: expected", "attachment: optional"))


CHECKLIST = """
questionnaires:
  - id: before
    title: Before setting up
    occasions: [proposal]
    force: guidance
    makes: agreement
    results:
      - {id: before-no, ref: RED-D8A-F1, questions: [needed, simpler], sentence: "Answers against: {count} of {of}."}
      - {id: before-three, at_least: 3, sentence: "At least three of {of} speak against it: {count}."}
      - {id: before-open, questions: [needed, simpler, cheaper], answers: [dont_know], sentence: Something is not known.}
    sections:
      - id: before-one
        title: Before
        questions:
          - {id: needed, text: Does it need a partnership?, type: yes_no_dont_know, warning_on: [false], warning: Think again.}
          - {id: simpler, text: Is there a simpler way?, type: yes_no_dont_know, warning_on: [true], warning: Think again.}
          - {id: cheaper, text: Is it cheaper too?, type: yes_no_dont_know, warning_on: [true], warning: Think again., asked_when: {question: simpler, one_of: [true]}}
          - {id: blame, text: Does it move the blame?, type: yes_no, warning_on: [true], warning: Think again.}
          - {id: against, ref: RED-D8A-F1, text: Is a question answered no?, type: computed, result: before-no}
"""


# RED-D8A-F1 and RED-I16: one answer of the wrong kind is enough, and for some questions that is a yes
@pytest.mark.parametrize(
    ("answers", "count", "of", "unanswered"),
    [
        ({}, 0, 2, 2),
        ({"needed": True, "simpler": False, "blame": True}, 0, 2, 0),
        ({"needed": False}, 1, 2, 1),
        ({"needed": "dont_know", "simpler": True}, 1, 2, 0),
        ({"needed": False, "simpler": True}, 2, 2, 0),
    ],
)
def test_a_checklist_counts_the_answers_that_it_warns_of(answers, count, of, unanswered):
    finding = results(read(CHECKLIST).questionnaire("before"), answers)[0]

    assert (finding.count, finding.of, finding.unanswered, finding.holds) == (count, of, unanswered, count > 0)
    assert finding.sentence == (f"Answers against: {count} of 2." if count else "")


@pytest.mark.parametrize(
    ("answers", "count", "of", "holds"),
    [
        ({"needed": False, "blame": True}, 2, 3, False),
        ({"needed": False, "simpler": True, "blame": True}, 3, 4, True),
        ({"needed": False, "simpler": True, "cheaper": True, "blame": True}, 4, 4, True),
        ({"needed": False, "simpler": False, "cheaper": True, "blame": True}, 2, 3, False),  # cheaper is not asked now
    ],
)
def test_a_result_holds_from_so_many_answers(answers, count, of, holds):
    finding = results(read(CHECKLIST).questionnaire("before"), answers)[1]

    assert (finding.count, finding.of, finding.holds) == (count, of, holds)


def test_a_form_may_be_compulsory_for_some_and_expected_of_others():  # RED-I29
    rule = "    compulsory_when: {every: [{fact: is_significant, is: true, because: It is, otherwise: It is not}]}\n"
    policy = read(CHECKLIST.replace("    makes: agreement\n", rule))
    form = policy.questionnaire("before")

    assert form.compulsory_when is not None
    assert holds(policy, form.compulsory_when, {"is_significant": True}).holds
    assert holds(policy, form.compulsory_when, {"is_significant": False}).reason == "It is not"
    with pytest.raises(PackError, match="write a known fact"):
        read(CHECKLIST.replace("    makes: agreement\n", rule.replace("is_significant", "is_grand")))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Not known yet: 2 of 2 not answered"),
        ({"needed": True}, "Not known yet: 1 of 2 not answered"),
        ({"needed": True, "simpler": False}, "No"),
        ({"needed": False}, "Yes. Answers against: 1 of 2."),
    ],
)
def test_a_result_is_no_only_when_no_answer_can_change_it(answers, words):
    assert results(read(CHECKLIST).questionnaire("before"), answers)[0].words == words


def test_a_result_may_count_answers_that_nobody_knows():
    finding = results(read(CHECKLIST).questionnaire("before"), {"needed": "dont_know", "simpler": False})[2]

    assert (finding.count, finding.of, finding.sentence) == (1, 2, "Something is not known.")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("[needed, simplest]", r"question of this form, not .simplest."),
        ("[needed, against]", r"write warning_on at .against., or the answers that count"),
    ],
)
def test_a_result_over_questions_that_cannot_count_is_refused(wrong, message):
    with pytest.raises(PackError, match=message):
        read(CHECKLIST.replace("[needed, simpler],", f"{wrong},"))


def test_a_computed_question_without_its_result_is_refused():
    with pytest.raises(PackError, match=r"result of this form, not .before-yes."):
        read(CHECKLIST.replace("result: before-no", "result: before-yes"))
    with pytest.raises(PackError, match=r"write type: computed at .against., or take its result out"):
        read(CHECKLIST.replace("type: computed", "type: yes_no"))


def test_answers_that_count_belong_to_named_questions():
    with pytest.raises(PackError, match="name the questions whose answers count"):
        read(CHECKLIST.replace("questions: [needed, simpler, cheaper], answers", "answers"))


def test_what_stands_beside_an_answer_is_not_named_like_a_part_of_the_form():
    beside = "attachment: expected, beside: [{id: mel-d20-file, label: Which terms, type: text}]"

    with pytest.raises(PackError, match='another ending than that of "mel-d20-file": forms use it themselves'):
        read(ATTACHMENTS.replace("attachment: expected", beside))


SUMMARY = """
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
  - {id: mel-b18, section: identity, label: A budget of its own, type: yes_no_dont_know}
scales:
  - {id: rating, label: Rating, has_average: true, points: [{id: "1", number: 1, label: "No"}, {id: "2", number: 2, label: Excellent}]}
questionnaires:
  - id: inventory
    title: Inventory
    occasions: [evaluation]
    force: compulsory
    sections:
      - id: inventory-rows
        title: Rows
        questions:
          - {id: mel-d34, ref: MEL-D34, text: Does it have a budget?, type: yes_no_dont_know, prefill: mel-b18, feeds: mel-b18}
          - {id: mel-d40, ref: MEL-D40, text: Is there a clear vision?, type: scale, scale: rating}
  - id: summary
    title: Summary
    occasions: [evaluation]
    force: compulsory
    sections:
      - id: summary-rows
        title: Rows
        questions:
          - {id: mel-d80, ref: MEL-D80, text: Average, type: computed, computed_from: [mel-d40]}
"""


def test_an_answer_may_update_a_field_of_the_pack_and_a_summary_may_count_another_form():  # MEL-D34, MEL-D80
    policy = read(SUMMARY, base=BASE.split("fields:", maxsplit=1)[0])

    assert policy.questionnaire("inventory").by_id["mel-d34"].feeds == "mel-b18"
    assert policy.questionnaire("summary").by_id["mel-d80"].computed_from == ("mel-d40",)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("feeds: mel-b19", 'write a register attribute or the id of a field of this pack, not "mel-b19"'),
        ("computed_from: [mel-d41]", 'write the id of a question of this pack, not "mel-d41"'),
    ],
)
def test_what_an_answer_updates_or_is_worked_out_from_must_exist(wrong, told):
    text = SUMMARY.replace("feeds: mel-b18" if "feeds" in wrong else "computed_from: [mel-d40]", wrong)

    with pytest.raises(PackError, match=told):
        read(text, base=BASE.split("fields:", maxsplit=1)[0])


HARBOROUGH = """
matrices:
  - id: common
    ref: [DEF-01, HAR-I02]
    standing: proposed
    title: Likelihood by impact
    likelihood: [{id: l1, number: 1, label: Rare}, {id: l2, number: 2, label: Unlikely}, {id: l3, number: 3, label: Possible}, {id: l4, number: 4, label: Likely}, {id: l5, number: 5, label: Almost certain}]
    impact: [{id: i1, number: 1, label: Slight}, {id: i2, number: 2, label: Minor}, {id: i3, number: 3, label: Moderate}, {id: i4, number: 4, label: Major}, {id: i5, number: 5, label: Severe}]
    levels: [{id: low, label: Low}, {id: medium, label: Medium}, {id: high, label: High}]
    bands: [{level: low, up_to: 5}, {level: medium, up_to: 12}, {level: high}]
    impact_bands: [{level: low, up_to: 2}, {level: medium, up_to: 3}, {level: high}]
    used_for: [risks, opportunities]
    contingency_plan_from: high
    contingency_warning: The policy asks for a contingency plan when impact is High.
routes:
  - id: money
    title: Money outside the budget
    purpose: money
    steps:
      - id: holder
        title: Approve the money
        role: portfolio_holder
        act: approve
        clause: Section 6
        when:
          every:
            - {fact: unbudgeted_a_year, above: 0, because: "{value} is not in the budget", otherwise: All is in the budget}
            - {fact: unbudgeted_a_year, at_most: 50000, because: "{value} is not above £50,000", otherwise: "{value} is above £50,000"}
      - id: executive-money
        title: Approve the money
        role: executive
        act: approve
        clause: Section 6
        when: {every: [{fact: unbudgeted_a_year, above: 50000, because: "{value} is above £50,000", otherwise: "{value} is not above £50,000"}]}
examples:
  - {id: chk-13a, ref: CHK-13, title: "£20,000 goes to the Portfolio Holder", facts: {unbudgeted_a_year: 20000}, expect: {route: money, included: [holder], skipped: [executive-money]}}
  - {id: chk-13b, ref: CHK-13, title: "£80,000 goes to the Executive", facts: {unbudgeted_a_year: 80000}, expect: {route: money, included: [executive-money], skipped: [holder]}}
  - {id: chk-13c, ref: HAR-I01, title: "£50,000 goes to the Portfolio Holder", facts: {unbudgeted_a_year: 50000}, expect: {route: money, included: [holder], skipped: [executive-money]}}
"""


# DEF-01: product 1 to 5 Low, 6 to 12 Medium, 15 to 25 High
@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [
        (1, 1, "low"), (1, 5, "low"), (5, 1, "low"), (2, 3, "medium"), (3, 4, "medium"), (4, 3, "medium"),
        (3, 5, "high"), (5, 3, "high"), (4, 4, "high"), (5, 5, "high"),
    ],
)  # fmt: skip
def test_likelihood_by_impact_falls_into_a_band(likelihood, impact, level):
    matrix = read(HARBOROUGH).matrices[0]

    assert place_on_matrix(matrix, Decimal(likelihood), Decimal(impact)).level == level


def test_a_high_impact_asks_for_a_plan_whatever_the_likelihood():  # FIG-17, CHK-11
    matrix = read(HARBOROUGH).matrices[0]

    assert place_on_matrix(matrix, Decimal(1), Decimal(4), has_plan=False).needs_contingency_plan
    assert not place_on_matrix(matrix, Decimal(1), Decimal(4), has_plan=True).needs_contingency_plan
    assert not place_on_matrix(matrix, Decimal(5), Decimal(3), has_plan=False).needs_contingency_plan


def test_a_figure_outside_the_matrix_is_refused():
    with pytest.raises(OffTheMatrix, match="impact: write one of 1, 2, 3, 4, 5, not 6"):
        place_on_matrix(read(HARBOROUGH).matrices[0], Decimal(1), Decimal(6))


def test_points_are_known_by_their_ids():  # HAR-C01
    matrix = read(HARBOROUGH).matrices[0]

    assert place_by_ids(matrix, "l3", "i5").level == "high"
    with pytest.raises(OffTheMatrix, match='impact: write one of i1, i2, i3, i4, i5, not "i6"'):
        place_by_ids(matrix, "l3", "i6")


def test_a_matrix_serves_what_it_is_made_for():  # HAR-C01, HAR-C02
    policy = read(HARBOROUGH)

    assert policy.matrix_for("risks") is policy.matrix_for("opportunities") is policy.matrices[0]
    assert read("").matrix_for("risks") is None


def test_the_size_of_the_money_says_who_approves():  # HAR-F04, HAR-I01, CHK-13
    policy = read(HARBOROUGH)

    assert list(example_problems(policy)) == []
    found = {step.step.id: step for step in route(policy, "money", {"unbudgeted_a_year": 80000})}
    assert found["holder"].reason == "£80,000 a year is above £50,000"


SIXTH = """
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
  - {id: towns, section: identity, label: Towns served, type: number, unit: towns, unit_of_one: town}
schemes:
  weight:
    title: Weight
    label: weight
    clause: Schedule 2
    levels: [{id: slight, label: Slight}, {id: fair, label: Fair}, {id: great, label: Great}, {id: vital, label: Vital}]
    listed_from: great
    suggestion:
      method: weighted
      sentence: The weighted mean falls into a band.
      bands: [{level: slight, up_to: 1.5}, {level: fair, up_to: 2.5}, {level: great, up_to: 3.5}, {level: vital}]
    criteria:
      - id: reach
        clause: Schedule 2, row 1
        label: Reach
        question: How many towns does it serve?
        words: {slight: one town, fair: a few towns, great: many towns, vital: all towns}
        fact: towns
        unit: towns
        limits: [{level: slight, below: 2}, {level: fair, up_to: 4}, {level: great, up_to: 9}, {level: vital}]
        weight: 3
      - id: standing
        clause: Schedule 2, row 2
        label: Standing
        question: How well is it known?
        words: {slight: hardly, fair: locally, great: in the county, vital: in the country}
routes:
  - id: joining
    title: Joining
    purpose: join
    steps:
      - {id: propose, title: Propose, role: lead_officer, act: do, clause: Schedule 3}
      - {id: forum, title: Be heard, role: area_bodies, act: consult, clause: Schedule 3, after: propose}
      - {id: team, title: Advise, role: management_team, act: advise, clause: Schedule 3, after: propose, due_days: 10}
      - id: committee
        title: Decide
        role: [portfolio_holder, executive, area_bodies]
        act: decide
        clause: Schedule 3
        joint: true
        joint_name: Joint Partnership Committee
        after: [forum, team]
        when: {some: [{fact: towns, at_least: 2, because: "It serves {value}", otherwise: "It serves {value}"}, {fact: is_statutory, is: true, because: The law requires it, otherwise: No law requires it}]}
"""


def test_four_weighted_levels():
    policy = read(SIXTH, base=BASE.split("fields:", maxsplit=1)[0])

    found = assess(policy, {"towns": 10}, {"weight": {"standing": "slight"}})["weight"]

    # (3 × 4 + 1 × 1) / 4 = 3.25, which is above 2.5 and not above 3.5
    assert found.suggested == "great"
    assert found.high_criteria == ("reach",)
    assert found.why == (
        "The policy suggests Great: the weighted mean of two is 3.25, which is 3.5 or less "
        "(Slight counts 1, Fair counts 2, Great counts 3 and Vital counts 4)."
    )


@pytest.mark.parametrize(
    ("towns", "level", "because"),
    [
        (0, "slight", "0 towns is below 2."),
        (1, "slight", "1 town is below 2."),
        (2, "fair", "2 towns is on the limit of 2 towns, which belongs to Fair."),
        (3, "fair", "3 towns is between 2 and 4."),
        (4, "fair", "4 towns is on the limit of 4 towns, which belongs to Fair."),
        (5, "great", "5 towns is between 4 and 9."),
        (9, "great", "9 towns is on the limit of 9 towns, which belongs to Great."),
        (10, "vital", "10 towns is above 9."),
    ],
)
def test_a_local_field_decides_among_four_levels(towns, level, because):
    policy = read(SIXTH, base=BASE.split("fields:", maxsplit=1)[0])

    finding = assess(policy, {"towns": towns}, {})["weight"].criterion("reach")

    assert (finding.level, finding.because) == (level, because)


def test_a_joint_committee_decides_after_two_steps_side_by_side():
    policy = read(SIXTH, base=BASE.split("fields:", maxsplit=1)[0])
    committee = policy.route("joining").by_id["committee"]

    assert committee.joint_name == "Joint Partnership Committee"
    assert committee.after == ("forum", "team")
    found = {step.step.id: step for step in route(policy, "joining", {"towns": 1, "is_statutory": False})}
    assert found["committee"].included is False
    assert found["committee"].reason == "It serves 1 town; no law requires it"


def test_contact_only_and_referral_are_outcomes_of_a_decision():  # MEL-A25, MEL-A26, CHK-18
    policy = read("""
outcomes:
  - {id: contact, label: Contact only, kind: contact_only, becomes: contact_only, needs_lead_officer: true}
  - {id: refer, label: Refer to the town or parish council, kind: refer, becomes: referred}
""")

    assert policy.outcomes[0].needs_lead_officer
    assert policy.outcomes[1].becomes == "referred"


def test_an_exclusion_may_have_an_exception():  # RED-A20
    text = BASE.replace(
        "    - {id: test-1, question: Are there two bodies?}\n",
        "    - {id: test-1, question: Are there two bodies?}\n"
        "  exclusions:\n"
        "    - {id: commercial, label: Commercial, explanation: It is run for profit., becomes: other_arrangement, exception: Is it shared between authorities?}\n",
    )
    policy = read(
        "examples:\n"
        "  - {id: shared, title: A shared one, screening: {test-1: true, commercial: true, commercial-exception: true}, expect: {is_partnership: true}}\n",
        base=text,
    )

    assert list(example_problems(policy)) == []
    assert screen(policy, {"test-1": True, "commercial": True}).becomes == "other_arrangement"
    assert screen(policy, {"test-1": True, "commercial": True, "commercial-exception": True}).is_partnership is True
