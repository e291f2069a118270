"""People in a cell: who represents the council, at which level, vacancies and substitutes."""

import re
from collections.abc import Sequence
from typing import Any

from register.importing.values import (
    DASH,
    HERE,
    NOT_APPLICABLE,
    NOT_KNOWN,
    Ask,
    Clean,
    Outcome,
    ask_to_be_confirmed,
    is_to_be_confirmed,
    plain,
    quote,
    squeeze,
)

TITLES = r"(?:cllrs?|councillors?|cl?r|mr|mrs|ms|miss|dr|prof|sir|dame|rev|lord|lady|baroness|ald(?:erman)?)\b\.?"
ROLE_END = re.compile(
    r"\b(manager|officer|director|leader|executive|engineer|holder|chair(man|woman|person)?|vice[- ]chair|champion|lead|clerk|co-?ordinator|adviser|advisor|accountant|solicitor|"
    r"surveyor|planner|treasurer|secretary|president|supervisor|inspector|head|members?|councillors?|mayor|deputy|assistant|consultant|administrator|trustee|governor|analyst|"
    r"warden|ranger|chief|ceo|cex|cx|cfo|specialist|associate|partner|representative|substitute|s\.?151|vacan(t|cy)|apprentice|dpo|architect|auditor|ecologist|mgr|off|dir|hos|ad|"
    r"enabler|worker|principal|superintendent|controller|strategist|portfolio holder|sub)s?\.?$",
    re.IGNORECASE,
)
ROLE_START = re.compile(
    r"^((interim|acting|deputy|assistant|joint|strategic|executive|corporate|service|group|associate|senior|principal) )*"
    r"(head of|heads of|hd of|dir\.? of|ad of|asst\.? dir|director of|directors of|leader of|leader|deputy leader|portfolio holder|chief|chair of|cabinet member|lead member|member for|executive member|"
    r"assistant director|director|mayor|monitoring officer|s\.?151|section 151|ward member|officer from|vacan|vice|lead for|manager of)\b",
    re.IGNORECASE,
)
TITLED = re.compile(rf"^{TITLES}", re.IGNORECASE)
INITIALS_NAME = re.compile(
    r"^(?:[A-Z]\.?\s?){1,3}[A-Z][a-z’'-]+$|^[A-Z]\.(?:[A-Z]\.)*[A-Z]?$|^(?!(?:IT|HR|PR|IS|UK|EU|GP|ICT)$)[A-Z]{2,3}$"
)
FULL_NAME = re.compile(r"^[A-Z][a-z]+(?: [A-Z]\.?)? (?:Mc|Mac|O['’])?[A-Z][a-z’'-]+(?:-[A-Z][a-z]+)?$")
COMMON_WORDS = re.compile(
    r"\b(housing|planning|health|finance|community|leisure|economic|development|environment(al)?|services?|policy|strategy|legal|waste|safety|culture|property|democratic|resources|"
    r"growth|communities|regeneration|parks?|council|team|group|board|support|adult|children|social|care|public|business|town|centre|street|scene|open|spaces?|corporate|human)\b",
    re.IGNORECASE,
)
VACANT = re.compile(
    r"\(?(vacan(t|cy)|vacant (post|seat|place|position)|vacant since .*|vacancy .*|vacan(t|cy) \(.*\)|to be (appointed|filled)|not filled|unfilled|no appointment|seat vacant)\)?",
    re.IGNORECASE,
)
SUBSTITUTE = re.compile(
    r"\s*(?:[-–—,:]\s*|\(\s*|\s)(?:named )?(?:sub(?:st(?:itute)?)?|substitute|reserve|deputy|deputising|alternate|dep)\.?(?: member)?\s*\)?$",
    re.IGNORECASE,
)
SUBSTITUTE_FIRST = re.compile(
    r"^\(?(?:sub(?:st(?:itute)?)?|reserve|deputy|alternate)\)?\s*[:\-–=]\s*|^\(?(?:sub|substitute|reserve)\)?\s+(?=(cllr|councillor|mr|mrs|ms)\b)",
    re.IGNORECASE,
)
SUBSTITUTE_INSIDE = re.compile(
    r"^(?P<who>.*?)\s*\(\s*(?:named )?(?:sub(?:st(?:itute)?)?|deputy|reserve|alternate)\s*[:\-–=]?\s+(?P<sub>[^()]+(?:\([^()]*\))?)\)$",
    re.IGNORECASE,
)
NOT_COUNCILLOR = re.compile(
    r"\s*[\(\-–,]\s*(?:not a (?:councillor|cllr|member)|non[- ]?(?:member|councillor|cllr|elected)|lay (?:member|person)|not (?:an )?elected(?: member)?)\s*\)?$",
    re.IGNORECASE,
)
COUNCILLOR = re.compile(r"(?:cllr|councillor)\b", re.IGNORECASE)
OFFICER_POST = re.compile(
    r"^head of\b|\bchief executive\b|\b(?:manager|officer|engineer|planner|surveyor|accountant)$", re.IGNORECASE
)
SOFT = re.compile(r"\s+(?:&|and)\s+(?:the\s+)?")
NOBODY_YET = re.compile(
    r"various|several|tb[acd]|to be (confirmed|agreed|appointed)|rotat\w+|as (required|appropriate|needed)|depends.*|not known|unknown|\?+|changes|varies",
    re.IGNORECASE,
)
LEVELS = {
    "CMT": r"cmt|corporate management team|corporate director|clt|elt|corporate leadership team|chief officer|executive management team|emt|slt",
    "SMT": r"smt|senior management( team)?|senior manager|head of service|hos|wider management team",
    "Member": r"members?|mbrs?|mem|cllrs?|councillors?|elected members?|m|councillor \(member\)",
    "Officer": r"officers?|offs?|ofcr|off\.|o|staff",
}
LEVEL_WORDS = {level: re.compile(words, re.IGNORECASE) for level, words in LEVELS.items()}


