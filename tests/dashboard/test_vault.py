import os
import stat
import traceback

import pytest

from dashboard.vault import VaultError, new_key, open_vault, read_keys, write_keys

CANARY = "canary-7f3a-hunter2"


class Rows:
    """A place of sealed secrets, as the store is one."""

    def __init__(self):
        self.rows = {}

    def put(self, vault, source, owner, secrets):
        self.rows[source] = (owner, vault.seal(secrets, source=source, owner=owner))

    def sealed(self):
        return [(source, owner, sealed) for source, (owner, sealed) in self.rows.items()]

    def seal(self, source, sealed, *, was=None):
        if was is not None and self.rows[source][1] != was:
            return False
        self.rows[source] = (self.rows[source][0], sealed)
        return True


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "vault.keys"


@pytest.fixture
def vault(file):
    return open_vault(file)


def test_what_was_sealed_opens_again_also_after_a_restart(file, vault):
    sealed = vault.seal({"token": CANARY}, source=1, owner=2)
    assert CANARY.encode() not in sealed
    assert open_vault(file).open(sealed, source=1, owner=2) == {"token": CANARY}


def test_a_source_without_secrets_opens_as_nothing(vault):
    assert vault.open(None, source=1, owner=1) == {}


def test_the_same_secret_never_looks_the_same(vault):
    assert vault.seal({"a": 1}, source=1, owner=1) != vault.seal({"a": 1}, source=1, owner=1)


@pytest.mark.parametrize("place", [{"source": 2, "owner": 1}, {"source": 1, "owner": 2}, {"source": 1, "owner": None}])
def test_a_secret_moved_to_another_source_or_person_does_not_open(vault, place):
    sealed = vault.seal({"token": CANARY}, source=1, owner=1)
    with pytest.raises(VaultError, match="another source"):
        vault.open(sealed, **place)


def test_no_changed_byte_passes_unseen(vault):
    sealed = vault.seal({"token": CANARY}, source=1, owner=1)
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(VaultError):
            vault.open(altered, source=1, owner=1)
    for length in range(1, len(sealed)):
        with pytest.raises(VaultError):
            vault.open(sealed[:length], source=1, owner=1)


@pytest.mark.skipif(os.name == "nt", reason="modes of files are of POSIX")
def test_only_the_owner_can_read_the_key_file(file, vault):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        open_vault(file).seal({}, source=1, owner=1)


def test_two_starts_at_once_agree_on_one_key(file, vault):
    write_keys(file, [new_key()], new=True)
    sealed = vault.seal({"a": 1}, source=1, owner=1)
    assert open_vault(file).open(sealed, source=1, owner=1) == {"a": 1}
    assert [entry.name for entry in file.parent.iterdir()] == ["vault.keys"]


def test_after_a_rotation_no_row_is_under_an_old_key_and_a_running_worker_goes_on(file, vault):
    rows = Rows()
    for source in range(20):
        rows.put(vault, source, source % 3 or None, {"token": f"{CANARY}{source}"})
    before = dict(rows.rows)
    assert open_vault(file).rotate(rows) == 20
    assert not any(vault.stale(sealed) for _, _, sealed in rows.sealed())
    for source, owner, sealed in rows.sealed():
        assert vault.open(sealed, source=source, owner=owner) == {"token": f"{CANARY}{source}"}
        assert sealed != before[source][1]


def test_a_token_renewed_during_a_rotation_is_not_lost(file, vault):
    class Busy(Rows):
        def sealed(self):
            found = super().sealed()
            self.put(vault, 1, 1, {"token": "renewed"})
            return found

    rows = Busy()
    rows.put(vault, 1, 1, {"token": "spent"})
    vault.rotate(rows)
    assert vault.open(rows.rows[1][1], source=1, owner=1) == {"token": "renewed"}


def test_the_key_before_the_last_still_opens_a_backup_and_older_ones_are_gone(file, vault):
    rows = Rows()
    rows.put(vault, 1, 1, {"token": CANARY})
    ((_, first),) = rows.rows.values()
    vault.rotate(rows)
    assert vault.open(first, source=1, owner=1) == {"token": CANARY}
    vault.rotate(rows)
    assert len(read_keys(file)) == 2
    with pytest.raises(VaultError, match="missing"):
        vault.open(first, source=1, owner=1)


def test_keys_from_the_settings_are_put_first_by_hand_and_then_sealed_anew(tmp_path):
    from base64 import urlsafe_b64encode

    old, new = (urlsafe_b64encode(new_key()).decode() for _ in range(2))
    rows = Rows()
    rows.put(open_vault(tmp_path / "unused", old), 1, 1, {"token": CANARY})
    vault = open_vault(tmp_path / "unused", f"{new} {old}")
    assert vault.reseal(rows) == 1
    assert open_vault(tmp_path / "unused", new).open(rows.rows[1][1], source=1, owner=1) == {"token": CANARY}
    with pytest.raises(VaultError, match="settings"):
        vault.rotate(rows)
    assert not (tmp_path / "unused").exists()


def test_a_lost_or_damaged_key_file_is_said_in_a_sentence(file, vault):
    file.write_text("not a key\n")
    with pytest.raises(VaultError, match="damaged"):
        vault.seal({}, source=1, owner=1)
    file.write_text("")
    with pytest.raises(VaultError, match="no key"):
        vault.seal({}, source=1, owner=1)
    file.unlink()
    with pytest.raises(VaultError, match="backup"):
        vault.seal({}, source=1, owner=1)


def test_no_secret_is_in_a_representation_or_traceback(vault):
    sealed = vault.seal({"token": CANARY}, source=1, owner=1)
    try:
        vault.open(sealed, source=2, owner=1)
    except VaultError as error:
        told = "".join(traceback.format_exception(error)) + repr(vault) + repr(sealed)
    assert CANARY not in told
