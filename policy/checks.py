"""System checks: every pack that comes with the register can be used."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from policy.reading import PackError, pack_files, read_pack_file


@register("policy")
def check_packs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Read each pack file; an error names the file, the line, the key and what to write."""
    errors: list[CheckMessage] = []
    for path in pack_files():
        try:
            read_pack_file(path)
        except PackError as error:
            errors += [Error(str(problem), id="policy.E001") for problem in error.problems]
    return errors
