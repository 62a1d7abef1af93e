"""Paging, order and fields, without HTTP."""

from __future__ import annotations

import re

import pytest

from psa.simulator import lists
from psa.simulator.answers import Answer, Refused

KNOWN = frozenset({"id", "name", "board", "sizes"})
ROWS = [{"id": n, "name": f"n{n % 3}", "board": {"id": n % 2, "name": "b"}} for n in range(1, 61)]
URL = "http://psa/v2026_4/apis/3.0/things"


def page(**query: str) -> Answer:
    return lists.page(ROWS, query, known=KNOWN, url=URL, headers={})


def links(answer: Answer) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))}


def ids(answer: Answer) -> list[int]:
    return [row["id"] for row in answer.body]


def test_twenty_five_rows_unless_asked() -> None:
    assert ids(page()) == list(range(1, 26))
    assert set(links(page())) == {"next", "last"}


def test_following_next_sees_every_row_once_with_the_page_last_in_the_url() -> None:
    seen = ids(page(pageSize="7", conditions="id > 0"))
    answer = page(pageSize="7", conditions="id > 0")
    while url := links(answer).get("next"):
        match = re.search(r"&page=(\d+)$", url)
        assert match
        assert "conditions=id%20%3E%200" in url
        answer = page(pageSize="7", conditions="id > 0", page=match[1])
        seen += ids(answer)
    assert seen == list(range(1, 61))
    assert set(links(answer)) == {"first", "prev"}


def test_a_page_beyond_the_end_is_empty() -> None:
    assert ids(page(page="99")) == []


@pytest.mark.parametrize("size", ["0", "1001", "-1", "many"])
def test_a_page_size_out_of_range_is_refused(size: str) -> None:
    with pytest.raises(Refused) as caught:
        page(pageSize=size)
    assert caught.value.answer.status == 400


def test_forward_only_goes_by_id_and_always_has_a_next() -> None:
    query = {"pageSize": "40", "orderBy": "name desc"}
    headers = {"pagination-type": "forward-only"}
    first = lists.page(ROWS, query, known=KNOWN, url=URL, headers=headers)
    assert ids(first) == list(range(1, 41))
    assert links(first)["next"].endswith("pageId=40")
    second = lists.page(ROWS, {**query, "pageId": "40"}, known=KNOWN, url=URL, headers=headers)
    third = lists.page(ROWS, {**query, "pageId": "60"}, known=KNOWN, url=URL, headers=headers)
    assert ids(second) == list(range(41, 61))
    assert ids(third) == []
    assert links(third)["next"].endswith("pageId=60")


def test_order_by_several_fields() -> None:
    answer = page(orderBy="board/id desc, name asc, id desc", pageSize="3")
    assert ids(answer) == [57, 51, 45]
    with pytest.raises(Refused):
        page(orderBy="name sideways")


def test_fields_keep_parts_of_references() -> None:
    assert page(fields="id, board/name,missing/x", pageSize="1").body == [{"id": 1, "board": {"name": "b"}}]


def test_child_conditions_look_into_arrays() -> None:
    rows = [
        {"id": 1, "communicationItems": [{"value": "a@x.example", "communicationType": "Email"}]},
        {"id": 2, "communicationItems": [{"value": "a@x.example", "communicationType": "Fax"}]},
    ]
    text = 'communicationItems/value like "a@%" and communicationItems/communicationType="Email"'
    assert [row["id"] for row in lists.filtered(rows, {"childConditions": text}, KNOWN)] == [1]


def test_custom_fields_are_found_by_caption_and_value() -> None:
    rows = [
        {"id": n, "customFields": [{"caption": "Rack", "value": value}]}
        for n, value in ((1, "B4"), (2, None))
    ]
    text = 'caption="Rack" and value != null'
    assert [row["id"] for row in lists.filtered(rows, {"customFieldConditions": text}, KNOWN)] == [1]


def test_a_bad_expression_explains_the_literals() -> None:
    with pytest.raises(Refused) as caught:
        page(conditions="name=x")
    assert "square brackets" in caught.value.answer.body["message"]
