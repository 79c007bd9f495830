"""Mails that tell of mails that did not arrive: read from the sender's mailbox, believed with a proof only, acted on."""