def is_whole_person(text: str) -> bool:
    """Whether a text can stand for one person alone: a titled name, a post, a full name or a vacancy."""
    text = re.sub(r"\s*\([^)]*\)", "", text).strip(" ,.;")
    if not text:
        return False
    if TITLED.match(text) or ROLE_START.match(text) or ROLE_END.search(text) or VACANT.fullmatch(text):
        return True
    return (
        bool(INITIALS_NAME.match(text))
        or (bool(FULL_NAME.match(text)) and not COMMON_WORDS.search(text))
        or bool(re.match(r"\d+ (members?|officers?|cllrs?)", text, re.IGNORECASE))
    )


def _shielded(text: str) -> tuple[str, list[str]]:
    """The text with each bracket replaced by a sign, so that nothing is split inside it."""
    kept: list[str] = []

    def keep(hit: re.Match[str]) -> str:
        kept.append(hit[0])
        return f"\x00{len(kept) - 1}\x00"

    return re.sub(r"\([^()]*\)", keep, text), kept


def _unshielded(text: str, kept: Sequence[str]) -> str:
    return re.sub(r"\x00(\d+)\x00", lambda hit: kept[int(hit[1])], text)


def split_people(text: str) -> list[str]:
    """The people of a cell. A title such as "Housing & Health Manager" is never split."""
    shielded, kept = _shielded(text.replace("\r\n", "\n"))
    parts = [part for part in re.split(r"\n|;|•|\s\+\s|\+(?=\s?[A-Z])", shielded) if part.strip(" ,.-•\u00a0")]
    for splitter in (re.compile(r"\s*/\s*"), re.compile(r"\s*,\s*(?:and\s+)?"), SOFT):
        parts = [piece for part in parts for piece in _split_if_whole(part, splitter, kept)]
    return [squeeze(_unshielded(part, kept)).strip(" ,;-•\u00a0") for part in parts]


