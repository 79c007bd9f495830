"""TXT records of a name, as the machine's own name servers give them."""

ASK_SECONDS = 4.0


async def txt_records(name: str) -> list[str]:
    """Return the TXT records of a name; none where there is no such name.

    Raises:
        OSError: nobody answers; the text is for people, in Chinese.
    """
    import dns.asyncresolver
    import dns.exception
    import dns.resolver

    try:
        answer = await dns.asyncresolver.resolve(name, "TXT", lifetime=ASK_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.resolver.NoResolverConfiguration:
        raise OSError("这台机器没有设置 DNS 服务器") from None
    except dns.exception.Timeout:
        raise OSError(f"DNS 服务器 {ASK_SECONDS:.0f} 秒内没有回答") from None
    except dns.resolver.NoNameservers:
        raise OSError("DNS 服务器答复出错，或拒绝查询") from None
    except dns.exception.DNSException as error:
        raise OSError(f"DNS 答复看不懂（{type(error).__name__}）") from None
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]
