"""The one exception for "no": its text says what is so, then what to do."""


class Refused(Exception):
    """A change that the policy, the record's state or the person's part does not allow."""
