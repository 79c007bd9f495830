from pathlib import Path

from services.demo.page import write_page
from tests.unit.demo.made import GOOD


def test_the_page_shows_mails_messages_and_quarantine_with_nothing_unescaped(tmp_path: Path) -> None:
    page = write_page(GOOD, tmp_path / "out").read_text("utf-8")
    assert "新专利 &lt;1&gt; 件" in page
    assert "<b>&lt;新&gt;</b>" in page
    assert "4,&lt;坏&gt;" in page
    assert "<script" not in page
    assert "研发一部群" in page


def test_each_mail_lies_there_as_page_as_text_and_raw(tmp_path: Path) -> None:
    write_page(GOOD, tmp_path)
    assert (tmp_path / "mails/01.eml").read_bytes() == GOOD.mails[0].raw
    assert "一种终端图标整理方法" in (tmp_path / "mails/01.html").read_text("utf-8-sig")
    assert (tmp_path / "mails/01.txt").read_bytes().startswith(b"\xef\xbb\xbf"), "so that a browser knows the encoding"


def test_mails_of_an_earlier_run_go_away(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails/99.html").write_text("old", "utf-8")
    write_page(GOOD, tmp_path)
    assert {path.stem for path in (tmp_path / "mails").iterdir()} == {"01"}
