"""Values from fixed lists: yes and no, levels, roles, benefits, priorities, kinds, and lists of words."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from register.importing.values import (
    DASH,
    HERE,
    NOT_APPLICABLE,
    NOT_KNOWN,
    OPEN_END,
    Ask,
    Clean,
    Outcome,
    Wrong,
    ask_to_be_confirmed,
    is_to_be_confirmed,
    number_words,
    plain,
    quote,
    squeeze,
    tidy_lines,
    whole,
)


def is_nothing(looked: str) -> bool:
    """A dash, "n/k" or "n/a"."""
    return bool(DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked) or NOT_APPLICABLE.fullmatch(looked))


# ------------------------------------------------------------------ yes and no
YES = re.compile(r"(y|yes|true|✓|✔|☑|√|x|ü|1|ticked|in place|agreed|signed|complete[d]?|held)")
NO = re.compile(r"(n|no|false|✗|✘|☐|0|none|nil|not in place|absent|missing|not held)")


def read_yes_no(value: Any, *, cross_is_no: bool = False) -> Outcome:
    """True or false; words that are neither are asked about."""
    if isinstance(value, bool):
        return Clean({HERE: value})
    text = squeeze(str(value))
    looked = plain(text).strip(" .!")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, [True, False])
    if DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked):
        return Clean({HERE: None}, "empty")
    if cross_is_no and looked == "x":
        return Clean({HERE: False}, "yes-no")
    if YES.fullmatch(looked):
        return Clean({HERE: True}, "" if text == "Yes" else "yes-no")
    if NO.fullmatch(looked):
        return Clean({HERE: False}, "" if text == "No" else "yes-no")
    doubtful = re.search(
        r"\?|\bdraft|\bpart|\bbut\b|\bprogress|\breview|\bexpir|\bold\b|\bout of date|\bverbal|\bpending|\bnot (yet )?signed|\bto be\b|\bdue\b|\binformal",
        looked,
    )
    if not doubtful and (hit := re.match(r"(yes|y|no|n)\b[\s\-:,(]+\S", looked)):
        return Clean({HERE: hit[1].startswith("y")}, "yes-no")
    return Ask("yes-no-unclear", f"{quote(text)}: yes or no?", options=[True, False])


def read_tick(value: Any) -> Outcome:
    """A mark is yes; an empty cell, which never comes here, is no."""
    if isinstance(value, bool):
        return Clean({HERE: value}, "tick")
    looked = plain(str(value)).strip(" .")
    if re.fullmatch(r"x+|✓|✔|☑|√|y|yes|true|1|ü|•|\*|p|a|ticked", looked):
        return Clean({HERE: True}, "tick")
    if re.fullmatch(r"n|no|false|0|✗|✘|☐|nil|none", looked) or is_nothing(looked):
        return Clean({HERE: False}, "tick")
    if is_to_be_confirmed(str(value)):
        return ask_to_be_confirmed(str(value), [True, False])
    return Ask("tick-unclear", f"{quote(str(value))}: is it given or not?", options=[True, False])


# ------------------------------------------------------------------ statutory; strategic or operational
LAW = re.compile(
    r"\b(act|acts|regulations?|order|directive|s\.? ?\d+|section \d+|lga|lia|measure|statute)\b|\b[A-Z&]{2,8}A?\b ?\d{4}|\b(19|20)\d\d\b",
    re.IGNORECASE,
)
FORM = re.compile(r"\b(company|ltd|limited|charit\w+|cic|cio|trust|unincorporated|association|llp|partnership agreement|memorandum|mou|contract|informal|voluntary|constituted|"
                  r"community interest|incorporated|not[- ]for[- ]profit|joint committee|registered|society|co-?operative|consortium|agreement|body corporate)\b", re.IGNORECASE)  # fmt: skip
NOT_STATUTORY = re.compile(
    r"\bnon[- ]?stat(utory)?\b\.?|\bnot (a )?stat(utory)?( (duty|requirement|body))?\b|\bnonstat(utory)?\b|\bno stat(utory)? (duty|requirement|basis)\b|\bdiscretionary\b|\bno\b|\bn\b|\bvoluntary\b|\boptional\b"
)
STATUTORY = re.compile(
    r"\bstat(utory)?\b\.?( (duty|requirement|body|partnership|requirement|function|committee|board))?|\byes\b|\by\b|\blegal (duty|requirement)\b|\brequired by law\b|\bmandatory\b"
)
DOUBTFUL_LAW = re.compile(r"guidance|\?|\bpart(ly|ially)?\b|\bsemi\b|\bquasi\b|\bboth\b|\bsome\b|\bcounty\b|\bpolice\b|\bnhs\b|\bfor (the )?(lead|other)|\bother\b|\bnot us\b|\bproposed\b|\bto become\b|\bformerly\b|"
                          r"\bwas\b|\bexpected\b|\bbest practice\b|\bindirect\w*")  # fmt: skip
ACT_NAME = re.compile(
    r"(?:\b(?!Part|Some|Both|Proposed|Semi|Quasi)(?:[A-Z][\w'’&-]*|and|of|the|etc|&),?\s+)*(?:Act|Acts|Regulations|Order|Measure)\b(?:\s+(?:19|20)\d\d)?"
)


def read_statutory(value: Any) -> Outcome:
    """Whether the law asks for it; the Act or the legal form named beside it goes to the note."""
    if isinstance(value, bool):
        return Clean({HERE: value})
    text = squeeze(str(value))
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, [True, False])
    if DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked):
        return Clean({HERE: None}, "empty")
    ask = Ask(
        "statutory-unclear",
        f"{quote(text)}: does the law oblige the council to take part?",
        suggest=not NOT_APPLICABLE.fullmatch(looked),
        options=[True, False],
    )
    if NOT_APPLICABLE.fullmatch(looked) or re.fullmatch(r"(y|yes)\s?/\s?(n|no)", looked):
        return ask
    if hit := re.fullmatch(r"(true|false|1|0|✓|✔|x)", looked):
        return Clean({HERE: hit[1] not in {"false", "0"}}, "yes-no")
    negative, positive = NOT_STATUTORY.search(looked), STATUTORY.search(looked)
    # "Police Reform Act 2011" is the name of a law, not a duty of the police.
    rest = STATUTORY.sub(" ", NOT_STATUTORY.sub(" ", looked))
    if DOUBTFUL_LAW.search(plain(ACT_NAME.sub(" ", text))):
        return ask
    note = _law_note(text)
    if negative:
        return Clean({HERE: False, **note}, "yes-no")
    if positive or re.search(r"\bact \d{4}|\bact\b.*\d{4}", rest):
        return Clean({HERE: True, **note}, "yes-no")
    if FORM.search(looked):
        return Clean({HERE: False, "statutory_note": text}, "yes-no")
    return ask


def _law_note(text: str) -> dict[str, str]:
    """What stands beside yes or no: an Act, or a legal form."""
    rest = re.sub(
        r"(?i)\b(non|not)?[- ]?(a )?stat(utory)?\b\.?( (duty|requirement|body|function)( on (the )?(district|council))?)?|\b(yes|no|y|n)\b",
        " ",
        text,
    )
    rest = squeeze(rest).strip(" -–—,;:./()")
    if rest.count("(") > rest.count(")"):
        rest += ")"
    return {"statutory_note": rest} if rest and (LAW.search(rest) or FORM.search(rest) or len(rest) > 3) else {}


STRATEGIC = re.compile(r"\bstrat(egic(ally)?)?\b\.?|(?<![\w&.])s(?![\w'.])")
OPERATIONAL = re.compile(r"\bop(er|s|erational(ly)?)?\b\.?|(?<![\w&.])o(?![\w'.])|(?<=s&)o\b|\bdelivery\b")


def read_levels_of_work(value: Any) -> Outcome:
    """Strategic, operational or both."""
    text = squeeze(str(value))
    looked = plain(text)
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, ["strategic", "operational"])
    levels = _levels(looked)
    rest = OPERATIONAL.sub(" ", STRATEGIC.sub(" ", re.sub(r"\bboth\b", " ", looked)))
    if not levels or "?" in looked or re.search(r"mostly|mainly|partly|becoming", rest):
        return Ask(
            "level-unclear",
            f"{quote(text)}: strategic, operational or both?",
            suggest=levels or None,
            options=["strategic", "operational"],
        )
    return Clean({HERE: levels}, "" if text in {"Strategic", "Operational"} else "level-statutory")


def _levels(looked: str) -> list[str]:
    if re.search(r"\bboth\b", looked):
        return ["strategic", "operational"]
    found = [
        (hit.start(), name)
        for words, name in ((STRATEGIC, "strategic"), (OPERATIONAL, "operational"))
        if (hit := words.search(looked))
    ]
    return [name for _, name in sorted(found)]


def read_level_and_statutory(value: Any) -> Outcome:
    """One column answers two questions: strategic or operational, and statutory or not. What is not said stays empty."""
    if isinstance(value, bool):
        return Clean({"level": [], "statutory": value}, "level-statutory")
    text = squeeze(str(value))
    looked = plain(text)
    if is_nothing(looked):
        return Clean({"level": None, "statutory": None}, "empty")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    levels = _levels(looked)
    rest = re.sub(r"\bboth\b", " ", OPERATIONAL.sub(" ", STRATEGIC.sub(" ", looked, count=1), count=1))
    rest_shown = re.sub(
        r"(?i)\bboth\b|\bstrat(egic(ally)?)?\b\.?|\bop(er|s|erational(ly)?)?\b\.?|(?<![\w&.])[SO](?![\w'.])|(?<=S&)O\b",
        " ",
        text,
    )
    rest_shown = squeeze(rest_shown).strip(" -–—&/,;.")
    bare = re.sub(r"[\s\-&/,;.()]+", "", rest)
    if not bare:
        return Clean({"level": levels, "statutory": None}, "level-statutory")
    said = read_statutory(rest_shown)
    if isinstance(said, Clean) and isinstance(said.values.get(HERE), bool):
        note = {"statutory_note": said.values["statutory_note"]} if said.values.get("statutory_note") else {}
        if said.values[HERE] and not STATUTORY.search(plain(rest_shown)):
            note = {"statutory_note": rest_shown}
        return Clean({"level": levels, "statutory": said.values[HERE], **note}, "level-statutory")
    return Ask("statutory-unclear", f"{quote(text)}: is the council itself obliged by law to take part?", suggest=False if isinstance(said, Ask) and re.search(r"county|police|nhs", looked) else None,
               options=[True, False], keep={"level": levels})  # fmt: skip


# ------------------------------------------------------------------ roles, benefits, kinds
ROLES = {"control": r"control\w*|lead\w*|chair\w*|host\w*|accountable body|decision[- ]?mak\w+|c", "influence": r"influenc\w*|inf\.?luence|contribut\w*|shape|advis\w+|i/?l",
         "information": r"info(rm(ation|ed)?)?( only| sharing)?\.?|inform|observ\w+|receive information|for info(rmation)?"}  # fmt: skip


def read_role(value: Any) -> Outcome:
    """Control, influence and information; leading or chairing means control."""
    return _from_list(value, lambda part: next((role for role, words in ROLES.items() if re.fullmatch(words, part)), ""), code="role-unclear",
                      question="control, influence or information?", options=list(ROLES), rule="role", as_typed=("Control", "Influence", "Information"))  # fmt: skip


BENEFITS = (
    ("External funding or investment", r"external|fund\w*|invest\w*|grants?|inward"),
    ("Cashable savings / income", r"cash\w*|saving\w*|income|efficienc\w*|cost\w*|economies|revenue"),
    (
        "Increased service quality",
        r"quality|service improvement\w*|better services?|improved services?|customer|service delivery",
    ),
    ("Improved speed or throughput", r"speed\w*|throughput|faster|quicker|turnaround|timel\w+"),
    ("Risk mitigation", r"risks?|mitigat\w+|resilien\w+"),
)


def read_benefits(value: Any) -> Outcome:
    """The five kinds of benefit."""
    return _from_list(value, _benefit, code="benefit-unclear", question="which benefit does the council get?", options=[name for name, _ in BENEFITS], rule="benefit",
                      as_typed=())  # fmt: skip


def _benefit(part: str) -> str:
    found = [name for name, words in BENEFITS if re.search(rf"\b({words})\b", part)]
    return found[0] if len(found) == 1 else ""


def _from_list(
    value: Any,
    find: Callable[[str], str],
    *,
    code: str,
    question: str,
    options: Sequence[str],
    rule: str,
    as_typed: Sequence[str],
) -> Outcome:
    text = tidy_lines(str(value))
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, options)
    if is_nothing(looked) or looked in {"none", "nil"}:
        return Clean({HERE: []}, "empty")
    if whole_text := find(looked.strip(" .")):
        return Clean({HERE: [whole_text]}, "" if squeeze(text) in as_typed else rule)
    if re.fullmatch(r"all( (three|five|of (the )?above))?", looked):
        return Ask(
            code, f"{quote(text)}: is that all of {', '.join(options)}?", suggest=list(options), options=list(options)
        )
    parts = [part.strip(" .-•") for part in re.split(r"\n|[;,/&+|]|\band\b", text.casefold()) if part.strip(" .-•")]
    found = [find(plain(part)) for part in parts]
    if all(found):
        return Clean({HERE: list(dict.fromkeys(found))}, rule)
    return Ask(
        code,
        f"{quote(text)}: {question}",
        suggest=list(dict.fromkeys(x for x in found if x)) or None,
        options=list(options),
    )


TYPES = {"Collaborative": r"collab\w*\.?( partnership)?|collaboration", "Joint": r"joint( (cttee|committee|board|partnership|venture|working|arrangement|service))?\.?",
         "Host": r"host\w*( (partnership|authority|council|service))?|lead (authority|council)", "Executive": r"exec(utive)?\.?( (partnership|board))?"}  # fmt: skip
NOT_PARTNERSHIP_KIND = re.compile(r"\bnetwork(ing)?s?\b|\bgrants?\b|\bcontract(or|ed)?s?\b|\bsla\b|\bservice level\b|\boutside bod(y|ies)\b|\bconsult(ation|ative) (group|forum)\b|\bnot a partnership\b|\bcommission(ed|ing)\b|"
                                  r"\bsupplier\b|\bprocure\w+\b|\boutsourc\w+\b")  # fmt: skip


def read_type(value: Any) -> Outcome:
    """Collaborative, Joint, Host or Executive; what the policy leaves out is asked about."""
    text = squeeze(str(value))
    looked = plain(text)
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, list(TYPES))
    if NOT_PARTNERSHIP_KIND.search(looked):
        return Ask("not-a-partnership", f"{quote(text)}: the policy leaves out networks, grants and contracts. Keep it on the register, and with which type?",
                   options=["leave out", *TYPES])  # fmt: skip
    bare = re.sub(r"\s*\(.*?\)|\s+[-–—]\s.*$", "", text).strip()
    found = [kind for kind, words in TYPES.items() if re.fullmatch(words, plain(bare))]
    if len(found) == 1 and "?" not in text:
        return Clean({HERE: found[0]}, "" if text == found[0] else "type")
    some = [kind for kind in TYPES if re.search(rf"\b{kind.casefold()[:4]}", looked)]
    return Ask(
        "type-unclear",
        f"{quote(text)}: which type is it?",
        suggest=some[0] if some else None,
        options=some if len(some) > 1 else list(TYPES),
        batch=not some,
    )


SECTORS = {"Public": r"pub(lic)?\.?( sector| body)?|statutory|local government|nhs|council|la", "Private": r"priv(ate)?\.?( sector)?|business|commercial|company",
           "Voluntary and community": r"vcs|vcse|vol(untary)?\.?( sector)?|community( sector)?|third( sector)?|vol(untary)? ?(&|and|/) ?comm(unity)?\.?( sector)?|charit\w+|vcfs|vcs sector"}  # fmt: skip
MEMBER_STATUS = {"Full": r"full( member)?|voting|core( member)?|member|f", "Associate": r"assoc(iate)?\.?( member)?|non[- ]voting", "Observer": r"obs(erver)?\.?", "Adviser": r"advis[eo]r|advisory|adv\.?",
                 "Director": r"dir(ector)?\.?|board director"}  # fmt: skip
STATUS = {"active": r"active|live|current|on ?going|open|in operation|operational|operating|yes|in place|established|continuing|a", "ended": r"ended|closed|ceased|inactive|dissolved|disbanded|wound up|finished|completed?|"
          r"terminated|expired|former|no longer( active| exists| operating)?|withdrawn|left|defunct|concluded|dead|archived"}  # fmt: skip


def read_one_of(value: Any, words_of: Mapping[str, str], *, code: str, question: str, rule: str = "lookup") -> Outcome:
    """One word of a fixed list and its variants; anything else is asked about."""
    text = squeeze(str(value))
    looked = plain(text).strip(" .")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, list(words_of))
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    for name, words in words_of.items():
        if re.fullmatch(words, looked):
            return Clean({HERE: name}, "" if text == name else rule)
    return Ask(code, f"{quote(text)}: {question}", options=list(words_of))


def read_sector(value: Any) -> Outcome:
    outcome = read_one_of(value, SECTORS, code="sector-unclear", question="which sector is it?")
    if isinstance(outcome, Ask) and outcome.code == "sector-unclear":
        return Ask(
            "sector-unclear",
            f"{quote(str(value))} is not one of the three sectors. Voluntary and community?",
            suggest="Voluntary and community",
            options=list(SECTORS),
        )
    return outcome


def read_member_status(value: Any) -> Outcome:
    return read_one_of(value, MEMBER_STATUS, code="member-status-unclear", question="which kind of member is it?")


def read_status(value: Any) -> Outcome:
    return read_one_of(value, STATUS, code="status-unclear", question="is the partnership active, or has it ended?")


def read_chair(value: Any) -> Outcome:
    """Whether the member chairs; "Vice" is noted as such."""
    if isinstance(value, bool):
        return Clean({HERE: value})
    looked = plain(str(value)).strip(" .")
    if re.fullmatch(r"vice([- ]?chair(man|person|woman)?)?|deputy( chair)?|v\.?c\.?|v/chair", looked):
        return Clean({HERE: False, "is_vice_chair": True}, "chair")
    if re.fullmatch(r"y|yes|chair(s|ed|ing|man|person|woman)?|x|✓|✔|true|1|c|lead", looked):
        return Clean({HERE: True}, "yes-no")
    if re.fullmatch(r"n|no|false|0|member|none", looked) or is_nothing(looked):
        return Clean({HERE: False}, "yes-no")
    if is_to_be_confirmed(str(value)):
        return ask_to_be_confirmed(str(value), [True, False])
    return Ask("chair-unclear", f"{quote(str(value))}: who chairs now?", options=[True, False])


# ------------------------------------------------------------------ lists of words
def split_list(text: str) -> list[str]:
    """The parts of a list: at line breaks and semicolons, else at commas, else at slashes; never inside brackets or quotes."""
    kept: list[str] = []

    def keep(hit: re.Match[str]) -> str:
        kept.append(hit[0])
        return f"\x00{len(kept) - 1}\x00"

    shielded = re.sub(r"\([^()]*\)|\"[^\"]*\"|“[^”]*”", keep, text)
    for sign in (r"\n|;|•", r",(?!\d{3}\b)", r"\s?/\s?(?=[A-Za-z\x00])", r"\|"):
        parts = [part for part in re.split(sign, shielded) if part.strip(" ,;-•·*")]
        if len(parts) > 1:
            break
    else:
        parts = [shielded]
    opened = [re.sub(r"\x00(\d+)\x00", lambda hit: kept[int(hit[1])], part) for part in parts]
    return [re.sub(r"^[-•·*]\s+", "", squeeze(part)).strip(" ,;") for part in opened]


# Names that hold "and" and mean one thing, and the words with which the name of a body may end.
ONE_NAME = re.compile(
    r"\b(fire|health|police|crime|adults?|parks|safety|culture|housing|arts|economy|learning|women|older people|children|families|education|advice|research|family|social care"
    r"|fish|water|land|town|parish|country)( (?:and|&) )(rescue|wellbeing|well-being|social care|crime|disorder|justice|children|girls|leisure|health|heritage|skills|families|young people"
    r"|family|community|care|guidance|development|parish|parishes|business)\b",
    re.IGNORECASE,
)
A_BODY = re.compile(
    r"(?:.*\b)?(council|police|nhs|trust|service|company|university|college|chamber|agency|authority|parish(es)?|schools?|probation|federation|association|society|club|clubs|forum|board"
    r"|partnership|group|limited|ltd|plc|county|district|borough|city|charity|union|hospital|ccg|pct|cvs|cic|bureau|traders|landowners|businesses|fire( and rescue)?|residents|volunteers"
    r"|government|department|church|churche|commissioner|consortium|foundation|network)s?|(?:.*\b)?\w{3,}(?:ers|ors|ants|ents)|(?-i:[A-Z]{2,6})",
    re.IGNORECASE,
)


def _holds_and(part: str) -> bool:
    """Whether "and" joins something outside brackets and outside the names that we know."""
    return bool(re.search(r"\s(and|&)\s", ONE_NAME.sub("", re.sub(r"\([^)]*\)", "", part.casefold()))))


def _parted(part: str) -> list[str] | None:
    """A part of a list at its last "and": two bodies, or one name that holds the word; None when it may be either."""
    shielded = ONE_NAME.sub(lambda hit: hit[0].replace(" and ", "\x01").replace(" & ", "\x02"), part)
    pieces = [squeeze(x) for x in re.split(r"\s+(?:and|&)\s+(?![^()]*\))", shielded) if x.strip()]
    opened = [piece.replace("\x01", " and ").replace("\x02", " & ") for piece in pieces]
    if len(pieces) < 2:
        return [part]
    named = [bool(A_BODY.fullmatch(piece)) and not (piece.islower() and len(piece) < 4) for piece in opened]
    if all(named) or (len(set(map(str.isupper, opened))) == 1 and opened[0].isupper()):
        return opened
    return None if named[0] else [part]


def read_list(value: Any, *, code: str = "partners-unclear") -> Outcome:
    """A list of words. Where "and" or "+" may join one thing or two, a person decides."""
    text = tidy_lines(str(value))
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked) or looked in {"none", "nil", "no one"}:
        return Clean({HERE: []}, "empty")
    parts = split_list(text)
    outside = re.sub(r"\([^)]*\)", "", looked)
    is_unsure = bool(re.search(r"\betc\b|\bvarious\b|\?\s*$|\bothers\b|\band more\b|\bseveral\b", outside))
    if re.search(r"\w\s?\+\s?\w", outside):
        pieces = [squeeze(piece) for piece in re.split(r"\s?\+\s?", text)]
        if len(parts) == 1 and not re.search(r"[\d()]", text):
            parts = pieces
        else:
            is_unsure = True
    if re.search(r"[;\n]", text) and any("," in re.sub(r"\([^)]*\)", "", part) for part in parts):
        # Two kinds of separators: "Police, Fire; County" is three bodies, "Smith, Jones and Co; Bank" two.
        finer = [squeeze(piece) for part in parts for piece in re.split(r",(?![^()]*\))", part) if piece.strip()]
        if all(A_BODY.fullmatch(piece) for part in parts if "," in part for piece in map(squeeze, part.split(","))):
            parts = finer
        else:
            is_unsure = True
    joined = [_parted(part) for part in parts]
    if len(parts) == 1 or ("," in outside and not re.search(r"[;\n]", text)):
        if joined[-1] is None or (len(parts) > 1 and joined[-1] == [parts[-1]] and _holds_and(parts[-1])):
            is_unsure = True
        elif not is_unsure:
            parts = [*parts[:-1], *joined[-1]]
    if is_unsure:
        finer = [
            piece.strip() for part in parts for piece in re.split(r"\s\+\s|\s+(?:and|&)\s+", part) if piece.strip()
        ]
        return Ask(
            code,
            f"{quote(text)}: which ones are meant?",
            suggest=[part for part in finer if part.casefold().strip(".") != "etc"],
        )
    return Clean({HERE: parts}, "" if parts == [value] else "split")


# ------------------------------------------------------------------ priorities and other codes
CODE = re.compile(
    r"(?<![\w.])(?:(?:priority|priorities|outcome|objective|obj|aim|theme|pledge|goal|ambition|p|no)\.?\s?)?(\d{1,2}(?:\.\d{1,2})*)(?![\w%])\.?",
    re.IGNORECASE,
)
LETTER_CODE = re.compile(r"\b([A-Z]{1,4})[ -]?(\d{1,3}[a-z]?(?:\.\d+)*)\b")


def read_priorities(value: Any, known: Mapping[str, str], number_format: str = "") -> Outcome:
    """Codes of the council's priorities. `known` holds code and text of the list; empty where there is none."""
    if isinstance(value, dt.date):
        code = (
            f"{value.day}.{value.month}"
            if not known or f"{value.day}.{value.month}" in known
            else f"{value.month}.{value.day}"
        )
        return Ask(
            "priority-date",
            f"The cell holds the date {value.day} {value:%B %Y}. Was '{value.day}/{value.month}' typed, meaning {code}?",
            suggest=[code],
        )
    if isinstance(value, bool):
        return Ask("priority-unclear", f"'{value}': which priority?")
    if isinstance(value, int | float):
        return _priority_number(value, known, number_format)
    text = tidy_lines(value)
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked) or looked in {"none", "nil"}:
        return Clean({HERE: []}, "empty")
    tops = [code for code in known if "." not in code]
    if re.fullmatch(
        r"all( (of )?(the )?(four|five|three|six|\d+)?\s?(priorities|themes|outcomes|objectives|above|corporate priorities)?)?|cross[- ]?cutting",
        looked.strip(" ."),
    ):
        return Ask("priority-all", f"{quote(text)}: does it serve all the priorities?", suggest=tops or None)
    return _priority_text(text, looked, known)


