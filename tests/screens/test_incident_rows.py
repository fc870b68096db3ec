from mailtui.filters import parse
from mailtui.screens.incident_rows import SORTINGS, Shown
from tests.screens.fakes import incidents


def ids(shown: Shown) -> list[str]:
    return [incident.id.partition(":")[0] for incident in shown(incidents())]


def test_ours_come_first() -> None:
    assert ids(Shown()) == ["unknown-user", "tls", "helo", "greylisted"]


def test_what_passes_by_itself_can_be_left_out() -> None:
    assert ids(Shown(problems_only=True)) == ["unknown-user", "tls"]


def test_the_filter_language_asks_for_fields_and_words() -> None:
    assert ids(Shown(parse("who:us"))) == ["unknown-user"]
    assert ids(Shown(parse("count>10"))) == ["unknown-user", "tls"]
    assert ids(Shown(parse("starttls"))) == ["tls"]


def test_the_first_row_in_every_order() -> None:
    by_name = {sorting.name: ids(Shown(sorting=sorting)) for sorting in SORTINGS}
    assert by_name["count"][0] == "tls"
    assert by_name["last seen"][0] == "unknown-user"
    assert by_name["first seen"][0] == "helo"
    assert ids(Shown().sorted_by(3)) == by_name["count"]
    assert ids(Shown(reverse=True)) == ids(Shown())[::-1]


def test_a_column_is_an_order_and_clicked_again_the_other_way_round() -> None:
    by_count = Shown().ordered_by("count")
    assert ids(by_count) == ids(Shown().sorted_by(3))
    assert ids(by_count.ordered_by("count")) == ids(by_count)[::-1]
    assert by_count.ordered_by("who") == by_count
