"""docs/write-a-policy-pack.md keeps its word."""

import re
from pathlib import Path

import pytest

from assessments.rules import example_problems
from policy.model import FACTS, ROLE_IDS, AnswerType, Step
from policy.reading import read_pack

GUIDE = (Path(__file__).parents[2] / "docs" / "write-a-policy-pack.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```yaml\n(code: .*?)```", GUIDE, re.DOTALL)


def test_the_pack_in_the_guide_can_be_used_and_its_examples_hold():
    assert EXAMPLE
    policy = read_pack(EXAMPLE[1], name="westmarsh-2031.yaml").policy

    assert list(example_problems(policy)) == []


@pytest.mark.parametrize("name", [*FACTS, *ROLE_IDS])
def test_the_guide_names_every_fact_and_role(name):
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("words", [AnswerType.__args__, Step.model_fields["act"].annotation.__args__])
def test_the_guide_names_every_type_of_answer_and_act(words):
    assert [word for word in words if not re.search(rf"\b{word}\b", GUIDE)] == []
