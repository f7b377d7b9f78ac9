"""An address of a database that cannot be used is answered with the ones that can."""

import pytest

from dashboard.store import StoreError, open_store


@pytest.mark.parametrize("address", ["mysql://frontdesk:hush@db/desk", "oracle://db", "nothing at all", ""])
def test_an_address_that_is_none_says_which_are_and_no_password(address):
    with pytest.raises(StoreError, match="postgresql://user@host/name") as refused:
        open_store(address)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_spellings_of_postgresql_are_understood(scheme):
    with pytest.raises(StoreError) as refused:
        open_store(f"{scheme}://nobody@localhost:1/none")
    assert "is no database" not in str(refused.value)
