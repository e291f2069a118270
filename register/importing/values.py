"""What a cell says: one pure parser for each kind of value.

A parser takes the value of a cell and what its column tells (a unit in the heading, a list of codes) and gives one of three
outcomes: `Clean` when only one reading is possible, `Ask` when a person must decide, `Wrong` when it cannot be right.
Dates are read in British order; money comes out in pounds a year, time in hours a month. Nothing is ever guessed in silence.
"""

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HERE = "*"  # stands for the field that the column feeds


@dataclass(frozen=True, slots=True)
class Clean:
    """Only one reading is possible. `rule` names what was changed, "" when the cell is right as it stands."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A person must decide. `keep` holds values of the cell that are not in doubt; `basis` the figures behind the suggestion."""

    code: str
    question: str
    suggest: Any = None
    options: Sequence[Any] = ()
    batch: bool = False
    keep: Mapping[str, Any] = field(default_factory=dict)
    basis: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """It cannot be right. `fix` says what to do."""

    code: str
    message: str
    fix: str
    blocks: str = "cell"


Outcome = Clean | Ask | Wrong
EMPTY = Clean()


def here(value: Any, rule: str = "") -> Clean:
    return Clean({HERE: value}, rule)


def squeeze(text: str) -> str:
    """One line: outer and double blanks, no-break spaces and line breaks go."""
    return " ".join(text.split())


