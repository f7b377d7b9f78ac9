"""What an OpenID provider says of somebody, as what Frontdesk keeps of a person; pure."""

from collections.abc import Mapping
from typing import Any

from dashboard.board.logins import Claimed, NotAdmitted
from dashboard.settings import Login

_MOST = 255


def claimed(claims: Mapping[str, Any], rules: Login) -> Claimed:
    """Return who somebody is. Raises NotAdmitted where the claims do not say it, or not for sure.

    An address counts only where the provider says that it is verified: with some providers people
    write any address into their own account, and would be let in as somebody else (OpenID Connect
    Core 1.0, 5.7, calls ``email`` no identifier for that reason). Where it says nothing about it, as some do,
    ``trust_email`` has to be set on purpose; "not verified" is never taken.
    """
    who = claims.get(rules.person_claim)
    if not isinstance(who, str) or not (who := who.strip()) or len(who) > _MOST or not who.isprintable():
        raise NotAdmitted("unnamed", claim=rules.person_claim)
    if rules.person_claim == "email":
        who = who.lower()
        verified = claims.get("email_verified", rules.trust_email)
        if verified is not True and verified != "true":  # the text is what some providers send
            raise NotAdmitted("unverified")
    if rules.domains and who.rpartition("@")[2].lower() not in {domain.lower() for domain in rules.domains}:
        raise NotAdmitted("outsider")
    name = _written(claims.get(rules.name_claim))
    groups = _groups(claims.get(rules.groups_claim)) if rules.groups_claim else None
    return Claimed(
        login=who,
        name=name or None,
        groups=groups,
        admin=not groups.isdisjoint(rules.admin_groups) if rules.admin_groups and groups is not None else None,
    )


def _groups(value: Any) -> frozenset[str]:
    """Return the groups of a claim; a missing one means none, so that it counts when somebody leaves the last."""
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(filter(None, map(_written, values)))


def _written(value: Any) -> str:
    """Return a name as it can be kept and shown: many may write their own, and letters that turn others round in it."""
    text = "".join(letter for letter in value if letter.isprintable()) if isinstance(value, str) else ""
    return text.strip()[:_MOST].strip()
