require "openssl"

# Returns whether a delivery is authentic and at most five minutes old.
# `header` is the WTH-Signature header, `body` the raw request body, `secret` the whole whsec_… string and `now` the
# current time in Unix seconds.
def verify(header, body, secret, now = Time.now.to_i)
  pairs = header.to_s.b.split(",").map { |part| part.partition("=").values_at(0, 2) }
  times = pairs.filter_map { |name, value| value if name == "t" }
  return false unless times.length == 1 && times[0].match?(/\A[0-9]{1,12}\z/)

  expected = OpenSSL::HMAC.hexdigest("SHA256", secret, "#{times[0]}.".b + body.b)
  matches = pairs.map { |name, value| name == "v1" && OpenSSL.secure_compare(expected, value) }
  matches.any? && (now - times[0].to_i).abs <= 300
end
