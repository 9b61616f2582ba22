// A dealer's program on the package of openapi-generator's `go`: `shop` places an order, `events` and `parse FILE` read events.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	hub "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func main() {
	configuration := hub.NewConfiguration()
	configuration.Servers = hub.ServerConfigurations{{URL: os.Getenv("HUB_URL")}}
	client := hub.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), hub.ContextAccessToken, os.Getenv("HUB_KEY"))
	var result any
	switch os.Args[1] {
	case "shop":
		result = shop(ctx, client)
	case "events":
		page, _, err := client.EventsAPI.ListEvents(ctx).Limit(100).Execute()
		check(err)
		result = parse(page.Data)
	default:
		content, err := os.ReadFile(os.Args[2])
		check(err)
		var events []hub.WebhookEvent
		check(json.Unmarshal(content, &events))
		result = parse(events)
	}
	check(json.NewEncoder(os.Stdout).Encode(result))
}

func shop(ctx context.Context, client *hub.APIClient) any {
	page, _, err := client.ListingsAPI.ListListings(ctx).Status(hub.LISTINGSTATUS_IN_STOCK).Limit(1).Execute()
	check(err)
	listing := page.Data[0]
	customer := hub.NewOrderCustomerInput()
	customer.SetEmail("buyer@shop.example")
	input := *hub.NewOrderInput(*customer, []hub.OrderItemInput{*hub.NewOrderItemInput(listing.Id)})
	order, _, err := client.OrdersAPI.CreateOrder(ctx).IdempotencyKey("first").OrderInput(input).Execute()
	check(err)
	again, response, err := client.OrdersAPI.CreateOrder(ctx).IdempotencyKey("first").OrderInput(input).Execute()
	check(err)
	_, failed, err := client.OrdersAPI.CreateOrder(ctx).IdempotencyKey("second").OrderInput(input).Execute()
	envelope := err.(*hub.GenericOpenAPIError).Model().(hub.ErrorEnvelope)
	cancelled, _, err := client.OrdersAPI.CancelOrder(ctx, order.Id).IdempotencyKey("third").Execute()
	check(err)
	return map[string]any{
		"listing":         listing.Id,
		"order":           order.Id,
		"total":           order.TotalEur,
		"is_replay_equal": reflect.DeepEqual(order, again),
		"replayed":        response.Header.Get("Idempotent-Replay"),
		"error_status":    failed.StatusCode,
		"error_code":      envelope.Error.Code,
		"param":           envelope.Error.Param.Get(),
		"status":          cancelled.Status,
	}
}

// An event of a type that a newer hub sends has no instance.
func parse(events []hub.WebhookEvent) []any {
	parsed := []any{}
	for _, event := range events {
		switch body := event.GetActualInstance().(type) {
		case *hub.ListingPublishedEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.AskingPriceEur})
		case *hub.ListingUnpublishedEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.AskingPriceEur})
		case *hub.ListingUpdatedEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.AskingPriceEur})
		case *hub.ListingSoldEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.AskingPriceEur})
		case *hub.ListingInStockEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.AskingPriceEur})
		case *hub.OrderReceivedEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.TotalEur})
		case *hub.OrderFulfilledEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.TotalEur})
		case *hub.OrderCancelledEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.TotalEur})
		case *hub.CustomerMatchedEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.MatchedBy})
		case *hub.IntegrationTestEvent:
			parsed = append(parsed, []any{body.Event, body.Sequence, body.Data.Message})
		default:
			parsed = append(parsed, nil)
		}
	}
	return parsed
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