def tidy_lines(text: str) -> str:
    """Several lines: blanks are tidied in each, line breaks stay."""
    lines = [squeeze(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip()


def whole(number: float) -> int | float:
    """A number without needless decimals, to the penny."""
    number = round(number, 2)
    return int(number) if number == int(number) else number


def plain(text: str) -> str:
    """Lower case, one line, straight quotes and dashes: for looking at, never for keeping."""
    text = text.translate(str.maketrans("’‘“”–—‑−", "''\"\"----"))
    return squeeze(text).casefold()


def quote(text: str, longest: int = 60) -> str:
    text = squeeze(text)
    return f"'{text if len(text) <= longest else text[: longest - 3] + '...'}'"


# ------------------------------------------------------------------ words that any cell may hold
TO_BE_CONFIRMED = re.compile(
    r"\(?(t\.?b\.?[acdn]\.?|to be (confirmed|agreed|advised|announced|determined|decided|completed|established|provided|finalised)"
    r"( .{0,30})?|(details |figures? |information )?(awaited|awaiting.{0,40}|pending)|\?+|to follow|figures? to follow"
    r"|under (review|discussion|negotiation)|not yet (known|agreed|confirmed|decided|set))\)?[.!?]*"
)
SEE_ABOVE = re.compile(
    r"((same )?as (per |for |in )?(the )?(above|previous|last|(row|line|entry|one|partnership) above|previous (row|line|entry))|see above|(the )?same( as above)?|above|ditto|do\.|-?\"-?|-''-|''|,,|-do-|〃|“|”|\^+)\.?"
)
NOT_KNOWN = re.compile(
    r"(n\.?/?k\.?|not known|unknown|don'?t know|no (data|information|info|details)|not (recorded|available|stated)|unclear)\.?"
)
DASH = re.compile(r"[-–—_.\s]+|/|\*+")
NOT_APPLICABLE = re.compile(r"(n\.?/?a\.?|not applicable)\.?")


def is_to_be_confirmed(text: str) -> bool:
    return bool(TO_BE_CONFIRMED.fullmatch(plain(text)))


def is_see_above(text: str) -> bool:
    return bool(SEE_ABOVE.fullmatch(plain(text)))


def ask_to_be_confirmed(text: str, options: Sequence[Any] = ()) -> Ask:
    return Ask("to-be-confirmed", f"{quote(text)}: this was not known when the register was kept. Enter it now or leave it blank.",
               options=options, batch=True)  # fmt: skip


# ------------------------------------------------------------------ text
def read_text(value: Any, *, one_line: bool = True) -> Outcome:
    """Words as they are, without stray blanks. A dash or "n/k" is empty; "None" is an answer and stays."""
    if isinstance(value, dt.date):
        return here(value.strftime("%d/%m/%Y"))
    if isinstance(value, bool):
        return here("Yes" if value else "No")
    if not isinstance(value, str):
        return here(value)
    looked = plain(value)
    if DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked) or NOT_APPLICABLE.fullmatch(looked):
        return Clean({HERE: None}, "empty")
    if is_to_be_confirmed(value):
        return ask_to_be_confirmed(value)
    text = squeeze(value) if one_line else tidy_lines(value)
    # Old spreadsheets held 255 signs a cell and cut the rest.
    if len(value) in {255, 256} and not re.search(r"[.!?:;)\"'”’]\s*$", value):
        return Ask("text-cut", f"The text stops after {len(value)} characters in the middle of a sentence; old spreadsheets cut longer text. "
                   "Is there a full version?", keep={HERE: text})  # fmt: skip
    return Clean({HERE: text}, "" if text == value else "trim")


# ------------------------------------------------------------------ money
NUMBER = r"\d[\d,.]*(?:[ \u00a0]\d{3}(?!\d))*(?:\.\d+)?"
AMOUNT = re.compile(
    rf"(?P<sign>(?:^|(?<=\())-\s?)?(?:(?P<currency>£|€|\$|gbp|eur)\s?(?P<minus>-)?)?\s?(?P<number>{NUMBER}|\.\d+)"
    r"\s?(?P<scale>k\b|m\b(?!\s?(th|onth))|mn\b|bn\b|million\b|thousand\b|000s\b)?(?P<pence>p\b(?!\.?\s?[amqw]\b))?(?:\s?(?P<after>gbp|pounds?)\b)?"
)
SCALES = {"k": 1000, "m": 1e6, "mn": 1e6, "million": 1e6, "thousand": 1000, "bn": 1e9, "000s": 1000}
NIL = re.compile(
    r"(£?\s?0+(\.0+)?(\s?gbp)?|nil|none|zero|nought|no (direct |financial |cash |budget |council )?(cost|contribution|charge|funding|money|payment|fee)s?"
    r"|free|nil return|nothing|£?nil|none at present|no direct cost to (the )?council)\.?(\s?(p\.?\s?a\.?|per (annum|year)|a year))?"
)
NIL_AND_MORE = re.compile(  # "Nil (officer time)": no money, and why
    r"(?:£?\s?0(?:\.00)?|£?\s?nil|none|zero)\s?(?:cash|contribution|cost)?\s?[-–(,;:/]\s?(?P<more>[a-z][^\d£?]*)"
)
YEARLY = re.compile(
    r"p\.?\s?a\b\.?|p\.a\.?|per annum|per year|per yr|a year|each year|every year|annually|yearly|annual|/ ?(yr|year|annum)\b|pr yr|in each year|p/a\b|"
    r"per financial year|recurring|ongoing"
)
PERIODS = (  # words, payments a year, how the note names it
    (re.compile(r"(per|a|each|every|/)\s?(quarter|qtr)\b|quarterly|\bp\.?q\.?\b"), 4, "paid quarterly"),
    (re.compile(r"(per|a|each|every|/)\s?(calendar )?(month|mth)\b|monthly|\bp\.?c\.?m\b\.?|\bp\.?m\b\.?"), 12, "paid monthly"),
    (re.compile(r"(per|a|each|every|/)\s?(week|wk)\b|(?<!fort)weekly|\bp\.?w\b\.?"), 52, "paid weekly"),
    (re.compile(r"(per|a|each|every|/)\s?(half[- ]year|six months|6 months)|half[- ]yearly|six[- ]monthly|6[- ]monthly|bi-?annually|twice (a|per) year"), 2,
     "paid half-yearly"),
)  # fmt: skip
DOUBTS = (  # code, words, question; the first that is found is asked
    ("money-period", r"every (other|second|two|2|three|3|four|4|five|5)( (year|yr)s?)?\b|biennial|alternate years?|bi-?ennially|per meeting|a meeting|each meeting|"
     r"per (?!annum|ann\b|year|yr|month|mth|quarter|qtr|week|wk|calendar|financial|half|cent\b)\w+|\bp(er)?[/.]?h(ead)?\b",
     "how much is that a year?"),
    ("money-oneoff", r"one[- ]?off|one time|once only|single payment|lump sum|non[- ]recurring|over (the )?(\d+|two|three|four|five|ten) ?(years?|yrs?|months)|"
     r"(for|in) (the )?first year|total over|over (the )?(life|term|period|lifetime)|"
     r"initial|start[- ]?up|set[- ]?up( cost| fee)?|joining fee|pump[- ]?prim\w+|seed", "is anything paid now?"),
    ("money-split", r"\bcap(ital)?\b|\brev(enue)?\b", "is it revenue or capital, and what is paid each year?"),
    ("money-in-kind", r"in[- ]kind|accommodation|(officer|staff|member)s?'? time|equivalent|worth of|rooms? |desk space|hosting costs|notional|secondment|seconded|"
     r"free use|use of|venue|value of",
     "is it paid in cash, or the worth of something given?"),
    ("money-negative", r"surplus|income|receiv\w+|refund\w*|rebate|\bcr\b|credit\w*|saving|profit|earn\w+|dividend|grant (from|to us)|paid to (us|the council)|net gain|deficit",
     "is this money received, not paid? What does the council pay?"),
    ("money-unclear", r"subject to|if |not agreed|not yet|unconfirmed|unless|proposed|provisional\w*|to be (agreed|confirmed)|\btb[ac]\b|up to|max\w*|at least|\bmin\b|"
     r"minimum|no more than|less than|more than|under\b|below|pot\b|fund\b|pooled|shared|share of|split|between|total|of which|overall|budget|whole|all partners|pending|"
     r"likely|potential\w*|possibl\w+|maybe|expected|forecast|was\b|were\b|previous\w*|formerly|now\b|from \d{4}|until|reduc\w+|increas\w+|rising|to review|under review|"
     r"varies|variable|each\b|depend\w*|match if|could|may\b|bid|underwrit\w+|guarantee\w*|loan|reserve|\?|"
     r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d", "what does the council pay each year?"),
)  # fmt: skip
DOUBTS_FOUND = tuple((code, re.compile(words), question) for code, words, question in DOUBTS)
ABOUT = re.compile(r"\b(approx(imately|\.)?|about|around|circa|ca?\.|est\.?|estimated?|roughly|say|c(?=\s?£))|~")


@dataclass(frozen=True, slots=True)
class MoneyColumn:
    """What the heading of a money column says: the factor to pounds (1,000 under "£000") and payments a year."""

    factor: int = 1
    times_a_year: int = 1
    note_field: str = "contribution_note"


def read_money(value: Any, column: MoneyColumn = MoneyColumn()) -> Outcome:
    """Pounds a year. nil is 0, empty is unknown; words beside the amount go to the note."""
    many = column.factor * column.times_a_year
    if isinstance(value, bool):
        return Ask("money-unclear", f"'{value}': what does the council pay each year?")
    if isinstance(value, dt.date):
        return Ask("money-unclear", f"The cell holds the date {value:%d/%m/%Y}. What does the council pay each year?")
    if isinstance(value, int | float):
        if value < 0:
            return _money_back(f"{value:,}", -value * many)
        return here(whole(value * many), "money-unit" if many != 1 and value else "")
    return _read_money_text(value, column)


def _read_money_text(value: str, column: MoneyColumn) -> Outcome:
    looked = plain(value)
    if DASH.fullmatch(looked):
        return Ask("money-unclear", f"{quote(value)}: no contribution, or not known?", suggest=0, options=[0])
    if NIL.fullmatch(looked):
        return here(0, "money-nil")
    if is_to_be_confirmed(value) or NOT_KNOWN.fullmatch(looked):
        return ask_to_be_confirmed(value)
    if NOT_APPLICABLE.fullmatch(looked):
        return Ask(
            "money-unclear",
            f"{quote(value)}: does the council pay nothing, or is the figure not known?",
            suggest=0,
            options=[0],
        )
    if hit := re.fullmatch(r"\((.*)\)", looked):
        inner = read_money(hit[1], column)
        if isinstance(inner, Clean) and isinstance(inner.values.get(HERE), int | float):
            return _money_back(squeeze(value), inner.values[HERE])
    if (hit := NIL_AND_MORE.fullmatch(looked)) and not (
        (doubt := _doubt(hit["more"])) and doubt[0] not in {"money-in-kind"}
    ):
        return Clean({HERE: 0, column.note_field: squeeze(value)}, "money-nil")
    amounts = [
        hit
        for hit in AMOUNT.finditer(looked)  # "s106" and "CO2" hold no money
        if not re.search(r"[a-z]$", looked[: hit.start()])
        or re.search(r"\b(c|ca|approx|circa|about|say|est)$", looked[: hit.start()])
    ]
    # "2014/15", "(2013-16)", "s106" are no amounts when an amount with a sign stands beside them.
    signed = [hit for hit in amounts if hit["currency"] or hit["scale"] or hit["after"]]
    if signed and len(signed) < len(amounts):
        others = [hit for hit in amounts if hit not in signed]
        amounts = signed if not _is_range(looked, amounts) else amounts
        if any(
            re.search(r"[+/]\s*$", looked[: hit.start()])
            for hit in others
            if hit.start() > amounts[0].start() and not _is_year(looked, hit)
        ):
            amounts = sorted(
                {*signed, *(hit for hit in others if not _is_year(looked, hit))}, key=lambda hit: hit.start()
            )
    if not amounts:
        return _money_words(value, looked)
    if len(amounts) > 1:
        return _several_amounts(value, looked, amounts, column)
    return _one_amount(value, looked, amounts[0], column)


def _is_year(text: str, hit: re.Match[str]) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", hit["number"])) or bool(
        re.search(r"((19|20)\d\d|\b\d\d)[/-]$", text[: hit.start()])
    )


def _is_range(text: str, amounts: Sequence[re.Match[str]]) -> bool:
    return (
        len(amounts) == 2
        and bool(re.fullmatch(r"\s?(-|to|and|or)\s?", text[amounts[0].end() : amounts[1].start()]))
        and not _is_year(text, amounts[1])
    )


def _money_back(shown: str, amount: float) -> Ask:
    amount = whole(amount)
    return Ask("money-negative", f"'{shown}': brackets or a minus mean money that comes in. Does the council pay £{amount:,} or receive it?",
               options=[amount, -amount, 0])  # fmt: skip


def _amount(hit: re.Match[str]) -> float | Outcome:
    """The pounds of one amount, or what is wrong with it."""
    shown, number = hit[0].strip(), hit["number"].replace("\u00a0", " ").rstrip(",.")
    scale = SCALES.get(hit["scale"] or "", 0)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?|\d{1,3}( \d{3})+(\.\d{1,2})?|\d+(\.\d{1,2})?|\.\d+", number) or (
        scale and re.fullmatch(r"\d+\.\d+", number)
    ):
        pounds = float(number.replace(",", "").replace(" ", "")) * (scale or 1)
        return pounds / 100 if hit["pence"] else pounds
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?", number):
        thousands = whole(float(number.split(",")[0].replace(".", "")))
        pounds = whole(float(number.replace(",", "."))) if number.count(".") == 1 and "," not in number else thousands
        return Ask(
            "money-separator",
            f"'{shown}': £{thousands:,} or £{pounds:,.2f}?",
            suggest=thousands,
            options=[thousands, pounds],
        )
    if re.fullmatch(r"\d+\.\d{3,}", number):
        return whole(float(number)) * 1.0
    return Wrong("money-invalid", f"'{shown}': the comma or point is in the wrong place, so the amount is not certain.",
                 "Check with Finance, then enter the amount in pounds, like 12500.")  # fmt: skip


