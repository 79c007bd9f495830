"""What can go wrong with a server, as the developer must know it."""


class ServerError(Exception):
    """A server does not start, does not answer or does not end; the text says where its log is."""


class NotInstalledError(ServerError):
    """Something that the servers need is not on this machine; the text says how to get it."""
