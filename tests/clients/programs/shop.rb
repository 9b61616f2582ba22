# A dealer's program on the gem of openapi-generator's `ruby`: `shop` places an order, `events` and `parse FILE` read events.

require "json"
require "openapi_client"
require "securerandom"
require "uri"

OpenapiClient.configure do |config|
  url = URI(ENV.fetch("HUB_URL"))
  config.scheme = url.scheme
  config.host = "#{url.host}:#{url.port}"
  config.base_path = url.path
  config.access_token = ENV.fetch("HUB_KEY")
  config.server_index = nil
end

def shop
  orders = OpenapiClient::OrdersApi.new
  listing = OpenapiClient::ListingsApi.new.list_listings(status: "in_stock", limit: 1).data.first
  customer = OpenapiClient::OrderCustomerInput.new(email: "buyer@shop.example")
  items = [OpenapiClient::OrderItemInput.new(listing_id: listing.id)]
  input = OpenapiClient::OrderInput.new(items: items, customer: customer)
  key = SecureRandom.uuid
  order = orders.create_order(key, input)
  again, _status, headers = orders.create_order_with_http_info(key, input)
  failed = rejected(orders, input)
  error = OpenapiClient::ErrorEnvelope.build_from_hash(JSON.parse(failed.response_body, symbolize_names: true)).error
  cancelled = orders.cancel_order(order.id, SecureRandom.uuid)
  {
    listing: listing.id, order: order.id, total: order.total_eur,
    is_replay_equal: again == order, replayed: headers["Idempotent-Replay"],
    error_status: failed.code, error_code: error.code, param: error.param, status: cancelled.status
  }
end

def rejected(orders, input)
  orders.create_order(SecureRandom.uuid, input)
  raise "The watch was sold twice."
rescue OpenapiClient::ApiError => error
  error
end

# An event of a type that a newer hub sends is nil.
def parse(event)
  return nil if event.nil?

  data = event.to_hash[:data]
  field = %i[total_eur asking_price_eur matched_by message].find { |name| data.key?(name) }
  [event.event, event.sequence, data[field]]
end

result =
  case ARGV[0]
  when "shop" then shop
  when "events" then OpenapiClient::EventsApi.new.list_events(limit: 100).data.map { |event| parse(event) }
  else
    bodies = JSON.parse(File.read(ARGV[1]), symbolize_names: true)
    bodies.map { |body| parse(OpenapiClient::WebhookEvent.build(body)) }
  end
print JSON.generate(result)
