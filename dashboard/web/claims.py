"""What an OpenID provider says of somebody, as what Frontdesk keeps of a person; pure."""

from collections.abc import Mapping
from typing import Any

from dashboard.board.logins import Claimed, NotAdmitted
from dashboard.settings import Login

_MOST = 255


def claimed(claims: Mapping[str, Any], rules: Login) -> Claimed:
    """Return who somebody is. Raises NotAdmitted where the claims do not say it, or not for sure.

    ``domains`` are those of their verified address, whichever claim is their login: others, such as
    ``preferred_username``, people may write as they like.
    """
    who = _said(claims, rules.person_claim)
    if rules.person_claim == "email" or rules.domains:
        address = _address(claims, rules)
        who = address if rules.person_claim == "email" else who
        if rules.domains and address.rpartition("@")[2] not in {domain.lower() for domain in rules.domains}:
            raise NotAdmitted("outsider")
    name = _written(claims.get(rules.name_claim))
    groups = _groups(claims.get(rules.groups_claim)) if rules.groups_claim else None
    return Claimed(
        login=who,
        name=name or None,
        groups=groups,
        admin=not groups.isdisjoint(rules.admin_groups) if rules.admin_groups and groups is not None else None,
    )


def _address(claims: Mapping[str, Any], rules: Login) -> str:
    """Return the address of somebody, in small letters, where it is theirs for sure.

    It counts only where the provider says that it is verified: with some providers people
    write any address into their own account, and would be let in as somebody else (OpenID Connect
    Core 1.0, 5.7, calls ``email`` no identifier for that reason). Where it says nothing about it, as some do,
    ``trust_email`` has to be set on purpose; "not verified" is never taken.
    """
    address = _said(claims, "email").lower()
    verified = claims.get("email_verified", rules.trust_email)
    if verified is not True and verified != "true":  # the text is what some providers send
        raise NotAdmitted("unverified")
    return address


def _said(claims: Mapping[str, Any], claim: str) -> str:
    said = claims.get(claim)
    if not isinstance(said, str) or not (said := said.strip()) or len(said) > _MOST or not said.isprintable():
        raise NotAdmitted("unnamed", claim=claim)
    return said


def _groups(value: Any) -> frozenset[str]:
    """Return the groups of a claim; a missing one means none, so that it counts when somebody leaves the last."""
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(filter(None, map(_written, values)))


def _written(value: Any) -> str:
    """Return a name as it can be kept and shown: many may write their own, and letters that turn others round in it."""
    text = "".join(letter for letter in value if letter.isprintable()) if isinstance(value, str) else ""
    return text.strip()[:_MOST].strip()
