"""Settings: ``zhitui.toml`` in the working folder, over it ``ZHITUI_…`` variables; any secret also as ``…_FILE``.

Every name, with its default, stands in docs/operations.md; a test holds the two together.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from shared.errors import MisconfiguredError
from shared.networks import parse_networks
from shared.reach import Reach, parse_reach
from shared.secret_file import read_secret
from shared.settings_errors import describe
from shared.settings_sources import Feeds, FilesAfter, Folders

PREFIX = "ZHITUI_"
CONFIG_FILE = "zhitui.toml"


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class KafkaSecurity(StrEnum):
    """How the connections to the brokers are protected."""

    PLAINTEXT = "plaintext"
    TLS = "tls"
    SASL_PLAINTEXT = "sasl-plaintext"
    SASL_TLS = "sasl-tls"


class AmbiguousSends(StrEnum):
    """What to do with a delivery that may have left before a crash, on channels without idempotency."""

    RESEND = "resend"
    HOLD = "hold"


class SecretFileSource(PydanticBaseSettingsSource):
    """Reads ``ZHITUI_NAME_FILE``: the path of a file that holds the value, as containers mount secrets."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the library's signature
        """Unused: `__call__` reads all fields at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values of all ``…_FILE`` variables; an empty file says nothing: its secret is not in use.

        Raises:
            MisconfiguredError: a file cannot be read.
        """
        values = {}
        for name in self.settings_cls.model_fields:
            variable = f"{PREFIX}{name.upper()}_FILE"
            path = os.environ.get(variable)
            if path and (value := read_secret(Path(path), variable)):
                values[name] = value
        return values


