"""The import in the browser: from the file to the register and back, without scripts."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from register.models import Import, Partnership
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LEGACY = Path(__file__).parents[2] / "fixtures" / "legacy"
CSV = (
    "Name of partnership,What it does,Cost to council (£),Overall risk,Number of meetings a year\n"
    "Fen Forum,Talks about drains,£500,Low,4\n"
    "Marsh Board,Keeps the marsh,£10k-£15k,High,12\n"
    'Ridge Group,Walks the ridge,"12,5000",Medium,2\n'
)


@pytest.fixture
def admin(browse_as):
    return browse_as(Role.ADMINISTRATOR)


def send(browser, content: str | bytes = CSV, name: str = "register.csv", year: int = 2026):
    """Upload a file of this content, and return the page that follows."""
    content = content.encode() if isinstance(content, str) else content
    return browser.post(reverse("register:import_upload"), {"file": SimpleUploadedFile(name, content), "year": year})


def page_of(browser, name: str, **parts):
    record = Import.objects.latest("pk")
    return browser.get(reverse(f"register:import_{name}", args=[record.pk, *parts.values()]))


def post_to(browser, name: str, data: dict, **parts):
    record = Import.objects.latest("pk")
    return browser.post(reverse(f"register:import_{name}", args=[record.pk, *parts.values()]), data)


def test_the_file_is_read_and_its_columns_are_shown_with_reasons(admin):
    page = send(admin)

    assert page.heading == "Columns of the spreadsheet"
    assert "Cost to council (£)" in page
    assert "£10k-£15k" in page
    assert Partnership.objects.count() == 0


def test_the_same_file_comes_through_from_upload_to_register_and_back(admin):
    send(admin)
    page = page_of(admin, "preview")
    assert page.select_one(".app-fix input[name=raw]") is not None

    page = post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "raw": "12,500"})
    assert page.banner == "C4 is read again. Look at its row below"
    assert "Put right" not in page.words.split("Row by row")[0]
    assert "Import 3 partnerships" in page

    page = post_to(admin, "commit", {})
    assert page.banner.startswith("3 partnerships imported.")
    assert "Still unanswered (1)" in page
    assert str(Partnership.objects.get(name="Ridge Group").contribution_a_year) == "12500.00"
    assert Partnership.objects.get(name="Marsh Board").contribution_a_year is None

    page = post_to(admin, "undo", {})
    assert page.banner == "The import of register.csv is undone. You can upload the file again"
    assert Partnership.objects.count() == 0


def test_a_question_has_nothing_chosen_and_one_answer_settles_it(admin):
    send(admin)
    page = page_of(admin, "questions")

    assert page.heading == "Questions about the spreadsheet"
    assert "£10k-£15k" in page
    assert page.select("input[type=radio][checked]") == []
    refused = admin.post(page.path, {})
    assert refused.errors == ["Select an answer, or choose “Answer later”"]

    options = {label.get_text(strip=True): label["for"] for label in refused.select(".govuk-radios__label")}
    chosen = refused.select_one(f"#{options['£12,500 a year']}")
    admin.post(page.path, {chosen["name"]: chosen["value"]})
    post_to(admin, "commit", {})
    assert str(Partnership.objects.get(name="Marsh Board").contribution_a_year) == "12500.00"


def test_another_value_is_read_as_if_it_stood_in_the_cell(admin):
    page_path = (send(admin), page_of(admin, "questions"))[1].path
    prefix = "file-C3"

    wrong = admin.post(page_path, {f"{prefix}-answer": "other", f"{prefix}-other": ""})
    assert wrong.errors == ["Enter the value, or choose one of the answers above"]
    admin.post(page_path, {f"{prefix}-answer": "other", f"{prefix}-other": "£11,250"})

    post_to(admin, "commit", {})
    assert str(Partnership.objects.get(name="Marsh Board").contribution_a_year) == "11250.00"


def test_the_suggestion_for_all_cells_is_one_press_and_can_be_taken_back(admin):
    content = "Partnership,Officer time (hours per month)\nFen Forum,2 days\nMarsh Board,1 day\nRidge Group,3 hours\n"
    send(admin, content)
    path = page_of(admin, "questions").path
    assert "Use the suggestion for these 2" in admin.get(path)

    admin.post(path, {"act": "suggestion"})
    assert Import.objects.get().reading["rows"][0]["values"]["staff_hours_month"] == pytest.approx(14.8)
    admin.post(path, {"act": "again"})
    assert Import.objects.get().reading["rows"][0]["values"]["staff_hours_month"] is None
    admin.post(path, {"all-answer": "1"})
    assert Import.objects.get().reading["rows"][0]["values"]["staff_hours_month"] == pytest.approx(14)
    admin.post(path, {"act": "again"})
    admin.post(path, {"all-answer": "other", "all-other": "8"})
    assert Import.objects.get().reading["rows"][0]["values"]["staff_hours_month"] == pytest.approx(16)


def test_cells_can_be_answered_one_by_one(admin):
    content = "Partnership,Officer time (hours per month)\nFen Forum,2 days\nMarsh Board,1 day\nRidge Group,3 hours\n"
    send(admin, content)
    path = page_of(admin, "questions").path
    page = admin.get(path, {"one": "1"})
    assert len(page.select("fieldset")) == 2

    admin.post(f"{path}?one=1", {"file-B2-answer": "other", "file-B2-other": "15"})

    values = [row["values"]["staff_hours_month"] for row in Import.objects.get().reading["rows"]]
    assert values == [15, None, 3]


def test_words_of_a_scale_are_answered_once_for_the_column(admin):
    content = "Partnership,Risk (RAG)\nFen Forum,Amber\nMarsh Board,Red\nRidge Group,Amber\n"
    send(admin, content)
    page = page_of(admin, "questions")
    assert "What does “Amber” mean? (2 cells)" in page

    labels = {}
    for field in page.select("fieldset"):
        for label in field.select("label"):
            found = page.select_one(f"#{label['for']}")
            labels[field.legend.get_text(strip=True)[:17], label.get_text(strip=True)] = (found["name"], found["value"])
    data = dict([labels["What does “Amber”", "Medium"], labels["What does “Red” m", "High"]])
    admin.post(page.path, data)

    assert [row["values"]["risk"] for row in Import.objects.get().reading["rows"]] == ["medium", "high", "medium"]


def test_a_wrong_repair_keeps_what_was_typed_and_says_what_to_do(admin):
    send(admin)

    page = post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "raw": ""})

    assert page.errors == ["Enter what the cell should hold, then press Save"]
    assert page.select_one(".govuk-error-summary a")["href"] == "#fix0_raw"


def test_a_wrong_cell_can_be_left_blank_and_a_stopped_row_left_out(admin):
    send(admin, CSV + ",A row without a name,£5,Low,1\n")

    post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "act": "blank"})
    page = post_to(admin, "preview", {"sheet": "(file)", "cell": "A5", "code": "name-missing", "act": "leave out"})

    assert "1 left out by your answers" in page
    assert "Import 3 partnerships" in page


def test_the_preview_shows_what_a_corrected_file_changes_and_asks_about_what_people_changed(admin):
    send(admin)
    post_to(admin, "commit", {})
    forum = Partnership.objects.get(name="Fen Forum")
    forum.change({"purpose": "Talks and acts"}, by=make_user(Role.REGISTER_MANAGER))
    send(admin, CSV.replace("Talks about drains", "Talks about dykes").replace("£500", "£750"))

    page = page_of(admin, "preview")
    assert "Import 1 partnership" in page
    assert "£500 a year" in page
    assert "£750 a year" in page

    record = Import.objects.latest("pk")
    page = admin.get(reverse("register:import_preview", args=[record.pk]), {"show": "conflicts"})
    radio = page.select_one("input[type=radio][value=file]")
    page = admin.post(reverse("register:import_choose", args=[record.pk]), {radio["name"]: "file"})
    assert page.banner == "1 choice kept"
    post_to(admin, "commit", {})
    forum.refresh_from_db()
    assert (forum.purpose, str(forum.contribution_a_year)) == ("Talks about dykes", "750.00")


def test_the_same_file_again_says_when_it_was_imported(admin):
    send(admin)
    post_to(admin, "commit", {})

    assert "You imported this on" in send(admin)
    assert "Every row is in the register as it stands in the file" in page_of(admin, "preview")


def test_an_upload_can_be_thrown_away(admin):
    send(admin)
    record = Import.objects.get()
    stored = Path(record.file.path)
    assert stored.exists()

    page = post_to(admin, "delete", {})

    assert page.banner == "The upload of register.csv is deleted. Nothing of it was imported"
    assert not stored.exists()
    assert admin.get(reverse("register:import", args=[record.pk])).status == 404


def test_what_is_left_to_answer_can_be_sent_round_as_a_spreadsheet(admin):
    import io

    from openpyxl import load_workbook

    send(admin, CSV.replace("Marsh Board", "=1+1"))
    response = admin.client.get(reverse("register:import_unanswered", args=[Import.objects.get().pk]))

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[2]][1:4] == ["C3", "=1+1", "£10k-£15k"]
    assert sheet["C2"].data_type == "s"


@pytest.mark.parametrize("imports", [1, 20])
def test_the_list_of_imports_takes_the_same_number_of_queries(admin, imports, django_assert_num_queries):
    by = make_user(Role.ADMINISTRATOR)
    for number in range(imports):
        Import.objects.create(file_name=f"{number}.csv", digest=str(number), financial_year=2026, uploaded_by=by)

    with django_assert_num_queries(9):  # session (4), person, roles, policy, count, imports
        page = admin.get(reverse("register:import_list"))

    assert len(page.select("tbody tr")) == imports


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.AUDITOR, Role.EXECUTIVE])
def test_others_cannot_import(browse_as, role):
    assert browse_as(role).get(reverse("register:import_list")).status == 403
    assert browse_as(role).post(reverse("register:import_upload"), {}).status == 403


def test_a_column_is_moved_to_another_field_left_out_or_put_back(admin):
    content = "Partnership,Contribution,Shelf mark,Cost centre\nFen Forum,£5,North,C1\nMarsh Board,£6,South,C2\n"
    page = send(admin, content)
    selects = {page.select_one(f"label[for={each['id']}]").get_text(strip=True): each for each in page.select("select")}
    shelf = selects["Column C, Shelf mark, becomes"]["name"]
    cost = selects["Column D, Cost centre, becomes"]["name"]

    post_to(admin, "columns", {shelf: "area", cost: "leave out"})
    rows = Import.objects.get().reading["rows"]
    assert [row["values"].get("area") for row in rows] == ["North", "South"]
    page = page_of(admin, "columns")
    assert page.select_one(f"[name={shelf}] option[selected]")["value"] == "area"
    assert page.select_one(f"[name={cost}] option[selected]")["value"] == "leave out"

    post_to(admin, "columns", {shelf: "as proposed", cost: "keep as note"})
    rows = Import.objects.get().reading["rows"]
    assert "area" not in rows[0]["values"]
    assert rows[0]["values"]["notes"] == "Cost centre: C1"


def test_the_column_of_the_names_cannot_be_left_out(admin):
    page = send(admin)
    name = page.select("select")[0]["name"]

    page = post_to(admin, "columns", {name: "leave out"})

    assert page.errors == [
        "Column A: without this column the rows have no name. Choose the column that holds the names first."
    ]


def test_an_answer_does_not_open_the_file_again(admin, monkeypatch):
    send(admin)
    monkeypatch.setattr("register.importing.workbook.ask_child", lambda *_: pytest.fail("The file was opened"))
    monkeypatch.setattr("register.import_service.cells_of", lambda _: pytest.fail("The file was opened"))

    post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "raw": "12,500"})

    assert Import.objects.get().reading["rows"][2]["values"]["contribution"] == 12500


def test_an_upload_from_before_cells_were_kept_is_opened_once_more(admin):
    send(admin)
    Import.objects.update(packed_cells=b"")

    post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "raw": "12,500"})

    assert Import.objects.get().reading["rows"][2]["values"]["contribution"] == 12500
    assert Import.objects.get().cells["sheets"]


def test_a_button_pressed_twice_reads_and_imports_once(admin):
    send(admin)
    send(admin)
    assert Import.objects.count() == 1

    post_to(admin, "commit", {})
    page = post_to(admin, "commit", {})

    assert page.path.endswith("/done/")
    assert Partnership.objects.count() == 3
    assert not Import.objects.get().packed_cells


def test_a_half_answered_upload_is_found_again_in_the_list(admin):
    send(admin)
    post_to(admin, "preview", {"sheet": "(file)", "cell": "C4", "code": "money-invalid", "raw": "12,500"})

    page = admin.get(reverse("register:import_list"))
    link = next(each["href"] for each in page.select("main a") if each.get_text(strip=True).startswith("register.csv"))

    page = admin.get(link)
    assert page.heading == "Preview"
    assert "Import 3 partnerships" in page


def test_an_upload_that_waits_stands_on_the_home_page_until_it_is_imported(admin):
    send(admin)
    page = admin.get("/")
    assert "Do now (1)" in page
    assert "Finish the import of register.csv" in page

    post_to(admin, "commit", {})
    assert "Finish the import" not in admin.get("/")


def test_an_answered_question_keeps_its_place_and_number(admin):
    content = (
        "Name of partnership,Officer time (hours per month),Cost to council (£)\n"
        "Fen Forum,2 days,£10k-£15k\nMarsh Board,1 day,£20k-£30k\n"
    )
    send(admin, content)
    titles = [link.get_text(strip=True) for link in page_of(admin, "questions").select("nav li a, nav li strong")]

    page = admin.post(page_of(admin, "questions").path, {"act": "suggestion"})

    assert "Question 2: Ranges of money" in page
    assert [link.get_text(strip=True) for link in page.select("nav li a, nav li strong")] == titles


def test_the_last_page_says_what_comes_next_and_leads_to_each_unanswered_entry(admin):
    send(admin)
    page = post_to(admin, "commit", {})

    assert "3 entries have no lead officer with an account. The register manager gives them one" in page
    row = next(row for row in page.select("tr") if row.select_one("th").get_text(strip=True) == "C3")
    board = Partnership.objects.get(name="Marsh Board")
    assert row.select_one(".app-cell").text == "£10k-£15k"
    assert row.select_one("a")["href"] == reverse("register:partnership", args=[board.reference])
