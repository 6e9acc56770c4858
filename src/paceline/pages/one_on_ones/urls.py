"""The addresses of 1:1s. A person's id may have any letters: what follows it is looked at first."""

from __future__ import annotations

from django.urls import path, re_path

from paceline.pages.one_on_ones import adding, doing, files, reading, spending

_WITH = "one-on-ones/<path:rep_id>"

urlpatterns = [
    path("one-on-ones/", reading.index, name="one_on_ones"),
    path("one-on-ones.ics", files.calendar, name="one_on_ones_calendar"),
    path("coaching-time/", spending.coaching_time, name="coaching_time"),
    re_path(r"^coaching-time\.(?P<form>csv|parquet)$", spending.coaching_time_export, name="coaching_time_export"),
    path("one-on-ones/actions/<int:number>/", doing.tick_action, name="tick_action"),
    path("one-on-ones/wishes/<int:number>/", doing.answer, name="answer_wish"),
    path("one-on-ones/<uuid:public_id>/", reading.past, name="one_on_one"),
    path("one-on-ones/<uuid:public_id>/one-pager.pdf", files.pdf_of_past, name="one_on_one_pdf"),
    path("one-on-ones/<uuid:public_id>/write/", doing.write_past, name="one_on_one_notes"),
    path(f"{_WITH}/add/", adding.add, name="add_to_one_on_one"),
    path(f"{_WITH}/agenda/", doing.order, name="order_agenda"),
    path(f"{_WITH}/series/", doing.series, name="one_on_one_series"),
    path(f"{_WITH}/when/", doing.when, name="one_on_one_when"),
    path(f"{_WITH}/begin/", doing.begin, name="begin_one_on_one"),
    path(f"{_WITH}/end/", doing.end, name="end_one_on_one"),
    path(f"{_WITH}/skip/", doing.skip, name="skip_one_on_one"),
    path(f"{_WITH}/agree/", doing.agree, name="agree"),
    path(f"{_WITH}/notes/", doing.write, name="next_notes"),
    path(f"{_WITH}/ask/", doing.ask, name="ask_manager"),
    path(f"{_WITH}/calendar.ics", files.calendar_of, name="one_on_one_calendar"),
    path(f"{_WITH}/one-pager.pdf", files.pdf, name="next_one_pager"),
    path(f"{_WITH}/", reading.following, name="one_on_ones_with"),
]
