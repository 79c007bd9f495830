package zhitui;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Profiles and publications as benchmarks/peers/lucene/prepare.py writes them: one a line, columns parted by tabs, tokens by
 * blanks, terms by U+001E, groups by U+001D.
 */
final class Prepared {
  static final String TEXT = "text";
  static final String IPC = "ipc";

  private static final String GROUPS = "\u001d";
  private static final String TERMS = "\u001e";
  private static final FieldType TOKENS = tokens();

  private final Map<String, Query> terms = new HashMap<>();

  /** Columns: id, groups, excluded terms, IPC labels. */
  MonitorQuery query(String line) {
    String[] columns = line.split("\t", -1);
    BooleanQuery.Builder rule = new BooleanQuery.Builder();
    for (String group : columns[1].split(GROUPS)) {
      rule.add(any(group), Occur.MUST);
    }
    for (String term : parts(columns[2], TERMS)) {
      rule.add(term(term), Occur.MUST_NOT);
    }
    if (!columns[3].isEmpty()) {
      BooleanQuery.Builder places = new BooleanQuery.Builder();
      for (String label : columns[3].split(" ")) {
        places.add(new TermQuery(new Term(IPC, label)), Occur.SHOULD);
      }
      rule.add(places.build(), Occur.FILTER);
    }
    return new MonitorQuery(columns[0], rule.build());
  }

  /** Columns: title, abstract, IPC labels. Title and abstract are two values of one field: no phrase runs from one into the other. */
  static Document document(String line) {
    String[] columns = line.split("\t", -1);
    Document document = new Document();
    document.add(new Field(TEXT, columns[0], TOKENS));
    document.add(new Field(TEXT, columns[1], TOKENS));
    for (String label : parts(columns[2], " ")) {
      document.add(new StringField(IPC, label, Field.Store.NO));
    }
    return document;
  }

  static List<Document> documents(Path file) throws IOException {
    List<Document> documents = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line; (line = reader.readLine()) != null; ) {
        documents.add(document(line));
      }
    }
    return documents;
  }

  /** How many of the documents hold a token or an IPC label. */
  static Map<String, Integer> frequencies(Path file) throws IOException {
    Map<String, Integer> frequencies = new HashMap<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line; (line = reader.readLine()) != null; ) {
        for (String token : new HashSet<>(List.of(line.split("[\t ]")))) {
          frequencies.merge(token, 1, Integer::sum);
        }
      }
    }
    return frequencies;
  }

  private Query any(String group) {
    BooleanQuery.Builder terms = new BooleanQuery.Builder();
    for (String term : group.split(TERMS)) {
      terms.add(term(term), Occur.SHOULD);
    }
    return terms.build();
  }

  /** Profiles that name the same term share its query: less memory. */
  private Query term(String tokens) {
    return terms.computeIfAbsent(
        tokens,
        key -> {
          String[] parts = key.split(" ");
          return parts.length == 1 ? new TermQuery(new Term(TEXT, key)) : new PhraseQuery(TEXT, parts);
        });
  }

  private static String[] parts(String joined, String separator) {
    return joined.isEmpty() ? new String[0] : joined.split(separator);
  }

  private static FieldType tokens() {
    FieldType type = new FieldType();
    type.setTokenized(true);
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
    type.freeze();
    return type;
  }
}