def _split_if_whole(part: str, splitter: re.Pattern[str], kept: Sequence[str]) -> list[str]:
    """Split only where each piece can stand alone; commas between a name and its own post do not part two people."""
    if plural := re.match(r"(?i)\s*(cllrs|councillors)\.?\s+", part):
        names = re.split(r"\s*[,/]\s*(?:and\s+|&\s*)?|\s+(?:and|&)\s+", part[plural.end() :].strip())
        return [f"Cllr {name}" for name in names if name]
    pieces = [piece for piece in splitter.split(part) if piece.strip()]
    if len(pieces) < 2:
        return [part]
    opened = [_unshielded(piece, kept) for piece in pieces]
    if splitter.pattern.startswith(r"\s*,") and len(pieces) == 2:
        first, second = (re.sub(r"\s*\([^)]*\)", "", piece).strip() for piece in opened)
        first_is_name = bool(
            TITLED.match(first) or FULL_NAME.match(first) or INITIALS_NAME.match(first)
        ) and not ROLE_END.search(first)
        second_is_name = bool(
            TITLED.match(second)
            or INITIALS_NAME.match(second)
            or (FULL_NAME.match(second) and not ROLE_END.search(second))
        )
        # No councillor is the council's officer: "Cllr A.B., Head of Waste" are two, "Cllr A.B., Leader" is one.
        is_two = bool(COUNCILLOR.match(first) and OFFICER_POST.search(second))
        if (
            first_is_name
            and not second_is_name
            and not is_two
            and (ROLE_END.search(second) or ROLE_START.match(second))
        ):
            return [part]
    if all(is_whole_person(_last(piece)) for piece in opened):
        return pieces
    # "Head of Legal, Democratic and Property" stays; "Cllr A, Cllr B and Leisure" is split at what is sure.
    return [part]


def _last(piece: str) -> str:
    """Where a piece holds people joined by "and", it is enough that the whole can stand."""
    return piece.strip(" .")


def read_person(text: str) -> list[dict[str, Any]]:
    """One person as {who} with the facts that stand beside the name; "(sub Cllr B)" gives a second one."""
    text = squeeze(text)
    if many := re.fullmatch(
        r"(?i)(?:(\d)\s?x?\s?)vacan(?:t|cy|cies)(?: posts?| seats?| places?)?|vacan(?:t|cy)\s?(?:x\s?|\()(\d)\)?", text
    ):
        return [{"who": None, "vacant": True} for _ in range(int(many[1] or many[2]))]
    if VACANT.fullmatch(text):
        return [{"who": None, "vacant": True}]
    if (hit := SUBSTITUTE_INSIDE.match(text)) and is_whole_person(hit["sub"]):
        return [*read_person(hit["who"]), {"who": squeeze(hit["sub"]), "substitute": True}]
    text = (
        re.sub(r"^((?:cllr|councillor|mr|mrs|ms|dr))\.?(?=[A-Z]\.|[A-Z][a-z]+$)(?<=[a-z])", r"\1 ", text)
        if re.match(r"(Cllr|Mrs?|Ms|Dr)[A-Z]", text)
        else text
    )
    if hit := re.match(r"(Cllr|Mrs|Mr|Ms|Dr)(?=[A-Z])", text):
        text = f"{hit[1]} {text[hit.end() :]}"
    person: dict[str, Any] = {}
    if hit := SUBSTITUTE.search(text):
        if hit.start() > 0 and (re.search(r"[(\-–—,:]", hit[0]) or TITLED.match(text)):
            text, person = text[: hit.start()], {"substitute": True}
    elif hit := SUBSTITUTE_FIRST.match(text):
        text, person = text[hit.end() :], {"substitute": True}
    if hit := NOT_COUNCILLOR.search(text):
        text, person = text[: hit.start()], {**person, "councillor": False}
    return [{"who": squeeze(text).strip(" ,;"), **person}]