def _priority_number(value: float, known: Mapping[str, str], number_format: str) -> Outcome:
    code = f"{value:g}"
    decimals = re.fullmatch(r"0\.(0+)", number_format)
    shown = f"{value:.{len(decimals[1])}f}" if decimals else code
    if shown != code and "." in code and (shown in known or not known):
        names = {c: f" ({known[c]})" if known.get(c) else "" for c in (shown, code)}
        return Ask("priority-number", f"The cell shows {shown} but holds the number {code}. Is it {shown}{names[shown]} or {code}{names[code]}?",
                   suggest=[shown], options=[[code], [shown]])  # fmt: skip
    if known and code not in known:
        return _unknown_priority(code, known)
    return Clean({HERE: [code]}, "priority")


def _unknown_priority(code: str, known: Mapping[str, str]) -> Wrong:
    codes = list(known)
    return Wrong(
        "priority-unknown",
        f"'{code}' is not in the list of priorities ({codes[0]} to {codes[-1]}).",
        "Choose a priority from the list or leave it blank.",
    )


def _priority_text(text: str, looked: str, known: Mapping[str, str]) -> Outcome:
    by_text = {plain(words): code for code, words in known.items() if words}
    if looked in by_text:
        return Clean({HERE: [by_text[looked]]}, "priority")
    lettered = [f"{hit[1]}{hit[2]}" for hit in LETTER_CODE.finditer(text) if hit[1] not in {"P", "O"}]
    if lettered and (not known or all(code in known for code in lettered)):
        return Clean({HERE: list(dict.fromkeys(lettered))}, "priority")
    if span := re.fullmatch(r"(\d+(?:\.\d+)?)\s?(?:-|to)\s?(\d+(?:\.\d+)?)", looked):
        between = [code for code in known if _between(span[1], code, span[2])]
        return Ask(
            "priority-unclear",
            f"{quote(text)}: is that everything from {span[1]} to {span[2]}?",
            suggest=between or None,
        )
    codes = [hit[1] for hit in CODE.finditer(text)]
    if codes:
        unknown = [code for code in codes if known and code not in known]
        if unknown:
            return _unknown_priority(", ".join(unknown), known)
        rest = CODE.sub(" ", text)
        if re.search(r"\?|\bor\b", rest.casefold()):
            return Ask("priority-unclear", f"{quote(text)}: which priority is meant?", suggest=codes)
        return Clean({HERE: list(dict.fromkeys(codes))}, "priority")
    parts = split_list(text)
    found = [_nearest(part, known) for part in parts]
    if known and all(found):
        return Clean({HERE: list(dict.fromkeys(found))}, "priority")
    if not known:
        return Clean({HERE: parts}, "" if parts == [text] else "split")
    return Ask(
        "priority-unclear",
        f"{quote(text)}: which priority of the list is meant?",
        suggest=[code for code in found if code] or None,
        options=list(known),
    )


