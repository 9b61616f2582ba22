import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;

public final class Drive {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] part = line.split("\t", -1);
            byte[] body = Base64.getDecoder().decode(part[1]);
            System.out.println(Verify.verify(plain(part[0]), body, plain(part[2]), Long.parseLong(part[3])));
        }
    }

    private static String plain(String text) {
        return new String(Base64.getDecoder().decode(text), UTF_8);
    }
}
