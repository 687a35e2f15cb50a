"""The other forms of a value: in a notebook, as tables, as a figure.

A value does not know how it is shown, so that no room imports one above it. The package says
which function makes each form (`wire`); the value asks for the form by name (`make_form`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name

_MAKERS: dict[tuple[str, str], str] = {}


def wire(makers: Mapping[tuple[str, str], str]) -> None:
    """Say which function makes each form of each class.

    Parameters
    ----------
    makers
        ``module:function`` for each name of a class and name of a form. The module is imported
        when the form is first asked for.
    """
    _MAKERS.update(makers)


def make_form(value: object, form: str, *arguments: object, **options: object) -> object:
    """Return a form of a value, made by the function that is wired to its class.

    Raises
    ------
    LookupError
        If no function is wired to the class of the value.

    Examples
    --------
    >>> wire({("complex", "text"): "builtins:repr"})
    >>> make_form(1j, "text")
    '1j'
    """
    for each in type(value).__mro__:
        maker = _MAKERS.get((each.__name__, form))
        if maker is not None:
            made: object = resolve_name(maker)(value, *arguments, **options)
            return made
    raise LookupError(f"{type(value).__name__} has no form {form!r}")


def make_of(kind: type, form: str, *arguments: object, **options: object) -> object:
    """Return a value of a class made of another form, by the function that is wired to it.

    Raises
    ------
    LookupError
        If no function is wired to the class.

    Examples
    --------
    >>> wire({("complex", "of text"): "builtins:complex"})
    >>> make_of(complex, "text", "1j")
    1j
    """
    for each in kind.__mro__:
        maker = _MAKERS.get((each.__name__, f"of {form}"))
        if maker is not None:
            made: object = resolve_name(maker)(*arguments, **options)
            return made
    raise LookupError(f"{kind.__name__} is not made of {form!r}")