def _between(low: str, code: str, high: str) -> bool:
    try:
        return (
            "." in code
            if "." not in low
            else tuple(map(int, low.split("."))) <= tuple(map(int, code.split("."))) <= tuple(map(int, high.split(".")))
        )
    except ValueError:
        return False


def _nearest(text: str, known: Mapping[str, str]) -> str:
    """The code whose text is the same but for spelling, or ""."""
    scored = sorted(
        ((fuzz.token_sort_ratio(plain(text), plain(words)), code) for code, words in known.items() if words),
        reverse=True,
    )
    if scored and scored[0][0] >= 88 and (len(scored) == 1 or scored[1][0] < scored[0][0]):
        return scored[0][1]
    return ""


def read_codes(value: Any) -> Outcome:
    """Codes of the corporate plan or the community strategy, such as CO1 or NI 15; words without a code stay as they are."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Clean({HERE: [f"{value:g}"]}, "priority")
    text = tidy_lines(str(value))
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked) or looked in {"none", "nil"}:
        return Clean({HERE: []}, "empty")
    hits = [hit[0] for hit in re.finditer(r"\b[A-Z]{1,4}[ -]?\d{1,3}[a-z]?(?:\.\d+)*\b", text)]
    rest = re.sub(r"\b[A-Z]{1,4}[ -]?\d{1,3}[a-z]?(?:\.\d+)*\b", " ", text)
    if hits and not re.search(r"[A-Za-z]{3,}", re.sub(r"\band\b", "", rest)):
        prefix = re.match(r"[A-Z]+[ -]?", hits[0])
        more = re.findall(r"(?<![\w.])\d{1,3}\b", rest)
        codes = [*hits, *(f"{prefix[0] if prefix else ''}{number}" for number in more)]
        return Clean({HERE: codes}, "" if codes == [value] else "split")
    if re.fullmatch(r"all( .*)?", looked) and re.search(r"priorit|objective|aims|themes|^all$", looked):
        return Ask("priority-all", f"{quote(text)}: does it serve all of them?")
    parts = split_list(text)
    return Clean({HERE: parts}, "" if parts == [value] else "split")


# ------------------------------------------------------------------ contact, places, terms
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?:tel|t|phone|ph|mob(?:ile)?|ext)?[.:]?\s*(\(?(?:\+44\s?\(?0?\)?\s?|0)\d[\d\s()-]{7,14}\d(?:\s?(?:ext|x)\.?\s?\d+)?)",
    re.IGNORECASE,
)


def read_contact(value: Any) -> Outcome:
    """Address and telephone number, taken apart."""
    text = tidy_lines(
        f"0{value:.0f}"
        if isinstance(value, int | float) and not isinstance(value, bool) and 10**9 <= value < 10**10
        else str(value)
    )
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked):
        return Clean({"contact_email": None, "contact_phone": None}, "empty")
    emails = EMAIL.findall(text)
    rest = EMAIL.sub(" ", text)
    phones = [squeeze(hit[1]) for hit in PHONE.finditer(rest)]
    rest = squeeze(
        re.sub(r"(?i)\b(e-?mail|tel(ephone)?|phone|mobile|mob|t|e)\b\s?[.:]?", " ", PHONE.sub(" ", rest))
    ).strip(" ,;:/-|()")
    if len(emails) > 1 or len(phones) > 1 or (not emails and not phones):
        return Ask(
            "contact-unclear",
            f"{quote(text)}: which e-mail address and telephone number?",
            suggest=emails[0] if emails else None,
        )
    values: dict[str, Any] = {
        "contact_email": emails[0] if emails else None,
        "contact_phone": phones[0] if phones else None,
    }
    if rest:
        values["contact_note"] = rest
    return Clean(values, "contact")


def read_places(value: Any) -> Outcome:
    """Places of the council on a body, and places for substitutes."""
    if isinstance(value, dt.date):
        return Ask("places-unclear", f"The cell holds the date {value:%d/%m/%Y}. How many places are there?")
    if isinstance(value, int | float):
        return Clean({HERE: whole(value), "substitutes": 0})
    text = squeeze(str(value))
    looked = number_words(plain(text))
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked):
        return Clean({HERE: None, "substitutes": None}, "empty")
    people = r"(members?|reps?|representatives?|cllrs?|councillors?|places?|seats?|trustees?|governors?|directors?|nominees?|officers?)?"
    if hit := re.fullmatch(
        rf"(\d+)\s?x?\s?{people}\s?(?:(?:\+|plus|and|&|,|\()\s?(\d+)?\s?(?:named )?(?:subs?(?:titutes?)?|deput(?:y|ies)|reserves?|alternates?)\)?)?\.?",
        looked,
    ):
        has_substitute = bool(re.search(r"sub|deput|reserve|alternate", looked))
        return Clean({HERE: int(hit[1]), "substitutes": int(hit[3] or 1) if has_substitute else 0}, "places")
    if not re.search(r"\d|\?|\bor\b", looked) and re.search(
        r"\bward\b|\ball\b|\bmembers\b|\bex officio\b|\bopen\b|\bunlimited\b|\blocal\b", looked
    ):
        return Clean({HERE: None, "substitutes": 0}, "places")
    number = re.search(r"\d+", looked)
    return Ask(
        "places-unclear",
        f"{quote(text)}: how many places does the council have now?",
        suggest=int(number[0]) if number else None,
    )


def read_term(value: Any) -> Outcome:
    """The length of a term in years; an open term is kept in words."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Clean({HERE: whole(value)}) if 0 < value <= 100 else Ask("term-unclear", f"'{value}': how many years?")
    text = squeeze(str(value))
    looked = number_words(plain(text))
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    if hit := re.fullmatch(
        r"(\d+(?:\.\d+)?)\s?[- ]?(years?|yrs?|y|months?|mths?)?\.?( ?(term|terms|of office|appointment|fixed|term of office|each))*",
        looked,
    ):
        years = float(hit[1]) / (12 if (hit[2] or "y").startswith("m") else 1)
        return Clean({HERE: whole(years)}, "term")
    if re.fullmatch(
        r"annual(ly)?( appointment)?|yearly|year|1 municipal year|municipal year|a year|civic year|council year", looked
    ):
        return Clean({HERE: 1}, "term")
    if OPEN_END.fullmatch(looked) or re.match(
        r"(until|till|open|life|during|while|ex[- ]officio|at (the )?(council|pleasure)|length of|duration|term of (office|council)|council term|no fixed|as long|none)",
        looked,
    ):
        return Clean({HERE: None, "term_note": text}, "term")
    numbers = [int(x) for x in re.findall(r"\d+", looked) if int(x) in range(1, 30)]
    return Ask("term-unclear", f"{quote(text)}: how many years is the term?", options=list(dict.fromkeys(numbers)))


