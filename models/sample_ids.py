"""Documented IDs: those in the examples of the document.

They work in every sandbox. An ID is unique in the hub, so a documented one cannot be the ID of a row in each sandbox.
It stands for a sample of the dealer's own sandbox, which is found by the sample's SKU or external ID.
"""

SAMPLE_NUMBERS = tuple(f"SAMPLE-{number}" for number in range(1, 13))
FIRST, SECOND = SAMPLE_NUMBERS[:2]
SAMPLE_EVENT = "evt_QhDqqWQWBwc2FqiFUlbtd7tn"  # stands for the newest test event

# By table: the column that identifies a sample, and its value by documented ID.
SAMPLE_ROWS = {
    "listing": ("sku", {"inv_EbgMAq7Fo1T1bxdESgLq0cao": FIRST, "inv_MspPyBay1JVxXk8KqiG9FLf9": SECOND}),
    "customer": ("external_id", {"cus_BDcztt2vV1n3MOr9syvr9uij": FIRST, "cus_ZGVD1XfXkN7QtwlDtqLjmcf4": SECOND}),
    "sales_order": ("external_id", {"ord_81OYLBGV5KoRKnrYmMKrWngS": FIRST}),
}
