<?php

require __DIR__ . '/verify.php';

while (($line = fgets(STDIN)) !== false) {
    [$header, $body, $secret, $now] = explode("\t", rtrim($line, "\n"));
    $is_valid = verify(base64_decode($header), base64_decode($body), base64_decode($secret), (int) $now);
    echo $is_valid ? "true\n" : "false\n";
}
