require_relative "verify"

$stdin.each_line(chomp: true) do |line|
  header, body, secret, now = line.split("\t", -1)
  puts verify(header.unpack1("m").force_encoding("UTF-8"), body.unpack1("m"), secret.unpack1("m"), now.to_i)
end
