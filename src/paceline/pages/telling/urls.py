"""The addresses of telling."""

from __future__ import annotations

from django.urls import path

from paceline.pages.telling import acts, alerts, mine, review_views, work_views

urlpatterns = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/acts/<int:number>/undo/", acts.undo, name="undo_act"),
    path("alerts/<slug:card>/", alerts.alert, name="alert"),
    path("alerts/<slug:card>/snooze/", acts.snooze, name="snooze_alert"),
    path("alerts/<slug:card>/dismiss/", acts.dismiss, name="dismiss_alert"),
    path("alerts/<slug:card>/confirm/", acts.confirm, name="confirm_alert"),
    path("messages/", mine.my_messages, name="my_messages"),
    path("messages/test/", mine.test_message, name="test_message"),
    path("messages/secret/", mine.new_webhook_secret, name="new_webhook_secret"),
    path("messages/<uuid:delivery>/again/", mine.send_again, name="send_again"),
    path("unsubscribe/<str:token>/", mine.unsubscribe, name="unsubscribe"),
    path("review/<slug:kind>/<str:day>/", review_views.review_page, name="review"),
    path("review/<slug:kind>/<str:day>.pdf", review_views.review_pdf, name="review_pdf"),
    path("work/", work_views.work_page, name="work"),
]
