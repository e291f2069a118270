"""What every page is held to finds what it looks for."""

import pytest

from tests.page import faults

GOOD = """<html lang="en-GB"><title>Register – Partnership register</title>
<h1>Register</h1><label for="q">Name</label><input id="q" aria-describedby="h"><p id="h">Hint</p>
<a href="#q">Name</a><form method="post"><input type="hidden" name="csrfmiddlewaretoken"></form></html>"""


def test_a_good_page_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<h1>", "<h1>Other</h1><h1>", "2 h1"),
        ("<title>Register", "<title>Other", "does not start with the heading"),
        ('<p id="h">', '<p id="q">', "id q stands 2 times"),
        ('for="q"', 'for="r"', "label for r"),
        ('for="q"', 'for="r"', "no label for"),
        ('href="#q"', 'href="#r"', "link to #r"),
        ('describedby="h"', 'describedby="i"', "aria-describedby names i"),
        (' lang="en-GB"', "", "no language"),
        ("<h1>", '<h1 style="color:red">', "inline style"),
        ("<h1>", "<script>1</script><h1>", "inline style or script"),
        ('<input type="hidden" name="csrfmiddlewaretoken">', "", "forgery"),
        ("<h1>", '<a href="/"></a><h1>', "no words in"),
        ("<h1>", '<img src="x"><h1>', "no alternative text"),
    ],
)
def test_each_fault_is_found(old, new, said):
    assert old in GOOD
    assert any(said in fault for fault in faults(GOOD.replace(old, new)))


def test_the_word_error_may_stand_in_front_of_the_title():
    assert faults(GOOD.replace("<title>", "<title>Error: ")) == []