def _doubt(text: str) -> tuple[str, str] | None:
    """The code and question of the first word that makes an amount doubtful."""
    for code, words, question in DOUBTS_FOUND:
        if words.search(text):
            return code, question
    return None


def _one_amount(value: str, looked: str, hit: re.Match[str], column: MoneyColumn) -> Outcome:
    amount = _amount(hit)
    if not isinstance(amount, float):
        return amount
    around = squeeze(f"{looked[: hit.start()]} {looked[hit.end() :]}")
    if (hit["sign"] and not looked[: hit.start()].strip()) or hit["minus"] or re.fullmatch(r"-", looked[hit.end() :]):
        return _money_back(squeeze(value), amount * column.times_a_year)
    if hit["currency"] in {"€", "$", "eur"}:
        return Ask("money-currency", f"{quote(value)} is not in pounds. What does the council pay in pounds each year?")
    factor = column.factor
    if factor != 1 and (hit["currency"] or hit["scale"] or "," in hit["number"]):
        return Ask("money-unit", f"{quote(value)} stands in a column of thousands of pounds. Is it £{whole(amount):,} or £{whole(amount * factor):,}?",
                   suggest=whole(amount), options=[whole(amount), whole(amount * factor)])  # fmt: skip
    amount *= factor
    bare = squeeze(re.sub(r"^[\s:,.;()=-]+|[\s:,.;()=-]+$", "", YEARLY.sub(" ", around)))
    is_yearly = bool(YEARLY.search(around))
    if doubt := _doubt(bare):
        code, question = doubt
        suggest = {"money-in-kind": 0, "money-negative": 0, "money-split": 0, "money-oneoff": 0}.get(
            code, whole(amount)
        )
        if code == "money-oneoff" and (
            span := re.search(r"over (?:the )?(\d+|two|three|four|five|ten) ?(?:years?|yrs?)", bare)
        ):
            suggest = whole(amount / _count(span[1]))
        if code == "money-period" and re.search(r"other|second|alternate|biennial|\b2\b|two", bare):
            suggest = whole(amount / 2)
        return Ask(
            code, f"{quote(value)}: {question}", suggest=suggest, options=list(dict.fromkeys([suggest, whole(amount)]))
        )
    for words, times, note in PERIODS:
        if words.search(bare):
            rest = squeeze(words.sub(" ", bare).strip(" ()-,;"))
            if re.search(r"\d", rest):
                break
            return Clean(
                {HERE: whole(amount * times), column.note_field: f"{note}; {rest}" if rest else note}, "money-period"
            )
    if hit_years := re.fullmatch(
        r"\(?(for (?:the next |a further )?(?:\d+|two|three|four|five) ?(?:years?|yrs?))\)?", bare
    ):
        if is_yearly:
            return Clean({HERE: whole(amount * column.times_a_year), column.note_field: hit_years[1]}, "money")
        return Ask("money-oneoff", f"{quote(value)}: is that for each year, or for all of them?", suggest=whole(amount),
                   options=[whole(amount), whole(amount / _count(re.findall(r"\d+|two|three|four|five", bare)[0]))])  # fmt: skip
    if re.search(r"\d|%|[<>]|\+(?!\s?vat)", bare) or len(bare.split()) > 8:
        return Ask("money-unclear", f"{quote(value)}: what does the council pay each year?", suggest=whole(amount))
    words_left = squeeze(ABOUT.sub(" ", bare)).strip(" ()-,;:.")
    values = {HERE: whole(amount * column.times_a_year)}
    note = _note_beside(value) if words_left or ABOUT.search(bare) else ""
    return Clean(
        {**values, column.note_field: note} if note else values, "money-nil" if amount == 0 and not note else "money"
    )


def _note_beside(value: str) -> str:
    """The words beside the amount, as they were written."""
    note = squeeze(
        AMOUNT.sub(" ", squeeze(value), count=1)
        if not re.search(r"GBP", value)
        else re.sub(r"£?[\d,.]+\s?(GBP)?", " ", squeeze(value), count=1)
    )
    note = squeeze(re.sub(r"(?i)\b(p\.?a\.?|per annum|per year|a year)(?=\W|$)", " ", note))
    if re.fullmatch(r"\([^()]*\)", note):
        note = note[1:-1]
    return note.strip(" ,;:-")


def _count(word: str) -> int:
    return (
        int(word)
        if word.isdigit()
        else {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}.get(word, 1)
    )


def _several_amounts(value: str, looked: str, hits: Sequence[re.Match[str]], column: MoneyColumn) -> Outcome:
    amounts = [_amount(hit) for hit in hits]
    for amount in amounts:
        if not isinstance(amount, float):
            return amount
    pounds = [whole(amount) for amount in amounts if isinstance(amount, float)]
    between = looked[hits[0].end() : hits[1].start()]
    if _is_range(looked, hits):
        low, high = pounds[0], pounds[1]
        if hits[1]["scale"] and not hits[0]["scale"]:
            low = whole(low * SCALES[hits[1]["scale"]])
        return Ask(
            "money-range",
            f"{quote(value)} is a range. Which figure should be recorded?",
            options=[low, whole((low + high) / 2), high],
        )
    if re.search(r"\bcap(ital)?\b|\brev(enue)?\b", looked):
        return Ask("money-split", f"{quote(value)}: record £{pounds[0]:,} a year, or revenue and capital together?", suggest=pounds[0],
                   options=[pounds[0], whole(sum(pounds))])  # fmt: skip
    is_sum = all("+" in looked[a.end() : b.start()] for a, b in itertools.pairwise(hits)) or bool(
        re.fullmatch(r"\s?(plus|and|&)\s?", between)
    )
    others_pay = re.search(r"\b(county|district|borough|city|police|nhs|partners?|others?|parish(es)?)\b", looked)
    if is_sum and not _doubt(looked) and not others_pay and all(hit["currency"] in {"£", "gbp", None} for hit in hits):
        return Clean(
            {HERE: whole(sum(pounds) * column.factor * column.times_a_year), column.note_field: squeeze(value)},
            "money-sum",
        )
    doubt = _doubt(looked)
    code = doubt[0] if doubt and doubt[0] in {"money-oneoff", "money-in-kind"} else "money-two-amounts"
    euros = [amount for amount, hit in zip(pounds, hits, strict=True) if hit["currency"] not in {"€", "$", "eur"}]
    return Ask(code, f"{quote(value)} holds {len(pounds)} amounts. Which one does the council pay each year?",
               suggest=euros[-1] if euros else None, options=list(dict.fromkeys(euros)))  # fmt: skip


def _money_words(value: str, looked: str) -> Outcome:
    doubt = _doubt(looked)
    code = doubt[0] if doubt and doubt[0] in {"money-in-kind", "money-negative"} else "money-unclear"
    return Ask(
        code,
        f"{quote(value)} holds no amount. What does the council pay each year in pounds?",
        suggest=0 if code != "money-unclear" else None,
    )


# ------------------------------------------------------------------ officer time
@dataclass(frozen=True, slots=True)
class HoursColumn:
    """What the heading of a time column says: its unit (hour, day, minute, fte) and period (month, week, year, quarter)."""

    unit: str = "hour"
    period: str = "month"
    hours_a_day: float = 7.4
    hours_a_week: float = 37.0
    note_field: str = ""


