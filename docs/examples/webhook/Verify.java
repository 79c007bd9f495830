import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks that a webhook is Zhitui's, whole and fresh. Java 17 or later, nothing to install.
 *
 * <p>On the command line: {@code java Verify.java KEY ID TIMESTAMP SIGNATURES < body} ends with 0 when it is.
 */
public final class Verify {
    private static final long TOLERANCE_SECONDS = 300;
    private static final byte[] ED25519_HEADER = HexFormat.of().parseHex("302a300506032b6570032100"); // RFC 8410

    private Verify() {}

    /**
     * Says whether a call may be believed.
     *
     * @param key what {@code zhitui destination add} printed: whsec_… or whpk_…
     * @param id the header webhook-id
     * @param timestamp the header webhook-timestamp
     * @param signatures the header webhook-signature
     * @param body as it came, before anything decoded it
     */
    public static boolean isGenuine(String key, String id, String timestamp, String signatures, byte[] body)
            throws GeneralSecurityException {
        if (!timestamp.matches("\\d{1,12}")
                || Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > TOLERANCE_SECONDS) {
            return false; // an old call, played again
        }
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        signed.writeBytes(body);
        int cut = key.indexOf('_');
        String kind = key.substring(0, cut);
        byte[] secret = Base64.getDecoder().decode(key.substring(cut + 1));
        for (String one : signatures.split(" ")) {
            String[] parts = one.split(",", 2);
            if (parts.length < 2) {
                continue;
            }
            byte[] signature = Base64.getDecoder().decode(parts[1]);
            if (kind.equals("whsec") && parts[0].equals("v1")) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                if (MessageDigest.isEqual(mac.doFinal(signed.toByteArray()), signature)) {
                    return true;
                }
            } else if (kind.equals("whpk") && parts[0].equals("v1a")) {
                Signature checker = Signature.getInstance("Ed25519");
                checker.initVerify(publicKey(secret));
                checker.update(signed.toByteArray());
                if (checker.verify(signature)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.writeBytes(ED25519_HEADER);
        der.writeBytes(raw);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der.toByteArray()));
    }

    public static void main(String[] args) throws Exception {
        System.exit(isGenuine(args[0], args[1], args[2], args[3], System.in.readAllBytes()) ? 0 : 1);
    }
}
