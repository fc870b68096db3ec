"""Widgets of several views: virtual lists, the two bars, the filter."""

from mailtui.screens.widgets.columns import Column, TableRow
from mailtui.screens.widgets.filter_bar import FilterBar
from mailtui.screens.widgets.key_footer import KeyFooter
from mailtui.screens.widgets.line_table import NO_MATCH, LineTable
from mailtui.screens.widgets.line_view import LineView
from mailtui.screens.widgets.title_bar import TitleBar

__all__ = ["NO_MATCH", "Column", "FilterBar", "KeyFooter", "LineTable", "LineView", "TableRow", "TitleBar"]