PER_MONTH = {"month": 1.0, "week": 52 / 12, "year": 1 / 12, "quarter": 1 / 3, "fortnight": 26 / 12, "day": 260 / 12}
PERIOD_WORDS = (
    (re.compile(r"\b(per|a|each|every|/)?\s?(fortnight(ly)?)\b"), "fortnight"),
    (re.compile(r"(\b(per|a|each|every)|/)\s?(week|wk)s?\b|\bp\.?/?w\b\.?|\bweekly\b|/w\b"), "week"),
    (
        re.compile(r"(\b(per|a|each|every)|/)\s?(calendar )?(month|mth|mnth)s?\b|\bp\.?/?c?\.?m\b\.?|\bmonthly\b|/m\b"),
        "month",
    ),
    (re.compile(r"(\b(per|a|each|every)|/)\s?(quarter|qtr)s?\b|\bp\.?/?q\b\.?|\bquarterly\b"), "quarter"),
    (
        re.compile(r"(\b(per|a|each|every)|/)\s?(year|yr|annum)s?\b|\bp\.?/?a\b\.?|\bannually\b|\byearly\b|\bannual\b"),
        "year",
    ),
    (re.compile(r"(\b(per|a|each|every)|/)\s?(working )?day\b|\bdaily\b"), "day"),
)
TIME_UNITS = (
    (re.compile(r"\b(hours?|hrs?)\b\.?|(?<=\d)\s?(hours?|hrs?|h)\b\.?"), "hour"),
    (re.compile(r"\b(minutes?|mins?)\b\.?|(?<=\d)\s?mins?\b\.?"), "minute"),
    (re.compile(r"\b(working |officer |man |person )?days?\b|(?<=\d)\s?(days?|d)\b"), "day"),
    (
        re.compile(
            r"\b(f\.?t\.?e|w\.?t\.?e)s?\b\.?|\b(full[- ]time )?posts?\b|(?<=\d)\s?ftes?\b|\bfull[- ]time( equivalents?)?\b"
        ),
        "fte",
    ),
    (re.compile(r"\bweeks?\b|\bwks?\b"), "weeks"),
)
HALVES = (
    (re.compile(r"(?<![\d/])1/2(?![\d/])"), "0.5"),
    (re.compile(r"\bhalf an?\b|\b½\b|\bhalf\b"), "0.5"),
    (re.compile(r"(\d)\s?½"), r"\1.5"),
    (re.compile(r"½"), "0.5"),
    (re.compile(r"¼"), "0.25"),
)
NUMBER_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}


TIME_WORDS = frozenset(
    {
        "of",
        "officer",
        "officers",
        "staff",
        "time",
        "officer time",
        "staff time",
        "total",
        "average",
        "on average",
        "avg",
        "est",
        "of officer time",
        "officer s",
        "in total",
    }
)


def number_words(text: str) -> str:
    """ "two days" as "2 days"."""
    return re.sub(r"\b(" + "|".join(NUMBER_WORDS) + r")\b", lambda hit: str(NUMBER_WORDS[hit[1]]), text)


def read_hours(value: Any, column: HoursColumn = HoursColumn()) -> Outcome:
    """Hours a month. Days and posts are asked about, since the length of a working day is the council's to say."""
    if isinstance(value, bool):
        return Ask("hours-unclear", f"'{value}': how many hours a month?")
    if isinstance(value, dt.date):
        suggest = f"{value.day}-{value.month}"
        return Ask("hours-unclear", f"The cell holds the date {value:%d %b %Y}; a spreadsheet may have made it from '{suggest}'. How many hours a month?",
                   options=[value.day, value.month])  # fmt: skip
    if isinstance(value, int | float):
        if value < 0:
            return Wrong("hours-invalid", f"'{value}' is less than nothing.", "Enter the hours a month, like 7.5.")
        return _time(f"{value:g}", float(value), column.unit, column.period, column, is_plain=True)
    looked = plain(value)
    if DASH.fullmatch(looked):
        return Ask("hours-unclear", f"{quote(value)}: no time, or not known?", suggest=0)
    if re.fullmatch(r"(nil|none|zero|no (officer |staff )?(time|hours|input))\.?|0( ?(hrs?|hours?))?", looked):
        return here(0, "hours")
    if is_to_be_confirmed(value) or NOT_KNOWN.fullmatch(looked):
        return ask_to_be_confirmed(value)
    looked = re.sub(r"^(c|ca|approx)\.?\s?(?=\d)", "", looked)
    for words, digits in HALVES:
        looked = words.sub(digits, looked)
    looked = re.sub(
        r"(\d) 0\.5",
        r"\1.5",
        number_words(re.sub(r"\ba (?=(day|week)\b)", "1 ", looked) if not re.search(r"\d", looked) else looked),
    )
    return _read_hours_text(value, looked, column)


def _read_hours_text(value: str, looked: str, column: HoursColumn) -> Outcome:
    looked = re.sub(r"^full[- ]time( post)?$", "1 fte", looked)
    numbers = re.findall(r"(?<![\d.])\d+(?:[.,]\d+)*", looked)
    if not numbers:
        if column.note_field and not re.search(r"minimal|n/a|see |var|sla|some|little|low|high|neglig", looked):
            return Clean({column.note_field: tidy_lines(value)}, "")
        suggest = 0 if re.match(r"n/?a\b", looked) else None
        return Ask("hours-unclear", f"{quote(value)}: how many hours a month?", suggest=suggest)
    rest = looked
    period = column.period
    for words, name in PERIOD_WORDS:
        if words.search(rest):
            period, rest = name, words.sub(" ", rest)
            break
    units = [name for words, name in TIME_UNITS if words.search(rest)]
    unit = units[0] if units else column.unit
    for words, _ in TIME_UNITS:
        rest = words.sub(" ", rest)
    rest = squeeze(ABOUT.sub(" ", rest))
    if len(units) > 1 or "weeks" in units:
        return Ask("hours-unclear", f"{quote(value)}: how many hours a month?")
    if hit := re.fullmatch(r"\(?(\d+(?:\.\d+)?)\s?(?:-|to|or|/)\s?(\d+(?:\.\d+)?)\)?", squeeze(rest)):
        low, high = sorted((float(hit[1]), float(hit[2])))
        return _hours_range(value, low, high, unit=unit, period=period, column=column)
    bare = re.sub(r"\d+(?:\.\d+)?", " ", rest, count=1)
    if (
        len(numbers) > 1
        or re.search(r"[+?<>]|\d|plus|at least|up to|min\b|max|more|less|over|under|vari", bare)
        or not _number(numbers[0])
    ):
        only = _in_hours(_number(numbers[0]) or 0, unit, period, column) if len(numbers) == 1 else None
        return Ask("hours-unclear", f"{quote(value)}: how many hours a month?", suggest=only)
    words_left = squeeze(re.sub(r"[()\-,;:.]", " ", bare))
    note = ""
    is_about_time = bool(units) or not re.search(r"officer|staff", words_left)
    if words_left and not (is_about_time and words_left in TIME_WORDS):
        if not column.note_field:
            return Ask(
                "hours-unclear",
                f"{quote(value)}: how many hours a month?",
                suggest=_in_hours(_number(numbers[0]) or 0, unit, period, column),
            )
        note = tidy_lines(value)
    outcome = _time(squeeze(value), _number(numbers[0]) or 0.0, unit, period, column, is_plain=False)
    if note and isinstance(outcome, Clean):
        return Clean({**outcome.values, column.note_field: note}, outcome.rule)
    return outcome


def _number(text: str) -> float | None:
    text = text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) else text
    try:
        return float(text)
    except ValueError:
        return None


def _in_hours(number: float, unit: str, period: str, column: HoursColumn) -> int | float:
    if unit == "fte":
        return whole(number * column.hours_a_week * 52 / 12)
    hours = {"hour": 1.0, "minute": 1 / 60, "day": column.hours_a_day}[unit]
    return whole(number * hours * PER_MONTH[period])


def _time(shown: str, number: float, unit: str, period: str, column: HoursColumn, *, is_plain: bool) -> Outcome:
    hours = _in_hours(number, unit, period, column)
    if unit == "day":
        if number == 0:
            return here(0, "hours")
        said = shown if "day" in shown.lower() else f"{shown} days a {period}"
        return Ask("hours-days", f"'{said}' is in days. How many hours is a working day here? With {column.hours_a_day:g} hours it is {hours} hours a month.",
                   suggest=hours, batch=True, basis={"days_a_month": number * PER_MONTH[period]})  # fmt: skip
    if unit == "fte":
        return Ask("hours-fte", f"'{shown}': how many hours is a full-time week here? With {column.hours_a_week:g} hours it is {hours} hours a month.",
                   suggest=hours, batch=True, basis={"full_time_posts": number})  # fmt: skip
    rule = (
        "" if is_plain and period == "month" and unit == "hour" else "hours" if period == "month" else f"hours-{period}"
    )
    return here(hours, rule)


