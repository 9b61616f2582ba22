require "openssl"

# Whether a delivery is genuine and at most five minutes old.
# `header` is WTH-Signature, `body` the request body exactly as it arrived, `secret` the whole whsec_… string.
def verify(header, body, secret, now = Time.now.to_i)
  pairs = header.to_s.b.split(",").map { |part| part.partition("=").values_at(0, 2) }
  times = pairs.filter_map { |name, value| value if name == "t" }
  return false unless times.length == 1 && times[0].match?(/\A[0-9]{1,12}\z/)

  expected = OpenSSL::HMAC.hexdigest("SHA256", secret, "#{times[0]}.".b + body.b)
  matches = pairs.map { |name, value| name == "v1" && OpenSSL.secure_compare(expected, value) }
  matches.any? && (now - times[0].to_i).abs <= 300
end
