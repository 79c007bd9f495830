"""The demonstration: the whole line on the sample gazette, with a mailbox and a WeCom robot of its own."""
