"""Enterprise WeChat's side of the portal.

::

    WeCom ──► callback ──► crypto, incoming ──► chat (commands)  ──► desk
                                           └──► touches (buttons) ──► desk, then the card is updated
    member's WeCom ──► oauth ──► a session, as the sign-in page gives one
"""
