import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies webhook signatures. Requires Java 17. */
public final class Verify {
    private Verify() {}

    /**
     * Returns whether a delivery is authentic and at most five minutes old.
     * {@code header} is the WTH-Signature header, {@code body} the raw request body,
     * {@code secret} the whole whsec_… string and {@code now} the current time in Unix seconds.
     */
    public static boolean verify(String header, byte[] body, String secret, long now)
            throws GeneralSecurityException {
        List<String> times = new ArrayList<>();
        List<String> signatures = new ArrayList<>();
        for (String part : (header == null ? "" : header).split(",")) {
            if (part.startsWith("t=")) {
                times.add(part.substring(2));
            } else if (part.startsWith("v1=")) {
                signatures.add(part.substring(3));
            }
        }
        if (times.size() != 1 || !times.get(0).matches("[0-9]{1,12}")) {
            return false;
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        mac.update((times.get(0) + ".").getBytes(UTF_8));
        byte[] expected = HexFormat.of().formatHex(mac.doFinal(body)).getBytes(UTF_8);
        boolean matches = false;
        for (String given : signatures) {
            matches |= MessageDigest.isEqual(expected, given.getBytes(UTF_8));
        }
        return matches && Math.abs(now - Long.parseLong(times.get(0))) <= 300;
    }
}
