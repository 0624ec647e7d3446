"""The grid of a list: filter, cells, columns, bulk changes."""

from django.urls import URLPattern, path

from lists_core.views import (
    bulk_report,
    grid,
    grid_bulk,
    grid_cells,
    grid_columns,
    grid_filter,
    grid_groups,
    grid_rows,
)

LIST = "lists/<int:list_id>/"
ROW = LIST + "rows/<int:element_id>/"

urlpatterns: list[URLPattern] = [
    path(LIST, grid.grid, name="list"),
    path(LIST + "count/", grid.count, name="list_count"),
    path(LIST + "data/", grid.data, name="list_data"),
    path(LIST + "group/", grid_groups.grouping, name="list_group"),
    path(LIST + "groups/", grid_groups.groups, name="list_groups"),
    path(LIST + "totals/", grid_groups.totals, name="list_totals"),
    path(LIST + "columns/", grid_columns.columns, name="list_columns"),
    path(LIST + "columns/widths/", grid_columns.widths, name="list_widths"),
    path(LIST + "page-size/", grid_columns.page_size, name="list_page_size"),
    path(LIST + "filter/", grid_filter.panel, name="list_filter"),
    path(LIST + "filter-row/", grid_filter.row, name="list_filter_row"),
    path(LIST + "bulk/edit/", grid_bulk.edit, name="list_bulk_edit"),
    path(LIST + "bulk/field/", grid_bulk.field, name="list_bulk_field"),
    path(LIST + "bulk/move/", grid_bulk.move, name="list_bulk_move"),
    path(LIST + "bulk/delete/", grid_bulk.delete, name="list_bulk_delete"),
    path(LIST + "bulk/copy/", grid_bulk.copy, name="list_bulk_copy"),
    path(LIST + "bulk/", bulk_report.of_list, name="list_bulk_changes"),
    path("bulk/", bulk_report.mine, name="bulk_changes"),
    path("bulk/<uuid:job_id>/", bulk_report.report, name="bulk_change"),
    path("bulk/<uuid:job_id>/csv/", bulk_report.table, name="bulk_change_csv"),
    path("bulk/<uuid:job_id>/undo/", bulk_report.undo, name="bulk_undo"),
    path("bulk/<uuid:job_id>/stop/", bulk_report.stop, name="bulk_stop"),
    path(ROW, grid_cells.row, name="list_row"),
    path(ROW + "copy/", grid_rows.copy, name="list_row_copy"),
    path(ROW + "cells/<str:code>/", grid_cells.cell, name="list_cell"),
    path(ROW + "filter-by/<str:code>/", grid_filter.by_value, name="list_filter_by"),
]
