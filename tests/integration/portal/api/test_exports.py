"""Matches as files."""

import io
import zipfile

import pytest

from tests.contract.made import alert, match, why
from tests.integration.portal.api.bench import Bench, Tenant
from tests.integration.portal.api.test_editing import subscribed

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_matches_are_exported_as_a_workbook_csv_and_ris(bench: Bench, ours: Tenant, theirs: Tenant) -> None:
    subscription = await subscribed(bench, ours)
    (profile_id,), (destination_id,) = subscription["profiles"], subscription["destinations"]
    told = alert(
        "CN1A",
        why(profile_id),
        title='=HYPERLINK("http://evil")',
        subscription_id=subscription["id"],
        destination_id=destination_id,
    )
    await bench.around.store.alerts.record([match(profile_id)], [told])
    files = {}
    for form in ("xlsx", "csv", "ris"):
        status, headers, files[form] = await bench.raw(ours.token, f"/exports/matches?format={form}")
        assert (status, headers["Zhitui-Complete"]) == (200, "?1")
        assert headers["Content-Disposition"].endswith(f'.{form}"')
        assert headers["Cache-Control"] == "no-store"
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(files["xlsx"])).namelist()
    assert b"CN1A" in files["csv"]
    assert b",=HYPERLINK" not in files["csv"]
    assert b"CN1A" in files["ris"]
    status, _, empty = await bench.raw(theirs.token, "/exports/matches?format=csv")
    assert (status, b"CN1A" in empty) == (200, False)
    assert (await bench.raw(theirs.token, f"/exports/matches?subscription_id={subscription['id']}"))[0] == 404
