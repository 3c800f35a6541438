"""The code tables that pickers read: what the forms' cleaners take, and nothing else."""

import pytest

from app import codes
from app.api.tables import TABLES
from tests.app.api.calls import API, refused
from tests.application import ApiClient
from workflows.form_schema import PICKERS


def test_every_picker_has_its_table(client: ApiClient) -> None:
    assert set(PICKERS) <= TABLES | {"regions"}
    for name in sorted(TABLES):
        listed = client.get(f"{API}/tables/{name}").json
        assert listed and all(codes.known(name, one["code"]) and not one["divided"] for one in listed)
    countries = {one["code"]: one["label"] for one in client.get(f"{API}/tables/countries").json}
    assert (len(countries), countries["HK"], countries["CH"]) == (244, "中国香港", "瑞士")


def test_regions_are_walked_from_the_province_down(client: ApiClient) -> None:
    provinces = client.get(f"{API}/tables/regions").json
    assert len(provinces) == 34
    anhui = next(one for one in provinces if one["label"] == "安徽省")
    cities = client.get(f"{API}/tables/regions?below={anhui['code']}").json
    hefei = next(one for one in cities if one["label"] == "合肥市")
    assert anhui["divided"] and hefei["divided"]
    counties = client.get(f"{API}/tables/regions?below={hefei['code']}").json
    assert all(codes.known("regions", one["code"]) and not one["divided"] for one in counties) and counties
    assert client.get(f"{API}/tables/regions?below=999999").json == []


@pytest.mark.parametrize("name", ["schools", "training_modes", "nothing"])
def test_other_tables_are_unknown(client: ApiClient, name: str) -> None:
    refused(client.get(f"{API}/tables/{name}"), 404, "not_found")
