"""Documents one after the other are told apart, wherever a block of the stream ends."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.formats import xml_parts
from services.ingest.formats.xml_parts import parts

NOWHERE = Path("/nowhere")
DOCUMENTS = st.lists(
    st.text("<?xml \n>a", max_size=40).map(lambda text: f"<?xml v?>{text.replace('<?xml ', '')}>".encode()), max_size=5
)


@given(documents=DOCUMENTS, block_bytes=st.integers(1, 60))
def test_each_document_comes_whole_with_the_line_it_begins_on(documents: list[bytes], block_bytes: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xml_parts, "_BLOCK_BYTES", block_bytes)
        found = list(parts(io.BytesIO(b"".join(documents)), NOWHERE))
    assert [content for _, content in found] == documents
    assert [line for line, _ in found] == [b"".join(documents[:at]).count(b"\n") + 1 for at in range(len(documents))]


def test_a_declaration_amid_a_text_begins_no_document() -> None:
    content = b"<?xml v?><a>write <?xml first</a>"
    assert list(parts(io.BytesIO(content), NOWHERE)) == [(1, content)]


def test_white_space_alone_is_no_document() -> None:
    assert list(parts(io.BytesIO(b" \n \n"), NOWHERE)) == []