def read_small_number(value: Any, *, top: int, what: str) -> Outcome:
    """A whole number of a scale from 1 to `top`: likelihood or impact."""
    if isinstance(value, dt.date):
        return Ask(
            "score-date",
            f"The cell holds the date {value:%d %b}; a spreadsheet has turned a number into a date. Which {what} from 1 to {top}?",
            options=list(range(1, top + 1)),
        )
    text = squeeze(str(value)) if isinstance(value, str) else f"{value:g}"
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, list(range(1, top + 1)))
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    hit = re.fullmatch(r"(\d+)(\.0+)?(\s?(?:/|of|out of)\s?\d+)?(\s*[-(:].*|\s+[a-z ()]+)?", looked)
    bracketed = hit or re.fullmatch(r"[a-z ]+[\s(:-]+(\d+)\)?", looked)
    if bracketed:
        number = int(bracketed[1])
        if not 1 <= number <= top:
            return Wrong(
                "out-of-scale",
                f"{what.capitalize()} {number}: the scale goes from 1 to {top}.",
                f"Enter a whole number from 1 to {top}.",
            )
        return Clean({HERE: number}, "" if re.fullmatch(r"\d+", text) else "score")
    if re.fullmatch(r"-?\d+(\.\d+)?", looked):
        return Wrong(
            "out-of-scale",
            f"{what.capitalize()} {text}: the scale goes from 1 to {top}.",
            f"Enter a whole number from 1 to {top}.",
        )
    word = (
        {"very low": 1, "low": 2, "medium": 3, "high": 4, "very high": 5}.get(looked)
        if top == 5
        else {"low": 1, "medium": 2, "high": 3}.get(looked)
    )
    return Ask(
        "score-unclear", f"{quote(text)}: which {what} from 1 to {top}?", suggest=word, options=list(range(1, top + 1))
    )


