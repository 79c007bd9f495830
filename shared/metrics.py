"""Every metric, in one typed list: its kind, its unit in the name, and what it means.

The type checker refuses a name that is not here. docs/operations.md lists them; a test holds the two together.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one process, on a registry of their own so that tests do not share them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        r = self.registry = registry or CollectorRegistry()
        self.ingest_records = Counter(
            "zhitui_ingest_records",
            "Records read, by outcome (accepted, unchanged, corrected, rejected)",
            ["outcome"],
            registry=r,
        )
        self.ingest_inputs = Counter(
            "zhitui_ingest_inputs",
            "Files and pushes read to their end, by source and result (done, failed)",
            ["source", "result"],
            registry=r,
        )
        self.ingest_accepted_at = Gauge(
            "zhitui_ingest_accepted_timestamp_seconds",
            "When a source last brought something new, Unix time",
            ["source"],
            registry=r,
        )
        self.application_texts_waiting = Gauge(
            "zhitui_application_texts_waiting", "Applications whose files were read and no document was", registry=r
        )
        self.quarantine_held_bytes = Gauge(
            "zhitui_quarantine_held_bytes", "Bytes that the quarantine keeps, replayed ones included", registry=r
        )
        self.quarantine_removed = Counter(
            "zhitui_quarantine_removed",
            "Items that left the quarantine by themselves, by cause (age, room) and whether they had been replayed",
            ["cause", "replayed"],
            registry=r,
        )
        self.quarantine_cut = Counter(
            "zhitui_quarantine_cut", "Refused inputs too large to be kept whole: their beginning was", registry=r
        )
        self.source_succeeded_at = Gauge(
            "zhitui_source_succeeded_timestamp_seconds",
            "When a scheduled source last answered as it should, Unix time, by source",
            ["source"],
            registry=r,
        )
        self.source_visit_records = Gauge(
            "zhitui_source_visit_records", "Records that the last visit of a source brought", ["source"], registry=r
        )
        self.source_problem = Gauge(
            "zhitui_source_problem",
            "1 while something is wrong with a source, by source and sign (visit, web-page, unread, silent, known, fewer)",
            ["source", "sign"],
            registry=r,
        )
        self.matcher_publications = Counter("zhitui_matcher_publications", "Publications matched", registry=r)
        self.matcher_candidates = Counter("zhitui_matcher_candidates", "Rules looked at closely", registry=r)
        self.matcher_matches = Counter("zhitui_matcher_matches", "Matches found", registry=r)
        self.matcher_profiles = Gauge("zhitui_matcher_profiles", "Profiles in force", registry=r)
        self.matcher_caught_up_at = Gauge(
            "zhitui_matcher_caught_up_timestamp_seconds",
            "When every saved profile that the publications at hand ask for was last in force, Unix time; 0 before",
            registry=r,
        )
        self.matcher_index_kept = Counter(
            "zhitui_matcher_index_kept",
            "Compiled indexes written for the next start, by result (kept, failed)",
            ["result"],
            registry=r,
        )
        self.matcher_batch_seconds = Histogram(
            "zhitui_matcher_batch_seconds", "Time to match one batch", buckets=LATENCY_BUCKETS_SECONDS, registry=r
        )
        self.notifier_alerts = Counter(
            "zhitui_notifier_alerts", "Alerts recorded, by result (new, known, folded)", ["result"], registry=r
        )
        self.notifier_planned = Counter(
            "zhitui_notifier_planned", "Deliveries planned, by channel", ["channel"], registry=r
        )
        self.notifier_attempts = Counter(
            "zhitui_notifier_attempts",
            "Attempts that ended, by channel and outcome (sent, or a reason)",
            ["channel", "outcome"],
            registry=r,
        )
        self.notifier_dead = Counter(
            "zhitui_notifier_dead", "Deliveries given up, by channel and reason", ["channel", "reason"], registry=r
        )
        self.notifier_channel_stuck = Gauge(
            "zhitui_notifier_channel_stuck",
            "1 while a channel's account or settings are refused, by channel",
            ["channel"],
            registry=r,
        )
        self.notifier_ambiguous = Counter(
            "zhitui_notifier_ambiguous",
            "Deliveries that may have left twice, by channel and policy applied (resend, hold)",
            ["channel", "policy"],
            registry=r,
        )
        self.notifier_send_seconds = Histogram(
            "zhitui_notifier_send_seconds",
            "Time of one vendor call, by channel",
            ["channel"],
            buckets=LATENCY_BUCKETS_SECONDS,
            registry=r,
        )
        self.portal_sign_ins = Counter(
            "zhitui_portal_sign_ins",
            "Attempts to sign in, by way (password, code, wecom) and outcome (opened, refused, throttled, locked)",
            ["way", "outcome"],
            registry=r,
        )
        self.portal_wecom_calls = Counter(
            "zhitui_portal_wecom_calls",
            "Calls of WeCom, by outcome (checked, answered, late, failed, refused)",
            ["outcome"],
            registry=r,
        )
        self.portal_lookback_publications = Gauge(
            "zhitui_portal_lookback_publications",
            "Stored publications that the index for questions about the past holds",
            registry=r,
        )
        self.portal_lookback_seconds = Histogram(
            "zhitui_portal_lookback_seconds",
            "Time until a question about the past was answered, by question",
            ["question"],
            buckets=LATENCY_BUCKETS_SECONDS,
            registry=r,
        )
        self.tracing_spans = Counter(
            "zhitui_tracing_spans",
            "Spans handed to the collector, or lost because it did not take them, by result (exported, lost)",
            ["result"],
            registry=r,
        )
        self.dead_letters = Counter(
            "zhitui_dead_letters", "Records of the bus that could not be processed, by topic", ["topic"], registry=r
        )
        self.lag = Gauge(
            "zhitui_lag", "Records of a topic that a group has not done yet", ["topic", "group"], registry=r
        )
        self.server_unreachable = Gauge(
            "zhitui_server_unreachable", "1 while work waits for a bus or store that does not answer", registry=r
        )
        self.storage_full = Gauge("zhitui_storage_full", "1 while the data folder cannot be written", registry=r)
