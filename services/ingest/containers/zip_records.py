"""The records of a zip that are read here without zipfile (APPNOTE.TXT, 4.3 and 4.4)."""

import struct

ENTRY, DIRECTORY_ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, END64_LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
VOLUME = b"PK\x07\x08"
"""How the first of several volumes begins."""

END_RECORD = struct.Struct("<4sHHHHIIH")

ENCRYPTED_FLAG, STREAMED_FLAG, UTF8_NAME_FLAG = 0x1, 0x8, 0x800
IN_EXTRA_FIELD = 0xFFFFFFFF
"""What stands for a size that is told elsewhere (zip64)."""
