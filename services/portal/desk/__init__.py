"""What can be done in the portal, whoever asks: the API, the console and WeCom's callbacks all come through here.

Every function takes the `Actor` who asks first, checks what that may do and whose the thing is, and writes down in the audit
log what was changed. It knows no HTTP: refusals are `RefusalError`s, which each face tells in its own way.
"""
