"""By mail, through the company's SMTP server.

At least once: where the line breaks before the server has answered, the mail is sent again, with the same ``Message-ID``, by
which mail programs recognise the second.
"""
