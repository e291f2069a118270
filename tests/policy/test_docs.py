"""docs/write-a-policy-pack.md keeps its word."""

import re
from pathlib import Path

import pytest

from assessments.rules import example_problems
from policy.model import FACTS, ROLE_IDS, AnswerType, Policy, Step
from policy.reading import read_pack

GUIDE = (Path(__file__).parents[2] / "docs" / "write-a-policy-pack.md").read_text(encoding="utf-8")
WALK = (Path(__file__).parents[2] / "docs" / "write-your-own-policy.md").read_text(encoding="utf-8")
SKELETON = re.search(r"```yaml\n(# yaml-language-server: .*?)```", WALK, re.DOTALL)
EXAMPLE = re.search(r"```yaml\n(code: .*?)```", GUIDE, re.DOTALL)


def test_the_pack_in_the_guide_can_be_used_and_its_examples_hold():
    assert EXAMPLE
    policy = read_pack(EXAMPLE[1], name="westmarsh-2031.yaml").policy

    assert list(example_problems(policy)) == []


def test_the_first_lines_of_the_walk_through_are_a_whole_pack():
    assert SKELETON
    policy = read_pack(SKELETON[1], name="westmarsh-2031.yaml").policy

    assert policy.core_field("name").label == "Name of the partnership"


@pytest.mark.parametrize(
    "key", [name for name in Policy.model_fields if name not in ("dated", "code", "version", "title")]
)
def test_the_pack_beside_the_walk_through_has_every_part(key):
    pack = (Path(__file__).parent / "westmarsh-2031.yaml").read_text(encoding="utf-8")

    assert re.search(rf"^{key}:", pack, re.MULTILINE)


@pytest.mark.parametrize("name", [*FACTS, *ROLE_IDS])
def test_the_guide_names_every_fact_and_role(name):
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("words", [AnswerType.__args__, Step.model_fields["act"].annotation.__args__])
def test_the_guide_names_every_type_of_answer_and_act(words):
    assert [word for word in words if not re.search(rf"\b{word}\b", GUIDE)] == []
