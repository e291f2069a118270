# ruff: noqa: E501 (the pack is as an officer writes it)
"""Small invented packs for tests."""

SMALL = """\
code: small-2030
version: "1"
title: A small policy
roles:
  - {id: lead_officer, label: Lead officer, kind: officer}
  - {id: management_team, label: Board, kind: body}
  - {id: executive, label: Cabinet, kind: body}
definition:
  intro: Two or more bodies that work together.
  tests:
    - {id: test-1, question: Are there two bodies?}
sections:
  - {id: identity, title: What it is}
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
  - {id: field-partners, section: identity, label: Number of partners, type: number}
lists:
  - id: colours
    label: Colour
    values:
      - {id: red, label: Red}
      - {id: blue, label: Blue}
schemes:
  risk:
    title: Risk
    label: risk
    clause: Section 4
    levels: [{id: low, label: Low}, {id: high, label: High}]
    listed_from: high
    core: risk_level
    suggestion: {method: highest, sentence: The highest counts.}
    criteria:
      - id: money
        clause: Section 4, row 1
        label: Money
        question: How much?
        words: {low: a little, high: a lot}
        fact: contribution_a_year
        unit: £ a year
        limits:
          - {level: low, up_to: 50000}
          - {level: high}
questionnaires:
  - id: start
    title: Before the start
    occasions: [proposal]
    force: guidance
    sections:
      - id: start-one
        title: One
        questions:
          - {id: first, text: Is it ready?, type: yes_no}
          - {id: second, text: Why not?, type: text, asked_when: {question: first, one_of: [false]}}
routes:
  - id: joining
    title: Joining
    purpose: join
    steps:
      - {id: propose, title: Propose, role: lead_officer, act: do, clause: Section 5}
      - {id: decide, title: Decide, role: management_team, act: decide, clause: Section 5}
      - id: money-step
        title: Approve the money
        role: executive
        act: approve
        clause: Section 6
        when: {every: [{fact: unbudgeted_a_year, above: 0, because: "{value} is not in the budget", otherwise: All is in the budget}]}
examples:
  - {id: example-1, title: Much money, facts: {contribution_a_year: 60000}, expect: {levels: {money: high}}}
"""
