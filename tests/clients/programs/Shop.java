// A dealer's program on the classes of openapi-generator's `java`: `shop` places an order, `events` and `parse FILE` read events.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.*;
import org.openapitools.client.*;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Shop {
  private static final Map<String, Class<?>> PAYLOADS =
      Map.of(
          "listing.published", ListingPublishedEvent.class,
          "listing.unpublished", ListingUnpublishedEvent.class,
          "listing.updated", ListingUpdatedEvent.class,
          "listing.sold", ListingSoldEvent.class,
          "listing.in_stock", ListingInStockEvent.class,
          "order.received", OrderReceivedEvent.class,
          "order.fulfilled", OrderFulfilledEvent.class,
          "order.cancelled", OrderCancelledEvent.class,
          "customer.matched", CustomerMatchedEvent.class,
          "integration.test_event", IntegrationTestEvent.class);

  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("HUB_URL"));
    client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + System.getenv("HUB_KEY")));
    ObjectMapper mapper = client.getObjectMapper();
    Object result =
        switch (arguments[0]) {
          case "shop" -> shop(client);
          case "events" -> parse(mapper, mapper.valueToTree(events(client)));
          default -> parse(mapper, mapper.readTree(new File(arguments[1])));
        };
    System.out.print(mapper.writeValueAsString(result));
  }

  static Map<String, Object> shop(ApiClient client) throws Exception {
    OrdersApi orders = new OrdersApi(client);
    Listing listing =
        new ListingsApi(client)
            .listListings(1, null, null, ListingStatus.IN_STOCK, null, null, null)
            .getData()
            .get(0);
    OrderInput input =
        new OrderInput()
            .addItemsItem(new OrderItemInput().listingId(listing.getId()))
            .customer(new OrderCustomerInput().email("buyer@shop.example"));
    String key = UUID.randomUUID().toString();
    Order order = orders.createOrder(key, input);
    ApiResponse<Order> again = orders.createOrderWithHttpInfo(key, input);
    ApiException failed = rejected(orders, input);
    ErrorDetail error =
        client.getObjectMapper().readValue(failed.getResponseBody(), ErrorEnvelope.class).getError();
    Order cancelled = orders.cancelOrder(order.getId(), UUID.randomUUID().toString(), null);
    Map<String, Object> summary = new HashMap<>();
    summary.put("listing", listing.getId());
    summary.put("order", order.getId());
    summary.put("total", order.getTotalEur());
    summary.put("is_replay_equal", again.getData().equals(order));
    summary.put("replayed", again.getHeaders().get("idempotent-replay").get(0));
    summary.put("error_status", failed.getCode());
    summary.put("error_code", error.getCode());
    summary.put("param", error.getParam());
    summary.put("status", cancelled.getStatus());
    return summary;
  }

  static ApiException rejected(OrdersApi orders, OrderInput input) {
    try {
      orders.createOrder(UUID.randomUUID().toString(), input);
    } catch (ApiException error) {
      return error;
    }
    throw new AssertionError("The watch was sold twice.");
  }

  static List<Object> events(ApiClient client) throws Exception {
    return new EventsApi(client).listEvents(100, null, null, null, null, null).getData();
  }

  // Look at `event` before you parse: a newer hub sends types that these classes do not know.
  static List<Object> parse(ObjectMapper mapper, JsonNode bodies) throws Exception {
    List<Object> parsed = new ArrayList<>();
    for (JsonNode body : bodies) {
      Class<?> payload = PAYLOADS.get(body.get("event").asText());
      parsed.add(payload == null ? null : summarize(mapper.valueToTree(mapper.treeToValue(body, payload))));
    }
    return parsed;
  }

  static List<JsonNode> summarize(JsonNode event) {
    for (String field : List.of("total_eur", "asking_price_eur", "matched_by", "message")) {
      if (event.get("data").has(field)) {
        return List.of(event.get("event"), event.get("sequence"), event.get("data").get(field));
      }
    }
    throw new AssertionError(event.toString());
  }
}
