"""By a webhook of one's own, as Standard Webhooks describes it (https://www.standardwebhooks.com).

At least once: the same ``webhook-id`` at every try, by which the receiver drops the second.
"""