def _hours_range(value: str, low: float, high: float, *, unit: str, period: str, column: HoursColumn) -> Ask:
    if unit in {"day", "fte"}:
        middle = (low + high) / 2
        return Ask(f"hours-{'days' if unit == 'day' else 'fte'}", f"{quote(value)} is a range and not in hours. How many hours a month?",
                   suggest=_in_hours(middle, unit, period, column))  # fmt: skip
    figures = [_in_hours(x, unit, period, column) for x in (low, (low + high) / 2, high)]
    return Ask("hours-range", f"{quote(value)} is a range. Record the middle ({figures[1]}), the lower or the higher figure?", suggest=figures[1],
               options=figures, batch=True)  # fmt: skip


# ------------------------------------------------------------------ dates
MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name} | {
    name.lower(): i for i, name in enumerate(calendar.month_abbr) if name
}
MONTHS |= {"sept": 9, "janry": 1, "febuary": 2}
MONTH = r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
OPEN_END = re.compile(
    r"(on[- ]?going|n\.?/?a\.?|none|not applicable|open([- ]ended)?|open end|continuing|continuous|indefinite(ly)?|permanent|no end( date)?|no (fixed )?(end|expiry|term)( date)?|"
    r"rolling( (programme|basis|contract|agreement))?|in perpetuity|perpetual|no expiry( date)?|unlimited|never|nil|no date|not set|current|no limit|for ever|forever|until further notice|"
    r"no time limit|no planned end( date)?|no end in sight|evergreen)\.?(\s*\(?(no end( date)?|rolling|ongoing)\)?)?"
)
BEFORE_DATE = re.compile(
    r"^(w\.?e\.?f\.?|with effect from|from|since|est\.?|established|estab\.?|formed|joined|set up|started?|starting|began|launched|until|till|til|up to|to|by|due( by| in| on)?|in|on|"
    r"ends?|ending|ended|expires?|expiring|runs? (to|until)|review(ed)?( due| on| in| by)?|renewed|signed|next|last|created|inception|re-?launched|commenced|effective( from)?)[:\s]+(the )?"
)
NEAR = re.compile(
    r"\b(early|mid|late|spring|summer|autumn|winter|end( of)?|beginning( of)?|start( of)?|easter|christmas|q[1-4]|quarter)\b|\bxmas\b"
)
NEAR_MONTH = {
    "early": 1,
    "beginning": 1,
    "start": 1,
    "spring": 4,
    "easter": 4,
    "mid": 7,
    "summer": 7,
    "autumn": 10,
    "late": 11,
    "winter": 12,
    "end": 12,
}


