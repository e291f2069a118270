"""Addresses of the register."""

from django.urls import path

from register.views import bulk, changing, imports, partnership, risks
from register.views import list as register_list

app_name = "register"
urlpatterns = [
    path("partnerships/", register_list.partnership_list, name="partnership_list"),
    path("partnerships/columns/", register_list.choose_columns, name="list_columns"),
    path("partnerships/grid/", register_list.grid, name="grid"),
    path("partnerships/views/", register_list.view_list, name="view_list"),
    path("partnerships/views/add/", register_list.save_view, name="save_view"),
    path("partnerships/views/<int:view_id>/delete/", register_list.delete_view, name="delete_view"),
    path("partnerships/change/", bulk.change_selected, name="bulk_change"),
    path("partnerships/change/undo/", bulk.undo, name="bulk_undo"),
    path("partnerships/add/", changing.add, name="add"),
    path("partnerships/duplicates/", changing.duplicate_list, name="duplicates"),
    path("partnerships/<slug:reference>/", partnership.overview, name="partnership"),
    path("partnerships/<slug:reference>/details/", partnership.details, name="details"),
    path(
        "partnerships/<slug:reference>/details/<slug:section_id>/change/",
        changing.change_section,
        name="change_section",
    ),
    path("partnerships/<slug:reference>/people/", partnership.people, name="people"),
    path("partnerships/<slug:reference>/money/", partnership.money, name="money"),
    path("partnerships/<slug:reference>/benefits/", partnership.benefits, name="benefits"),
    path("partnerships/<slug:reference>/risks/", risks.risks, name="risks"),
    path("partnerships/<slug:reference>/risks/<int:risk_id>/rate/", risks.rate_risk, name="rate_risk"),
    path("partnerships/<slug:reference>/risks/<int:risk_id>/close/", risks.close_risk, name="close_risk"),
    path("partnerships/<slug:reference>/risks/<int:risk_id>/reopen/", risks.reopen_risk, name="reopen_risk"),
    path("partnerships/<slug:reference>/actions/", partnership.actions, name="actions"),
    path("partnerships/<slug:reference>/documents/", partnership.documents, name="documents"),
    path("partnerships/<slug:reference>/documents/<int:document_id>/file/", changing.document, name="document"),
    path(
        "partnerships/<slug:reference>/documents/<int:document_id>/files/",
        changing.document_files,
        name="document_files",
    ),
    path(
        "partnerships/<slug:reference>/documents/<int:document_id>/files/<int:version_id>/",
        changing.document_file,
        name="document_file",
    ),
    path("partnerships/<slug:reference>/history/", partnership.history, name="history"),
    path("partnerships/<slug:reference>/similar/", changing.similar_entries, name="similar"),
    path("partnerships/<slug:reference>/move/", changing.move, name="move"),
    path("partnerships/<slug:reference>/rows/<slug:slug>/add/", changing.add_row, name="add_row"),
    path("partnerships/<slug:reference>/rows/<slug:slug>/<int:row_id>/change/", changing.change_row, name="change_row"),
    path(
        "partnerships/<slug:reference>/rows/<slug:slug>/<int:row_id>/take-out/",
        changing.take_out_row,
        name="take_out_row",
    ),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/add/", imports.import_upload, name="import_upload"),
    path("imports/<int:number>/", imports.import_start, name="import"),
    path("imports/<int:number>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:number>/questions/", imports.import_questions, name="import_questions"),
    path("imports/<int:number>/questions/<slug:key>/", imports.import_question, name="import_question"),
    path("imports/<int:number>/preview/", imports.import_preview, name="import_preview"),
    path("imports/<int:number>/choose/", imports.import_choose, name="import_choose"),
    path("imports/<int:number>/commit/", imports.import_commit, name="import_commit"),
    path("imports/<int:number>/done/", imports.import_done, name="import_done"),
    path("imports/<int:number>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:number>/delete/", imports.import_delete, name="import_delete"),
    path("imports/<int:number>/unanswered.xlsx", imports.import_unanswered, name="import_unanswered"),
]
