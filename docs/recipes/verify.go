package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var unixSeconds = regexp.MustCompile(`^[0-9]{1,12}$`)

// Verify reports whether a delivery is authentic and at most five minutes old. header is the WTH-Signature
// header, body the raw request body, secret the whole whsec_… string and now the current time.
func Verify(header string, body []byte, secret string, now time.Time) bool {
	var times, signatures []string
	for _, part := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "t":
			times = append(times, value)
		case "v1":
			signatures = append(signatures, value)
		}
	}
	if len(times) != 1 || !unixSeconds.MatchString(times[0]) {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(times[0] + "."))
	mac.Write(body)
	expected := []byte(hex.EncodeToString(mac.Sum(nil)))
	matches := false
	for _, given := range signatures {
		matches = hmac.Equal(expected, []byte(given)) || matches
	}
	sent, _ := strconv.ParseInt(times[0], 10, 64)
	age := now.Unix() - sent
	return matches && age <= 300 && age >= -300
}