def year_of(digits: str) -> int:
    """Four digits as they are; two digits from 51 are the last century."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year <= 50 else 1900)


def read_date(value: Any, number_format: str = "") -> Outcome:
    """A date as precise as the cell: "2014-09-01", "2014-09" or "2014". British order; "ongoing" is no date."""
    if isinstance(value, bool):
        return Ask("date-unclear", f"'{value}': which date?")
    if isinstance(value, dt.date):
        return _real_date(value, number_format)
    if isinstance(value, int | float):
        return _date_number(value)
    looked = plain(value)
    if DASH.fullmatch(looked) or NOT_KNOWN.fullmatch(looked):
        return Clean({HERE: None}, "empty")
    if OPEN_END.fullmatch(looked):
        return Clean({HERE: None}, "date-open")
    if is_to_be_confirmed(value):
        return ask_to_be_confirmed(value)
    looked = re.sub(r"\s*\b(\d{1,2}:\d\d(:\d\d)?)$", "", looked.strip("() .,"))
    bare = BEFORE_DATE.sub("", looked)
    bare = re.sub(r"^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,?\s+", "", bare)
    bare = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", bare).replace(" of ", " ").strip()
    return _exact_date(value, bare) or _rough_date(value, bare)


def _real_date(value: dt.date, number_format: str) -> Outcome:
    code = re.sub(r"\[[^\]]*\]|\"[^\"]*\"|\\", "", number_format).lower()
    if not 1066 <= value.year <= 2200:
        return Wrong("date-invalid", f"'{value:%d/%m/%Y}' cannot be the year.", "Correct the date or leave it blank.")
    if code and "d" not in code and "m" in code and "y" in code and "h" not in code:
        return here(value.strftime("%Y-%m"), "date-month")
    if code and re.fullmatch(r"y+", code.split(";")[0].strip()):
        return here(f"{value.year}", "date-year")
    return here(value.isoformat())


def _date_number(value: float) -> Outcome:
    if value == int(value) and 1500 <= value <= 2199:
        return here(f"{int(value)}", "date-year")
    if value == int(value) and 18000 <= value <= 73000:
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
        return Ask(
            "date-unclear",
            f"The cell holds the number {int(value)}. As a date of the spreadsheet it is {day:%d/%m/%Y}. Is that right?",
            suggest=day.isoformat(),
        )
    return Ask("date-unclear", f"'{value:g}': which date?")


def _exact_date(value: str, text: str) -> Outcome | None:
    """A day, a month or a year; None when the text says less or more than that."""
    if hit := re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(t.*)?", text):
        return _day(value, int(hit[3]), int(hit[2]), int(hit[1]))
    if hit := re.fullmatch(r"(\d{1,2})\s?[-./\\ ,]\s?(\d{1,2})\s?[-./\\ ,]\s?'?(\d{4}|\d{2})", text):
        return _day(value, int(hit[1]), int(hit[2]), year_of(hit[3]))
    if hit := re.fullmatch(rf"(\d{{1,2}})[-./\s]*({MONTH})[-./,\s]*'?(\d{{4}}|\d{{2}})", text):
        return _day(value, int(hit[1]), _month(hit[2]), year_of(hit[3]))
    if hit := re.fullmatch(rf"({MONTH})\s+(\d{{1,2}}),?\s+'?(\d{{4}})", text):
        return _day(value, int(hit[2]), _month(hit[1]), year_of(hit[3]))
    if hit := re.fullmatch(rf"({MONTH})[-./,\s]*('?)(\d{{4}}|\d{{2}})", text):
        digits = hit[3]
        joined = bool(re.fullmatch(rf"{MONTH}[-/'’].*", text))
        if len(digits) == 2 and not hit[2] and not joined and 10 <= int(digits) <= 31:
            month = f"{year_of(digits)}-{_month(hit[1]):02}"
            return Ask("date-unclear", f"{quote(value)}: {calendar.month_name[_month(hit[1])]} {year_of(digits)}, or {int(digits)} "
                       f"{calendar.month_name[_month(hit[1])]} of some year?", suggest=month)  # fmt: skip
        return here(f"{year_of(digits)}-{_month(hit[1]):02}", "date-month")
    if hit := re.fullmatch(r"(\d{1,2})[-./](\d{4})", text):
        if not 1 <= int(hit[1]) <= 12:
            return Wrong(
                "date-invalid",
                f"{quote(value)} is not a date: there is no month {hit[1]}.",
                "Correct the date or leave it blank.",
            )
        return here(f"{hit[2]}-{int(hit[1]):02}", "date-month")
    if hit := re.fullmatch(r"(\d{4})[-.](0[1-9]|1[0-2])", text):
        later = int(hit[2])
        if later != (int(hit[1]) + 1) % 100:  # 2009-10 may be a financial year
            return here(f"{hit[1]}-{hit[2]}", "date-month")
    if re.fullmatch(r"(1[5-9]|20|21)\d\d", text):
        return here(text, "date-year")
    if hit := re.fullmatch(rf"(\d{{1,2}})[-./\s]*({MONTH})|({MONTH})\s+(\d{{1,2}})", text):
        return Ask("date-unclear", f"{quote(value)} has no year. Which date is it?")
    if hit := re.fullmatch(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)", text):
        return _day(value, int(hit[3]), int(hit[2]), int(hit[1]))
    if hit := re.fullmatch(r"(\d{2})(\d{2})(\d{4})", text):
        return _day(value, int(hit[1]), int(hit[2]), int(hit[3]))
    return None


def _month(name: str) -> int:
    return MONTHS.get(name.rstrip("."), 0) or MONTHS[name[:3]]


def _day(value: str, day: int, month: int, year: int) -> Outcome:
    fix = "Correct the date or leave it blank."
    if not 1 <= month <= 12:
        return Wrong(
            "date-invalid", f"{quote(value)} is not a date: there is no month {month}; the day comes first here.", fix
        )
    last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 31
    if not 1 <= day <= last:
        return Wrong(
            "date-invalid",
            f"{quote(value)} is not a date: {calendar.month_name[month]}{f' {year}' if month == 2 else ''} has {last} days.",
            fix,
        )
    if not 1500 <= year <= 2199:
        return Wrong("date-invalid", f"{quote(value)} is not a date: {year} cannot be the year.", fix)
    return here(f"{year}-{month:02}-{day:02}", "date" if plain(value) != f"{year}-{month:02}-{day:02}" else "")


def _rough_date(value: str, text: str) -> Outcome:
    """What is almost a date is asked about, with a suggestion where there is one."""
    hit = re.fullmatch(r"(?:fy|f/y|financial year|year)?\s*((?:19|20)\d\d)\s?[-/]\s?(\d{2}|(?:19|20)\d\d)", text)
    if hit and int(hit[2][-2:]) == (int(hit[1]) + 1) % 100:
        return Ask("date-unclear", f"{quote(value)} is a financial year. Use 1 April {hit[1]}, or just {hit[1]}?", suggest=f"{hit[1]}-04-01",
                   options=[f"{hit[1]}-04-01", hit[1]])  # fmt: skip
    if hit := re.fullmatch(r"(?:fy|f/y|financial year)\s*'?(\d\d)\s?[-/]\s?'?(\d\d)|(?:fy)\s*((?:19|20)\d\d)", text):
        year = int(hit[3]) if hit[3] else year_of(hit[1])
        return Ask(
            "date-unclear",
            f"{quote(value)} is a financial year. Use 1 April {year}, or just {year}?",
            suggest=f"{year}-04-01",
            options=[f"{year}-04-01", f"{year}"],
        )
    if hit := re.fullmatch(r"((?:19|20)\d)0'?s", text):
        return Ask("date-unclear", f"{quote(value)}: which year?")
    years = re.findall(r"\b(?:19|20)\d\d\b", text)
    if len(years) == 1:
        near = NEAR.search(text)
        question = "which month?" if near else "which date?"
        word = near[1].split()[0] if near and near[1] else ""
        suggest = (
            f"{years[0]}-{NEAR_MONTH[word]:02}"
            if word in NEAR_MONTH and re.fullmatch(r"[a-z \-]+ (of )?\d{4}", text)
            else years[0]
        )
        return Ask("date-unclear", f"{quote(value)}: {question}", suggest=suggest)
    if len(years) > 1:
        return Ask(
            "date-unclear",
            f"{quote(value)} names more than one date. Which one is it?",
            options=list(dict.fromkeys(years)),
        )
    return Ask("date-unclear", f"{quote(value)}: which date?")


# ------------------------------------------------------------------ how often a partnership meets
ORDINARY = {"Weekly", "Fortnightly", "Monthly", "Quarterly", "Annually", "Six-monthly", "Ad hoc"}
COUNTS = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
COUNT = r"(?P<count>\d+(?:\.\d+)?|" + "|".join(COUNTS) + ")"
YEAR = r"(?:p\.?\s?/?a\b\.?|(?:per|a|each|every|in a|in the|/)\s?(?:year|yr|annum|calendar year|municipal year)\b|yearly\b|annually\b|year\b|yr\b)"
AD_HOC = re.compile(r"(ad[- ]?hoc( basis| meetings)?|as ((and|&|\+|/) ?)?when( (required|needed|necessary|appropriate))?|as (required|needed|necessary|appropriate)|when (required|needed|necessary)|irregular(ly)?|"
                    r"on demand|if (required|needed)|occasional(ly)?|various|varies|as and when required|when called|by exception|intermittent(ly)?|no (set|fixed) (pattern|frequency|meetings))")  # fmt: skip


def _count_of(hit: re.Match[str]) -> float:
    word = hit["count"]
    return COUNTS[word] if word in COUNTS else float(word)


def _every(hit: re.Match[str]) -> float:
    return (52 if hit["unit"].startswith("w") else 12) / (_count_of(hit) or 1)


PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], float | None]], ...] = (
    (re.compile(r"\bevery (other|second|2nd) month|\balternate months?"), lambda hit: 6),
    (re.compile(r"\bevery (other|second|2nd) week|\balternate weeks?"), lambda hit: 26),
    (re.compile(r"\bevery (other|second|2nd|two|2) years?\b|\balternate years?|\bbiennial(ly)?"), lambda hit: 0.5),
    (re.compile(rf"\bevery {COUNT}\s?(?P<unit>week|wk|month|mth|mnth)s?\b"), _every),
    (re.compile(rf"\b(?!once|twice|thrice){COUNT}[- ]?(?P<unit>week|month|mth|wk)ly\b"), _every),
    (re.compile(rf"\b{COUNT}\s?(?:x|times|meetings?|mtgs?)?\s?(?:(?:a|per|each|every|/)\s?(?:month|mth)|monthly|pcm|p\.?m\b\.?)"), lambda hit: 12 * _count_of(hit)),
    (re.compile(rf"\b{COUNT}\s?(?:x|times|meetings?|mtgs?)?\s?(?:(?:a|per|each|every|/)\s?(?:quarter|qtr))\b"), lambda hit: 4 * _count_of(hit)),
    (re.compile(rf"\b{COUNT}\s?(?:x|times|meetings?|mtgs?)?\s?(?:(?:a|per|each|every|/)\s?(?:week|wk)|weekly)\b"), lambda hit: 52 * _count_of(hit)),
    (re.compile(rf"\b{COUNT}\s?(?:x|times|meetings?|mtgs?)?\.?\s?(?:per\s)?{YEAR}"), _count_of),
    (re.compile(rf"\b{COUNT}\s?(?:x|times)\s?(?:p\.?a\.?|pa)?(?=\W|$)"), _count_of),
    (re.compile(r"\b(six|6)[- ]?monthly|\b(half|bi)[- ]?yearly(?<!bi-yearly)(?<!biyearly)|\bhalf[- ]?yrly|\bevery half year|\bsemi[- ]?annual(ly)?|\bevery six months|\b6[- ]mthly"), lambda hit: 2),
    (re.compile(r"\b(every|each) (school )?term|\btermly|\bonce a term|\bterm[- ]time"), lambda hit: 3),
    (re.compile(r"\bfortnight(ly)?|\bevery fortnight|\bf/?nightly|\bevery two weeks"), lambda hit: 26),
    (re.compile(r"\b(quarterly|qu?a?r?te?rly|qtrly|qrtly|qtly|each quarter|every quarter|quarter|qtr|per quarter)\b"), lambda hit: 4),
    (re.compile(r"(?<!bi-)(?<!bi )(?<!\d )(?<!\d-)\b(monthly|mthly|mnthly|every month|each month|per month|once a month|pcm)\b"), lambda hit: 12),
    (re.compile(r"(?<!bi-)(?<!bi )(?<!\d )(?<!\d-)\b(weekly|wkly|every week|each week|per week|once a week)\b"), lambda hit: 52),
    (re.compile(r"(?<!bi-)(?<!bi )\b(annual(ly)?|yearly|every year|each year|once a year|per annum|per year|p\.?a\.?(?=\W|$)|agm)\b"), lambda hit: 1),
)  # fmt: skip
DOUBT_FREQUENCY = re.compile(r"[+?;]|\bplus\b|\bmin(imum)?\b|\bat least\b|\bup to\b|\bmax(imum)?\b|\bapprox|\babout\b|\bcirca\b|\broughly\b|\baround\b|\bc\.|\bor\b|\bthen\b|\bnow\b|\bwas\b|\balso\b|\busually\b|\bsub|\d+ ?(-|to|/) ?\d+|"
                             r"\bexcept|\bagm\b|\b(winter|summer|spring|autumn|seasonal(ly)?|during|until|if|only|some|most|other|needed|required|necessary|extra|additional|ad[- ]?hoc)\b|\b(and|&) (?!thurs|tues|wed|fri|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|when)")  # fmt: skip


def read_frequency(
    value: Any, *, is_number_column: bool = False, text_field: str = "meetings", number_field: str = "meetings_per_year"
) -> Outcome:
    """The words as they are, and the meetings a year where the words say how many."""
    if isinstance(value, dt.date):
        return Ask("frequency-unclear", f"The cell holds the date {value:%d %B %Y}; a spreadsheet may have made it from '{value.day}-{value.month}'. "
                   "How many meetings a year?", options=[value.day, value.month])  # fmt: skip
    shown = squeeze(str(value)) if not isinstance(value, float) else f"{value:g}"
    keep = {text_field: shown} if text_field else {}
    if isinstance(value, int | float) or re.fullmatch(r"\d+(\.\d+)?", shown):
        number = float(value)
        if is_number_column:
            return Clean({**keep, number_field: whole(number)}, "")
        return Ask("frequency-unclear", f"'{shown}': {shown} meetings a year, or every {shown} weeks?", suggest=whole(number),
                   options=list(dict.fromkeys([whole(number), whole(round(52 / number))])) if number else [], keep=keep)  # fmt: skip
    looked = re.sub(r"(?<![a-z])[x×]\s?(?=\d)", "", plain(shown))  # "x3 a year"
    if (
        DASH.fullmatch(looked)
        or NOT_KNOWN.fullmatch(looked)
        or NOT_APPLICABLE.fullmatch(looked)
        or looked in {"none", "nil"}
    ):
        return Clean({text_field: None, number_field: None} if text_field else {number_field: None}, "empty")
    if is_to_be_confirmed(shown):
        return ask_to_be_confirmed(shown)
    if re.search(r"\btri[- ]?annual(ly)?\b", looked):
        return Ask("frequency-unclear", f"{quote(shown)}: three times a year, or every three years?", suggest=3,
                   options=[3, 0.33], keep=keep)  # fmt: skip
    if re.search(r"\bbi[- ]?(monthly|mthly|weekly|annual(ly)?|yearly)\b", looked):
        return _bi(shown, looked, keep)
    return _frequency_words(shown, looked, keep, number_field)


def _bi(shown: str, looked: str, keep: Mapping[str, Any]) -> Ask:
    if "month" in looked or "mth" in looked:
        return Ask(
            "frequency-unclear",
            f"{quote(shown)}: every two months (6 a year) or twice a month (24 a year)?",
            suggest=6,
            options=[6, 24],
            keep=keep,
        )
    if "week" in looked:
        return Ask(
            "frequency-unclear",
            f"{quote(shown)}: every two weeks (26 a year) or twice a week (104 a year)?",
            suggest=26,
            options=[26, 104],
            keep=keep,
        )
    return Ask(
        "frequency-unclear",
        f"{quote(shown)}: twice a year, or every two years?",
        suggest=2,
        options=[2, 0.5],
        keep=keep,
    )


def _frequency_words(shown: str, looked: str, keep: Mapping[str, Any], number_field: str) -> Outcome:
    if AD_HOC.fullmatch(looked.strip(" .()")):
        return Clean({**keep, number_field: None}, "" if shown in ORDINARY else "frequency")
    rest, found = looked, []
    for words, count in PHRASES:
        while hit := words.search(rest):
            found.append(count(hit))
            rest = f"{rest[: hit.start()]} | {rest[hit.end() :]}"
    ad_hoc = AD_HOC.search(rest)
    if len(found) == 1 and found[0] == 12 and (hit := re.search(r"(aug\w*|dec\w*|jul\w*|january|summer)\.?( and (aug|dec|jan)\w*\.?)? ?(excl\w*|excepted|off|break)|"
                                                                r"(excl\w*|except|not( in)?|no meeting in|bar) (aug|dec|jul|jan)\w*\.?( (and|or|&) (aug|dec|jul|jan)\w*\.?)?", rest)):  # fmt: skip
        months = len(re.findall(r"\b(?:aug|dec|jul|jan)", hit[0])) or 1
        return Clean({**keep, number_field: 12 - months}, "frequency")
    if (
        len(found) != 1
        or ad_hoc
        or DOUBT_FREQUENCY.search(rest)
        or re.search(r"\d", re.sub(r"\([^)]*\)|\b\d+(st|nd|rd|th)\b|\d{1,2}[.:]\d\d|\d+ ?[ap]m", "", rest))
    ):
        numbers = [whole(x) for x in found if x]
        span = re.search(r"(\d+) ?(?:-|to|/|or) ?(\d+)", looked)
        if span and len(found) <= 1:
            low, high = int(span[1]), int(span[2])
            middle = whole((low + high) / 2)
            return Ask(
                "frequency-unclear",
                f"{quote(shown)}: how many meetings a year?",
                suggest=middle,
                options=list(dict.fromkeys([low, middle, high])),
                keep=keep,
            )
        question = "which one counts for the partnership?" if len(set(numbers)) > 1 else "how many meetings a year?"
        return Ask(
            "frequency-unclear",
            f"{quote(shown)}: {question}",
            suggest=numbers[0] if numbers else None,
            options=list(dict.fromkeys(numbers)),
            keep=keep,
        )
    number = round(found[0], 1) if found[0] else None
    return Clean(
        {**keep, number_field: whole(number) if number is not None else None}, "" if shown in ORDINARY else "frequency"
    )


# ------------------------------------------------------------------ ratings
RATINGS = {"h": "high", "high": "high", "hi": "high", "m": "medium", "med": "medium", "medium": "medium", "mod": "medium", "moderate": "medium", "mid": "medium",
           "middle": "medium", "med.": "medium", "mod.": "medium", "l": "low", "low": "low", "lo": "low", "lw": "low"}  # fmt: skip
COLOURS = {
    "r": "high",
    "red": "high",
    "a": "medium",
    "amber": "medium",
    "y": "medium",
    "yellow": "medium",
    "orange": "medium",
    "g": "low",
    "green": "low",
}
OTHER_SCALE = {  # words of other scales, and what they would stand for
    "major": "high", "significant": "high", "severe": "high", "critical": "high", "substantial": "high", "strong": "high", "essential": "high", "very high": "high",
    "extreme": "high", "catastrophic": "high", "vital": "high", "key": "high", "excellent": "high", "serious": "high", "gold": "high",
    "average": "medium", "fair": "medium", "reasonable": "medium", "adequate": "medium", "satisfactory": "medium", "good": "medium", "important": "medium", "silver": "medium", "some": "medium",
    "limited": "low", "minor": "low", "negligible": "low", "insignificant": "low", "very low": "low", "minimal": "low", "weak": "low", "poor": "low", "marginal": "low",
    "none": "low", "slight": "low", "little": "low", "bronze": "low", "desirable": "low", "trivial": "low",
}  # fmt: skip
THREE = ["high", "medium", "low"]


def rating_scale(values: Iterable[Any]) -> str:
    """Which scale a column of ratings uses: "hml", "rag", "score", "other", or "" when it does not look like ratings."""
    seen = [plain(str(value)) for value in values]
    kinds = {"hml": 0, "rag": 0, "score": 0, "other": 0, "": 0}
    for text in seen:
        first = re.split(r"[\s(/?\-,:]+", text)[0]
        if text in COLOURS or (
            first in {"red", "amber", "green", "yellow", "orange"} and not re.search(r"\b(high|med\w*|low)\b", text)
        ):
            kinds["rag"] += 1
        elif text in RATINGS or first in RATINGS:
            kinds["hml"] += 1
        elif re.fullmatch(r"\d+(\.0)?(\s?(/|out of|of)\s?\d+)?", text):
            kinds["score"] += 1
        elif text in OTHER_SCALE or first in OTHER_SCALE:
            kinds["other"] += 1
        else:
            kinds[""] += 1
    if kinds["other"] and any(
        text in {"major", "minor", "limited", "significant", "severe", "negligible"} for text in seen
    ):
        moderate = sum(text in {"moderate", "mod"} for text in seen)
        kinds["other"], kinds["hml"] = kinds["other"] + moderate, kinds["hml"] - moderate
    best = max(("hml", "rag", "score", "other"), key=lambda kind: kinds[kind])
    return best if kinds[best] and kinds[best] * 2 >= len(seen) - kinds[""] and kinds[""] * 2 <= len(seen) else ""


@dataclass(frozen=True, slots=True)
class RatingColumn:
    """The scale of a column of ratings, what it rates ("risk"), and of a numeric scale its lowest and highest figure."""

    scale: str = "hml"
    what: str = "risk"
    top: int = 3
    is_one_the_most: bool = True


def read_rating(value: Any, column: RatingColumn = RatingColumn()) -> Outcome:
    """high, medium or low. Another scale than High / Medium / Low is never translated without asking."""
    if isinstance(value, dt.date | bool):
        return Ask(
            "rating-unclear", f"The cell holds {value}. Is the {column.what} high, medium or low?", options=THREE
        )
    text = squeeze(str(value)) if isinstance(value, str) else f"{value:g}"
    looked = plain(text).strip(" .")
    if (
        DASH.fullmatch(looked)
        or NOT_KNOWN.fullmatch(looked)
        or NOT_APPLICABLE.fullmatch(looked)
        or looked in {"none", "nil"}
    ):
        if NOT_KNOWN.fullmatch(looked):
            return ask_to_be_confirmed(text, THREE)
        is_low = looked in {"none", "nil"}
        return Ask(
            "rating-unclear",
            f"{quote(text)}: {'is the ' + column.what + ' low, or' if is_low else 'which rating is it, or is it'} not rated?",
            suggest="low" if is_low else None,
            options=THREE,
        )
    if is_to_be_confirmed(text) or looked in {
        "not rated",
        "not scored",
        "not yet rated",
        "not yet scored",
        "unrated",
        "unscored",
        "unassessed",
        "awaiting assessment",
        "not assessed",
        "not yet assessed",
        "to be assessed",
        "to assess",
    }:
        return ask_to_be_confirmed(text, THREE)
    return _read_rating_text(text, looked, column)


def _read_rating_text(text: str, looked: str, column: RatingColumn) -> Outcome:
    doubtful = bool(
        re.search(
            r"\?|\bwas\b|\bnow\b|\bprob|\bpossibly|\blikely\b|\bto be\b|[+*↑↓]|->|→|\bmaybe\b|\bbut\b|\buntil\b|\bif\b|\bunless\b|\bsubject to\b|\bunder review\b",
            looked,
        )
    )
    outside = re.sub(r"[\[(].*?[\])]", " ", looked)
    words = re.findall(r"[a-z]+", outside) or re.findall(r"[a-z]+", looked)
    if words and re.fullmatch(r"[hml]{2}", words[0]) and len(set(words[0])) == 2:
        words = [*words[0], *words[1:]]  # "MH" lies between
    known = [RATINGS[word] for word in words if word in RATINGS]
    number = re.search(r"\d+", looked)
    levels = list(dict.fromkeys(known))
    inside = [RATINGS[word] for word in re.findall(r"[a-z]+", looked) if word in RATINGS]
    if not levels and len(set(inside)) == 1 and words and all(word in COLOURS for word in words):
        levels = inside[:1]  # "Green (low)" explains itself
    if column.scale == "other" and looked in {"moderate", "mod", "medium"}:
        return _ask_scale(text, "medium", column)
    if (
        "very" in words
        or (column.scale == "rag" and not levels)
        or (not levels and any(word in COLOURS for word in words) and all(len(w) > 1 for w in words))
    ):
        colours = list(dict.fromkeys(COLOURS[word] for word in words if word in COLOURS))
        if len(colours) > 1:
            return Ask("rating-between", f"{quote(text)} lies between two ratings. Which one is it?", options=colours)
        if colours:
            return Ask("rating-rag", f"{quote(text)}: does Red, Amber, Green mean High, Medium, Low {column.what} here?", suggest=colours[0],
                       options=THREE, batch=True, basis={"word": text.casefold()})  # fmt: skip
    if len(levels) > 1:
        return Ask("rating-between", f"{quote(text)} lies between two ratings. Which one is it?", options=levels)
    if len(levels) == 1 and "very" in words:
        return _ask_scale(text, levels[0], column)
    if len(levels) == 1:
        if doubtful or re.search(r"\b(medium|med|high|low|h|m|l)\s?-$", looked):
            return Ask("rating-doubt", f"{quote(text)}: is the rating {levels[0]}?", suggest=levels[0], options=THREE)
        others = [
            w
            for w in words
            if w not in RATINGS
            and w not in {"risk", "value", "rating", "rated", "impact", "score", "overall", column.what, *COLOURS}
        ]
        if others:
            return Ask("rating-doubt", f"{quote(text)}: is the rating {levels[0]}?", suggest=levels[0], options=THREE)
        values: dict[str, Any] = {HERE: levels[0]}
        is_label = bool(number) and bool(re.match(r"[1-5]\s?[-–:.)]?\s?[a-z]", looked))  # "1 - High" counts the levels
        if number and column.what == "risk" and not is_label:
            values["risk_score"] = int(number[0])
        return Clean(values, "" if text in {"High", "Medium", "Low"} else "rating")
    if number and not words:
        return _ask_score(text, int(number[0]), column)
    for word in (looked, *words):
        if word in OTHER_SCALE:
            return _ask_scale(text, OTHER_SCALE[word], column)
        if word in COLOURS:
            return Ask("rating-rag", f"{quote(text)}: does Red, Amber, Green mean High, Medium, Low {column.what} here?", suggest=COLOURS[word], options=THREE,
                       batch=True, basis={"word": text.casefold()})  # fmt: skip
    return Wrong(
        "rating-unknown",
        f"{quote(text)} is not a rating that we know.",
        "Enter High, Medium or Low, or leave it blank.",
    )


def _ask_scale(text: str, suggest: str, column: RatingColumn) -> Ask:
    return Ask("scale-other", f"{quote(text)}: which of High, Medium and Low {column.what} does it mean here?", suggest=suggest, options=THREE, batch=True,
               basis={"word": text.casefold()})  # fmt: skip


def _ask_score(text: str, number: int, column: RatingColumn) -> Ask:
    if column.top <= 5:
        place = (number - 1) / max(1, column.top - 1)
        place = 1 - place if column.is_one_the_most else place
        question = f"'{text}': on this scale, is 1 the most or the least?"
    else:
        place = number / column.top
        question = f"'{text}': from which score is the {column.what} medium or high here?"
    suggest = "high" if place > 2 / 3 - 0.01 else "medium" if place > 1 / 3 - 0.01 else "low"
    return Ask("rating-score", question, suggest=suggest, options=THREE, batch=True, basis={"word": text.casefold()})
