"""How personal data look to those who need not know them: 张*, 138****8000, 1****************X (reliability.md §4)."""


def name(text: str) -> str:
    """Keep the first character."""
    return f"{text[:1]}*" if text else ""


def id_number(text: str) -> str:
    """Keep the first and the last character."""
    return f"{text[:1]}{'*' * (len(text) - 2)}{text[-1:]}" if len(text) > 2 else "*" * len(text)


def phone(text: str) -> str:
    """Keep the first three and the last four digits of a mobile number, the last two of anything else."""
    if len(text) == 11 and text.isdigit():
        return f"{text[:3]}****{text[-4:]}"
    return f"{'*' * max(len(text) - 2, 0)}{text[-2:]}"


def email(text: str) -> str:
    """Keep the first character and the domain."""
    local, at, domain = text.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else "*" * len(text)


def text(value: str) -> str:
    """Keep the first two characters of a free text, one of a short one."""
    return f"{value[: 2 if len(value) > 2 else 1]}***" if value else ""
