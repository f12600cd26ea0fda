import pytest

from tests.cast import Cast, cast_create


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()
