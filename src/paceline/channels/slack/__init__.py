"""By Slack: as the company's app, into a direct message; or by an incoming webhook that a person made for herself.

At most once: Slack has no way to recognise a message that comes twice, so one that may have arrived isn't sent again by itself.
The doubt is shown, with a button to send it again.
"""
