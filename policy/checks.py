"""System checks: every pack that comes with the register can be used, and its examples come out as they say."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from policy.examples import why_not_load
from policy.reading import PackError, pack_files, read_pack_file


@register("policy")
def check_packs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Read each pack file; an error names the file, the line, the key and what to write."""
    errors: list[CheckMessage] = []
    for path in pack_files():
        try:
            pack = read_pack_file(path)
        except PackError as error:
            errors += [Error(str(problem), id="policy.E001") for problem in error.problems]
        else:
            errors += [Error(str(problem), id="policy.E002") for problem in why_not_load(pack)]
            if pack.policy.code != path.stem:
                problem = f"{path.name}, code: write {path.stem}, the name of the file, or rename the file"
                errors.append(Error(problem, id="policy.E003"))
    return errors
