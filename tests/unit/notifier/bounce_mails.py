"""Reports of mails that did not arrive, as mail systems write them; composed here, in their forms."""

from email.message import EmailMessage

ID = "d-0123456789abcdef01234567"


def report(
    named: str,
    *,
    recipient: str = "wang@example.com",
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <wang@example.com>: Recipient address rejected: User unknown",
    original: str = "",
    quotes_headers: bool = True,
) -> bytes:
    """Return a report in the form of RFC 3464."""
    orcpt = f"Original-Recipient: rfc822;{original}\r\n" if original else ""
    quoted = f"Message-ID: <{named}@example.cn>\r\nSubject: x\r\n" if quotes_headers else "Subject: x\r\n"
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com (Mail Delivery System)\r\nTo: zhitui@example.cn\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n"
        f"Original-Envelope-Id: {named}\r\n\r\n{orcpt}Final-Recipient: rfc822; {recipient}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {diagnostic}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{quoted}\r\n--b--\r\n"
    ).encode()


def in_words(named: str, words: str, *, writer: str = "PostMaster@qq.com", charset: str = "gb18030") -> bytes:
    """Return a report as QQ and 163 write it: HTML in their own words, the mail attached."""
    mail = EmailMessage()
    mail["From"] = writer
    mail["To"] = "zhitui@example.cn"
    mail["Subject"] = "来自qq.com的退信"
    mail.set_content(f"<html><body><p>{words}</p></body></html>", subtype="html", charset=charset)
    sent = EmailMessage()
    sent["Message-ID"] = f"<{named}@example.cn>"
    sent.set_content("x")
    mail.add_attachment(sent)
    mail.set_boundary("b")
    return mail.as_bytes()