class Settings(BaseSettings):
    """All settings, checked."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=CONFIG_FILE, env_ignore_empty=True, extra="forbid", frozen=True
    )

    data_dir: Path = Field(Path("zhitui-data"), description="where the embedded database, keys and quarantine live")
    watch_dir: Path | None = Field(None, description="folder watched for new files; default: watch/ in the data folder")
    mappings_dir: Path | None = Field(
        None, description="folder of mapping files for spreadsheets; default: mappings/ in the data folder"
    )
    files_after: FilesAfter = Field(FilesAfter.MOVE, description="move read files to done/ or failed/, or leave them")
    quarantine_keep_days: int = Field(
        400, ge=1, le=36500, description="how long the quarantine keeps what was not refused again"
    )
    quarantine_max_bytes: int = Field(
        20 * 1024**3,
        ge=1024**2,
        description="how much it keeps in all; beyond that the oldest goes, replayed ones first",
    )
    quarantine_item_bytes: int = Field(
        1024**3, ge=1024, description="a larger input keeps its beginning and its digest only"
    )
    http_host: str = Field("127.0.0.1", description="address the HTTP server listens on")
    http_port: int = Field(8080, ge=0, le=65535, description="its port; 0 picks a free one")
    public_url: str | None = Field(None, description="how people reach this server from outside, for unsubscribe links")
    trusted_proxies: str = Field(
        "",
        description="addresses and networks of the proxies before this server, whose X-Forwarded-For is believed, separated by commas",
    )
    sign_up: Literal["open", "closed"] = Field(
        "open", description="whether organisations may sign up by themselves; closed: zhitui account add makes them"
    )
    ingest_token: SecretStr | None = Field(
        None, description="bearer token for POST /api/v1/publications and /api/v1/files; unset: off"
    )
    push_limit_bytes: int = Field(1024**3, ge=1024**2, description="largest body that the push takes")
    secret_key: SecretStr | None = Field(
        None, description="key for secrets at rest; default: made in the data folder; a cluster needs it set"
    )

    bus: Literal["embedded", "kafka"] = Field("embedded", description="where topics live")
    kafka_bootstrap_servers: str | None = Field(None, description="host:port list of the Kafka cluster")
    kafka_security: KafkaSecurity = Field(
        KafkaSecurity.PLAINTEXT, description="plaintext, tls, sasl-plaintext or sasl-tls; never anything less than set"
    )
    kafka_ca_file: Path | None = Field(None, description="PEM bundle to check the brokers against; default: system's")
    kafka_cert_file: Path | None = Field(None, description="PEM certificate to show to brokers that ask for one")
    kafka_key_file: Path | None = Field(None, description="its PEM key")
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="how the login is proved to the brokers"
    )
    kafka_username: str | None = Field(None, description="login at the brokers")
    kafka_password: SecretStr | None = Field(None, description="its password")
    kafka_prefix: str = Field(
        "", pattern=r"^[a-z0-9._-]*$", description="before every topic and group, where installations share a cluster"
    )
    store: Literal["embedded", "mongo"] = Field("embedded", description="where documents live")
    mongo_uri: SecretStr | None = Field(
        None, description="connection string of the MongoDB replica set; tls=true&tlsCAFile=… and the login stand in it"
    )
    mongo_database: str = Field(
        "zhitui", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="name of the database, one an installation"
    )
    mongo_timeout_seconds: float = Field(
        15.0, ge=1, le=300, description="longest wait for MongoDB; an election of a new primary must fit in"
    )
    mongo_keep_matches_days: int = Field(
        400, ge=7, le=36500, description="how long MongoDB keeps which profiles a publication was found in"
    )
    mongo_keep_runs_days: int = Field(400, ge=7, le=36500, description="how long MongoDB keeps the list of files read")

    matcher_shards: int = Field(
        1, ge=1, le=64, description="parts that the profiles are divided into, where one machine's memory ends"
    )
    matcher_shard: int = Field(1, ge=1, le=64, description="which part this matcher holds, 1 … matcher_shards")

    smtp_host: str | None = Field(None, description="mail server; unset: no mail can be sent")
    smtp_port: int = Field(465, ge=1, le=65535, description="its port")
    smtp_security: SmtpSecurity = Field(SmtpSecurity.TLS, description="none, starttls (required, not tried) or tls")
    smtp_ca_file: Path | None = Field(
        None, description="PEM bundle to check its certificate against; default: system's"
    )
    smtp_username: str | None = Field(None, description="login, where the server wants one")
    smtp_password: SecretStr | None = Field(None, description="password or authorisation code")
    smtp_connections: int = Field(
        4, ge=1, le=64, description="connections to it that one process keeps; providers refuse more than a few"
    )
    mail_from: str = Field("Zhitui 知推 <zhitui@localhost>", description="sender of every mail")
    dkim_key: SecretStr | None = Field(None, description="RSA key (PEM) that mails are signed with; unset: not by us")
    dkim_selector: str = Field(
        "zhitui",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$",
        description="where its public half is published",
    )
    dkim_domain: str | None = Field(None, description="domain that signs; default: the sender's")
    bounce_imap_host: str | None = Field(
        None, description="IMAP server of the sender's mailbox, where bounces are read; unset: they are not"
    )
    bounce_imap_port: int = Field(993, ge=1, le=65535, description="its port")
    bounce_imap_security: SmtpSecurity = Field(
        SmtpSecurity.TLS, description="none, starttls (required, not tried) or tls"
    )
    bounce_imap_username: str | None = Field(None, description="login there; default: smtp_username")
    bounce_imap_password: SecretStr | None = Field(
        None, description="password or authorisation code; default: smtp_password"
    )
    bounce_imap_folder: str = Field("INBOX", min_length=1, description="folder that bounces arrive in")
    bounce_every_seconds: float = Field(300.0, ge=10, le=86_400, description="time between looks into that folder")
    wecom_base_url: str = Field("https://qyapi.weixin.qq.com", description="WeCom's API")
    wecom_corp_id: str | None = Field(None, description="CorpID of the enterprise, for messages of its own app")
    wecom_agent_id: int | None = Field(None, ge=1, description="AgentId of that app")
    wecom_app_secret: SecretStr | None = Field(None, description="its secret")
    wecom_oauth_url: str = Field("https://open.weixin.qq.com", description="where members sign in inside WeCom")
    wecom_login_url: str = Field(
        "https://login.work.weixin.qq.com", description="where members sign in elsewhere, by a code that they scan"
    )
    wechat_base_url: str = Field("https://api.weixin.qq.com", description="API of WeChat's service accounts")
    wechat_app_id: str | None = Field(None, description="AppID of the service account")
    wechat_app_secret: SecretStr | None = Field(None, description="its secret")
    wechat_message: Literal["template", "subscribe"] = Field(
        "template", description="template messages, or subscribe notifications (one for each consent)"
    )
    wechat_template_id: str | None = Field(None, description="the template's id")
    wechat_template_fields: str = Field(
        "thing1=title,character_string2=number,thing3=applicant,date4=date,thing5=why",
        description="what the template's fields say: field=content, separated by commas",
    )
    dingtalk_base_url: str = Field("https://oapi.dingtalk.com", description="DingTalk's API")
    feishu_base_url: str = Field("https://open.feishu.cn", description="Feishu's API")
    ops_base_url: str = Field("https://ops.epo.org", description="EPO Open Patent Services")
    ops_key: str | None = Field(None, description="consumer key of the OPS application")
    ops_secret: SecretStr | None = Field(None, description="its secret")
    ops_query: str | None = Field(
        None,
        max_length=200_000,
        description="what to search for at OPS: CQL without a date, one query a line; unset: off",
    )
    ops_every_hours: float = Field(12.0, ge=1, le=168, description="time between searches")
    ops_back_days: int = Field(
        14, ge=1, le=366, description="how many days before the last search each one begins: OPS loads late"
    )
    ops_legal_events: bool = Field(
        default=False, description="also ask for the legal events of what is found, one request each"
    )

    feeds: Feeds = Field(None, description="RSS and Atom feeds: addresses, or tables of name, url and every_minutes")
    folders: Folders = Field(
        None, description="folders on other machines: tables of name, url, login, after (leave, move) and every_minutes"
    )

    timezone: str = Field("Asia/Shanghai", description="local time of schedules and quiet hours")
    send_timeout_seconds: float = Field(30.0, gt=0, le=300, description="longest wait for a vendor's answer")
    intranet_receivers: str = Field(
        "",
        description="inside machines that webhooks may reach: host names, addresses and networks, separated by commas",
    )
    flood_limit: int = Field(
        5_000,
        ge=20,
        description="from so many publications a day on, what a subscription tells a destination is summed up",
    )
    ambiguous_sends: AmbiguousSends = Field(
        AmbiguousSends.RESEND, description="a robot message that may have left before a crash: resend it or hold it"
    )
    instance: str | None = Field(
        None, description="what names begin with by which processes tell each other apart; default: the host's name"
    )
    session_seconds: float = Field(
        10.0, ge=1, le=300, description="without a sign of life so long, a process's part of the bus goes to others"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_format: Literal["auto", "console", "json"] = Field("auto", description="auto: console on a terminal, else json")
    tracing: Literal["off", "otlp"] = Field("off", description="traces of publications: off, or sent by OTLP over HTTP")
    tracing_endpoint: str = Field(
        "http://127.0.0.1:4318/v1/traces", description="where the collector takes traces; no login stands in it"
    )
    tracing_sample_ratio: float = Field(
        0.1, ge=0, le=1, description="share of publications that are traced, decided when ingest accepts them"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} 不是时区名；请写成 Asia/Shanghai 这样的名字") from error
        return value

    @field_validator("intranet_receivers")
    @classmethod
    def _machines(cls, value: str) -> str:
        parse_reach(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        parse_networks(value)
        return value

    @field_validator("tracing_endpoint")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname or "@" in address.netloc:
            raise ValueError(
                "请写成 http://主机:4318/v1/traces 这样的地址，不带用户名和密码（登录信息放在 OTEL_EXPORTER_OTLP_HEADERS 里）"
            )
        return value

    @property
    def on_cluster(self) -> bool:
        """Whether bus and store are servers, so that several processes may run one role."""
        return self.bus == "kafka" and self.store == "mongo"

    @property
    def watch_folder(self) -> Path:
        """The folder that is watched."""
        return self.watch_dir or self.data_dir / "watch"

    @property
    def mappings_folder(self) -> Path:
        """The folder of mapping files."""
        return self.mappings_dir or self.data_dir / "mappings"

    @property
    def front_page(self) -> str | None:
        """Where people see everything, with a slash at its end; ``None`` when nobody outside reaches this server."""
        return f"{self.public_url.rstrip('/')}/" if self.public_url else None

    @property
    def reach(self) -> Reach:
        """What webhooks may reach beside the public network."""
        return parse_reach(self.intranet_receivers)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of schedules."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: arguments, environment, ``…_FILE``, ``zhitui.toml``."""
        return init_settings, env_settings, SecretFileSource(settings_cls), TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises:
        MisconfiguredError: one line per wrong setting, never a secret's value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise MisconfiguredError(describe(error, PREFIX)) from None
    except ValueError as error:
        raise MisconfiguredError(f"读不懂 {CONFIG_FILE}：{error}；请按 TOML 的写法改正。") from error