def run_together(text: str) -> list[str]:
    """The people of a text where titles follow one another without a sign between, else []."""
    marks = [
        hit.start()
        for hit in re.finditer(
            r"\b(Cllr|Councillor)\b\.?\s+(?=[A-Z])", re.sub(r"\([^)]*\)", lambda hit: "_" * len(hit[0]), text)
        )
    ]
    if len(marks) < 2 or marks[0] != 0:
        return []
    pieces = [text[a:b].strip() for a, b in zip(marks, [*marks[1:], len(text)], strict=True)]
    return [squeeze(piece) for piece in pieces] if all(is_whole_person(piece) for piece in pieces) else []


def read_people(value: Any, *, is_single: bool = False) -> Outcome:
    """The representatives in the order of the cell, as a list of {who, substitute, vacant}; one person where `is_single`."""
    text = value if isinstance(value, str) else str(value)
    looked = plain(text)
    if (
        DASH.fullmatch(looked)
        or NOT_KNOWN.fullmatch(looked)
        or NOT_APPLICABLE.fullmatch(looked)
        or looked in {"none", "nil", "no one", "nobody"}
    ):
        return Clean({HERE: None if is_single else []}, "empty")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text)
    if re.search(r"\w\?+\s*$", text):
        found = [person for part in split_people(text.rstrip("? ")) for person in read_person(part)]
        return Ask("people-unclear", f"{quote(text)}: who is it now?", suggest=found)
    parts = split_people(text)
    if any(NOBODY_YET.fullmatch(part) for part in parts):
        named = [part for part in parts if not NOBODY_YET.fullmatch(part)]
        return Ask("people-unclear", f"{quote(text)}: who is it now?", suggest=named or None)
    joined = [run_together(part) for part in parts]
    if any(joined):
        people = [who for part, run in zip(parts, joined, strict=True) for who in (run or [part])]
        return Ask(
            "people-run-together",
            f"{quote(text)}: how many people are in this cell? It looks like {len(people)}.",
            suggest=people,
        )
    found = [person for part in parts for person in read_person(part)]
    if not found:
        return Ask("people-unclear", f"{quote(text)}: who is it?")
    if is_single:
        return _single(text, found)
    is_plain = len(found) == 1 and found[0] == {"who": text}
    return Clean({HERE: found}, "" if is_plain else "split")


def _single(text: str, found: list[dict[str, Any]]) -> Outcome:
    if len(found) > 1:
        return Ask(
            "people-run-together",
            f"{quote(text)}: the line is for one person, and {len(found)} seem to be named.",
            suggest=[x["who"] for x in found],
        )
    person = found[0]
    rule = "vacancy" if person.get("vacant") else "" if person == {"who": text} else "person"
    return Clean({HERE: person}, rule)


def read_levels(value: Any) -> Outcome:
    """CMT, SMT, Member and Officer in the order of the cell."""
    text = squeeze(str(value))
    looked = plain(text)
    if DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked) or NOT_APPLICABLE.fullmatch(looked):
        return Clean({HERE: None}, "empty")
    if is_to_be_confirmed(text):
        return ask_to_be_confirmed(text, list(LEVELS))
    parts = [
        part.strip(" .") for part in re.split(r"\s*(?:\n|[;,/&+]|\band\b)\s*", str(value).strip()) if part.strip(" .")
    ]
    levels = []
    for part in parts:
        level = level_of(part)
        if not level:
            return Ask(
                "level-unclear", f"{quote(text)}: which of CMT, SMT, Member and Officer is meant?", options=list(LEVELS)
            )
        levels.append(level)
    return Clean({HERE: levels}, "" if text in LEVELS else "level")


def level_of(text: str) -> str:
    """The level that a word names, or ""."""
    return next((level for level, words in LEVEL_WORDS.items() if words.fullmatch(squeeze(text).strip(" ."))), "")
