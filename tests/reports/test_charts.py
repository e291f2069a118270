"""Charts of the reports."""

from reports.charts import Bar, bars


def test_a_long_label_stands_in_several_lines_and_is_not_cut():
    chart = bars("Partnerships by service", "said", [Bar("Communities and Housing Strategy", 3), Bar("Growth", 1)])

    assert "…" not in chart
    assert ">Communities and Housing<" in chart
    assert ">Strategy<" in chart


def test_a_label_longer_than_three_lines_ends_in_dots():
    chart = bars("Partnerships by priority", "said", [Bar("word " * 40, 1)])

    assert "word …<" in chart
