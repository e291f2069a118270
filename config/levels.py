"""How a level is drawn: bar, ground and word. Templates use the tag `level`; long lists this function itself."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Where a level of a scale of two, three, four or five stands on the ramp of static/scss/_levels.scss.
RAMP = {2: ("1", "3"), 3: ("1", "2", "3"), 4: ("1", "1h", "2h", "3"), 5: ("1", "1h", "2", "2h", "3")}
SCALES_WITH_COLOUR = {"risk", "value"}


@lru_cache(maxsize=512)
def level_html(
    scale: str, value: str, levels: tuple[tuple[str, str], ...], large: bool = False, suffix: str = ""
) -> SafeString:
    """The markup of `level`, kept because a list shows the same few hundreds of times."""
    size = " app-level--l" if large else ""
    if not value:
        return format_html('<span class="app-level app-level--none{}">Not set</span>', size)
    ids = [each for each, _ in levels]
    label = dict(levels).get(value, value)
    if suffix:
        label = f"{label} {suffix}"
    if scale in SCALES_WITH_COLOUR and value in ids and len(ids) in RAMP:
        look = f"{scale}-{RAMP[len(ids)][ids.index(value)]}"
    else:
        look = "plain"
    return format_html('<span class="app-level app-level--{}{}">{}</span>', look, size, label)
