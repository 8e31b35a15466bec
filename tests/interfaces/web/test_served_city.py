"""A city that is served is not made anew under the server."""

import pytest

from lantu.interfaces.web.served_city import CityServed, serving, unserved


def test_nobody_makes_a_city_anew_while_it_is_served(tmp_path):
    with serving(tmp_path), serving(tmp_path), pytest.raises(CityServed, match="being served"), unserved(tmp_path):
        pass
    with unserved(tmp_path), pytest.raises(CityServed), serving(tmp_path):
        pass


def test_a_folder_that_was_never_served_is_nobodys(tmp_path):
    with unserved(tmp_path / "new"):
        assert not (tmp_path / "new").exists(), "looking leaves nothing behind"
