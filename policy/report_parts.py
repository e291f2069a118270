"""The parts that a report of a policy may be put together from: a closed list, each with what it shows. No Django here.

An entry of a report's `contents` names one of them as its `part`, with the title that the council gives it, and in `of`
which fields, questions, forms or other items of the pack it is about. The register makes each part in
`reports/contents.py`; a pack that names another part is refused.
"""

from typing import Literal, NamedTuple, get_args

PartName = Literal[
    "actions",
    "advice",
    "agreement",
    "answers",
    "apart",
    "asked",
    "averages",
    "benefits",
    "called_for",
    "concerns",
    "counted",
    "decision",
    "decisions",
    "documents",
    "done",
    "exceptions",
    "fields",
    "lessons",
    "money",
    "opportunities",
    "plans",
    "progress",
    "recommendations",
    "risks",
    "statements",
    "unbudgeted",
]
PART_NAMES: tuple[str, ...] = get_args(PartName)

Named = Literal[
    "field", "statement", "question", "result", "questionnaire", "step", "cycle",
    "cycle or step of practice", "kind of document",
]  # fmt: skip


class PartKind(NamedTuple):
    """What a part shows; what `of` names, if anything, and whether it must; whether it needs a request.

    One that `differs_by_reader` shows what not everybody may know of.
    """

    shows: str
    of: Named | None = None
    must_name: bool = False
    of_a_request: bool = False
    differs_by_reader: bool = False


PART_KINDS: dict[PartName, PartKind] = {
    "actions": PartKind("actions that are still open, with owner and day"),
    "advice": PartKind("what was said in steps of the request; `of` names the steps, else all", "step", False, True),
    "agreement": PartKind("the agreement of the partners, heading by heading: the one in force, else its draft"),
    "answers": PartKind("answers to the questions that `of` names, from the form sent last", "question", True),
    "apart": PartKind(
        "rows of a question with planned and actual sums, those ticked in its yes or no column apart", "question", True
    ),
    "asked": PartKind("what the request asks for: why, and what would change", None, False, True),
    "averages": PartKind(
        "averages of ratings by section and overall, of the forms that `of` names", "questionnaire", True
    ),
    "benefits": PartKind("benefits, with figures where there are some"),
    "called_for": PartKind("reviews called for outside their cycle, and why"),
    "concerns": PartKind("open concerns that the reader may know of", differs_by_reader=True),
    "counted": PartKind("the answers that the results named in `of` count, with their actions", "result", True),
    "decision": PartKind("what was decided on the request, by whom, and the reasons", None, False, True),
    "decisions": PartKind("decisions of the period"),
    "documents": PartKind("documents; `of` names their kinds, else all", "kind of document"),
    "done": PartKind(
        "what was done for the cycles and steps of practice that `of` names, and when",
        "cycle or step of practice",
        True,
    ),
    "exceptions": PartKind("exception reports that the reader may know of, with every answer", differs_by_reader=True),
    "fields": PartKind("the register fields that `of` names", "field", True),
    "lessons": PartKind("what was learned from partnerships that were left"),
    "money": PartKind("the council’s contributions by financial year, and other funding"),
    "opportunities": PartKind("open opportunities with owner and plan"),
    "plans": PartKind("what is done if a risk comes true: trigger and contingency plan"),
    "progress": PartKind("what happened in the period: reports back, actions done, reviews and forms sent"),
    "recommendations": PartKind(
        "what the last review of each partnership recommends, and why; `of` names its cycles, else of all", "cycle"
    ),
    "risks": PartKind("open risks with owner, control and level"),
    "statements": PartKind("the clauses of the policy that `of` names", "statement", True),
    "unbudgeted": PartKind("money that is not in the budget, by financial year"),
}
