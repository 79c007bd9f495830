package zhitui;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.monitor.HighlightsMatch;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.util.Version;

/**
 * Lucene Monitor on one matching thread: load the profiles, match every document, round after round, and say what it took.
 *
 * <p>Arguments: profiles, documents, rounds, file for the summary (JSON), file for the matches (document number, tab, id).
 */
public final class Peer {
  private static final int PASSES = 4;
  private static final int REGISTERED_AT_ONCE = 2_000; // more at once keep too much unindexed on the heap
  private static final int WARM_UP = 6_000; // documents, until the compiler has seen enough
  private static final int POSITIONS_BETWEEN_TITLE_AND_ABSTRACT = 100;

  private IndexWriter writer;
  private final Monitor monitor;

  private Peer(Map<String, Integer> frequencies, int documents) throws IOException {
    TermWeightor rare = term -> Math.log((documents + 1.0) / (frequencies.getOrDefault(term.text(), 0) + 0.5));
    MonitorConfiguration configuration =
        new MonitorConfiguration() {
          @Override
          public IndexWriter buildIndexWriter() throws IOException {
            writer = super.buildIndexWriter();
            return writer;
          }
        };
    configuration.setQueryUpdateBufferSize(REGISTERED_AT_ONCE).setPurgeFrequency(1, TimeUnit.DAYS);
    monitor =
        new Monitor(
            new Tokens(),
            new MultipassTermFilteredPresearcher(PASSES, 0f, rare, List.of(), Set.of()),
            configuration);
  }

  /** Tokens are parted by blanks: the text was segmented beforehand. */
  private static final class Tokens extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      return new TokenStreamComponents(new WhitespaceTokenizer());
    }

    @Override
    public int getPositionIncrementGap(String field) {
      return POSITIONS_BETWEEN_TITLE_AND_ABSTRACT;
    }
  }

  private int load(Path profiles) throws IOException {
    int count = 0;
    Prepared prepared = new Prepared();
    List<MonitorQuery> waiting = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(profiles)) {
      for (String line; (line = reader.readLine()) != null; count++) {
        waiting.add(prepared.query(line));
        if (waiting.size() == REGISTERED_AT_ONCE) {
          monitor.register(waiting);
          waiting.clear();
        }
      }
    }
    monitor.register(waiting);
    writer.forceMerge(1);
    monitor.deleteById("no such profile"); // commits, and opens the merged index for matching
    monitor.purgeCache();
    return count;
  }

  private record Round(double cpuMicros, double processMicros, long candidates, long hits, long spans) {}

  private <T extends QueryMatch> Round round(List<Document> documents, MatcherFactory<T> factory, BufferedWriter pairs)
      throws IOException {
    long cpu = 0;
    long candidates = 0;
    long hits = 0;
    long spans = 0;
    long process = processNanos();
    for (int number = 0; number < documents.size(); number++) {
      long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      MatchingQueries<T> matching = monitor.match(documents.get(number), factory);
      for (T match : matching.getMatches()) {
        spans += match instanceof HighlightsMatch highlights ? highlights.getHitCount() : 0;
      }
      cpu += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
      candidates += matching.getQueriesRun();
      hits += matching.getMatchCount();
      if (pairs != null) {
        for (T match : matching.getMatches()) {
          pairs.write(number + "\t" + match.getQueryId() + "\n");
        }
      }
    }
    double micros = 1e3 * documents.size();
    return new Round(cpu / micros, (processNanos() - process) / micros, candidates, hits, spans);
  }

  private <T extends QueryMatch> Round best(List<Document> documents, MatcherFactory<T> factory, int rounds) throws IOException {
    for (int compiled = 0; compiled < WARM_UP; compiled += documents.size()) {
      round(documents, factory, null);
    }
    Round best = round(documents, factory, null);
    for (int more = 1; more < rounds; more++) {
      Round next = round(documents, factory, null);
      best = next.cpuMicros < best.cpuMicros ? next : best;
    }
    return best;
  }

  private static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static long heapAfterCollection() {
    for (int again = 0; again < 3; again++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** VmRSS is what lies in memory now, VmHWM the most that ever did. */
  private static long residentBytes(String which) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(which + ":")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  public static void main(String[] arguments) throws IOException {
    List<Document> documents = Prepared.documents(Path.of(arguments[1]));
    long began = System.nanoTime();
    long cpuBefore = processNanos();
    Peer peer = new Peer(Prepared.frequencies(Path.of(arguments[1])), documents.size());
    int profiles = peer.load(Path.of(arguments[0]));
    double loaded = (System.nanoTime() - began) / 1e9;
    double loadCpu = (processNanos() - cpuBefore) / 1e9;
    long heap = heapAfterCollection();
    long loadedResident = residentBytes("VmRSS");
    int rounds = Integer.parseInt(arguments[2]);
    Round plain = peer.best(documents, QueryMatch.SIMPLE_MATCHER, rounds);
    Round highlighted = peer.best(documents, HighlightsMatch.MATCHER, rounds);
    try (BufferedWriter pairs = Files.newBufferedWriter(Path.of(arguments[4]))) {
      peer.round(documents, QueryMatch.SIMPLE_MATCHER, pairs);
    }
    Files.writeString(
        Path.of(arguments[3]),
        String.format(
            Locale.ROOT,
            """
            {"version": "%s", "java": "%s", "profiles": %d, "documents": %d, "load_seconds": %.2f, "load_cpu_seconds": %.2f,
             "heap_bytes": %d, "loaded_rss_bytes": %d, "peak_rss_bytes": %d, "cpu_seconds": %.2f, "candidates": %d, "matches": %d, "spans": %d, "micros": %.1f,
             "process_micros": %.1f, "evidence_micros": %.1f, "evidence_process_micros": %.1f}
            """,
            Version.LATEST, System.getProperty("java.version"), profiles, documents.size(), loaded, loadCpu,
            heap, loadedResident, residentBytes("VmHWM"), processNanos() / 1e9, plain.candidates, plain.hits, highlighted.spans, plain.cpuMicros,
            plain.processMicros, highlighted.cpuMicros, highlighted.processMicros));
    peer.monitor.close();
  }
}
