from datetime import UTC, datetime, timedelta

import pytest

from reports.measures import is_fresh, months_until, percentile, start_of_months

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.85, 7), ([4, 1, 3, 2], 0.5, 2), (range(1, 101), 0.85, 85), ([1, 9], 0.85, 9)],
)
def test_percentile_is_the_value_that_so_many_do_not_exceed(values, share, expected):
    assert percentile(values, share) == expected


def test_data_is_stale_a_quarter_of_its_period_after_it_was_due():
    assert is_fresh("monthly", NOW - timedelta(days=38), NOW) is True
    assert is_fresh("monthly", NOW - timedelta(days=39), NOW) is False


@pytest.mark.parametrize("frequency", ["", "as_needed", "not_updated"])
def test_data_without_a_schedule_is_neither_fresh_nor_stale(frequency):
    assert is_fresh(frequency, NOW - timedelta(days=5000), NOW) is None


def test_months_are_those_of_the_time_zone_of_the_page(settings):
    # 3 o'clock UTC on 1 March is still February in New York
    assert months_until(NOW, 3) == ("2025-12", "2026-01", "2026-02")
    assert start_of_months(NOW, 3).isoformat().startswith("2025-12-01T00:00:00")