def read_score(value: Any) -> Outcome:
    """Likelihood times impact."""
    if isinstance(value, dt.date):
        return Ask(
            "score-date",
            f"The cell holds the date {value:%d %b}; a spreadsheet has turned a number into a date. Which score is it?",
        )
    text = squeeze(str(value)) if isinstance(value, str) else f"{value:g}"
    looked = plain(text)
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if is_nothing(looked):
        return Clean({HERE: None}, "empty")
    if hit := re.fullmatch(r"(\d+)(\.0+)?(\s?(?:/|of|out of)\s?\d+)?", looked):
        return Clean({HERE: int(hit[1])}, "" if looked == hit[1] else "score")
    if re.fullmatch(
        r"\d{1,2}[-/ ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ ]\d{1,2}|\d{1,2}/\d{1,2}(/\d{2,4})?",
        looked,
    ):
        return Ask(
            "score-date",
            f"{quote(text)} in the score column: a spreadsheet has turned a number into a date. Which score is it?",
        )
    if hit := re.fullmatch(r"(\d+)\s?[x×*]\s?(\d+)(\s?=\s?(\d+))?", looked):
        return Clean({HERE: int(hit[1]) * int(hit[2])}, "score")
    hit = re.fullmatch(r"[a-z /]+[\s(:-]+(\d+)\)?|(\d+)\s?[\s(:-]+[a-z /]+\)?", looked)
    if hit:
        return Clean({HERE: int(hit[1] or hit[2])}, "score")
    return Ask("score-unclear", f"{quote(text)}: which score is it?")
