"""Whether a variable that a deployment sets is one that Zhitui reads."""

from shared.settings import PREFIX, Settings

SECRETS = frozenset(
    f"{PREFIX}{name.upper()}" for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)
)


def unknown(names: "frozenset[str] | set[str]") -> set[str]:
    """Return those of Zhitui's variables that no setting reads."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    own = {name for name in names if name.startswith(PREFIX)}
    return {name for name in own if name not in known and name.removesuffix("_FILE") not in known}
