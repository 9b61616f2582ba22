<?php

/**
 * Returns whether a delivery is authentic and at most five minutes old.
 * $header is the WTH-Signature header, $body the raw request body (file_get_contents('php://input')),
 * $secret the whole whsec_… string and $now the current time in Unix seconds.
 */
function verify(?string $header, string $body, string $secret, ?int $now = null): bool
{
    $times = [];
    $signatures = [];
    foreach (explode(',', $header ?? '') as $part) {
        [$name, $value] = explode('=', $part, 2) + [1 => ''];
        if ($name === 't') {
            $times[] = $value;
        } elseif ($name === 'v1') {
            $signatures[] = $value;
        }
    }
    if (count($times) !== 1 || !preg_match('/\A[0-9]{1,12}\z/', $times[0])) {
        return false;
    }
    $expected = hash_hmac('sha256', $times[0] . '.' . $body, $secret);
    $matches = array_map(fn (string $given): bool => hash_equals($expected, $given), $signatures);

    return in_array(true, $matches, true) && abs(($now ?? time()) - (int) $times[0]) <= 300;
}
