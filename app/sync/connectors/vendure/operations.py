"""Owns the texts of the GraphQL operations a till sends to Vendure. Never sends them."""

from __future__ import annotations

_ORDER = """
 id code type state updatedAt orderPlacedAt currencyCode totalWithTax shipping shippingWithTax aggregateOrderId
 customer{firstName lastName emailAddress phoneNumber}
 shippingLines{shippingMethod{code}}
 payments{id method state amount transactionId refunds{state total}}
 lines{id quantity orderPlacedQuantity proratedUnitPriceWithTax proratedLinePriceWithTax taxRate
  productVariant{id name sku}}
 surcharges{id description priceWithTax taxRate}
 fulfillments{id state method trackingCode createdAt updatedAt lines{orderLineId quantity}}
 modifications{createdAt priceChange}"""

ORDERS = f"query ComptoirOrders($options:OrderListOptions){{orders(options:$options){{totalItems items{{{_ORDER}}}}}}}"

NEWEST_ORDER = """query ComptoirNewestOrder($options:OrderListOptions){
 orders(options:$options){totalItems items{id orderPlacedAt}}}"""

VARIANTS = """query ComptoirVariants($options:ProductVariantListOptions){
 productVariants(options:$options){totalItems items{
  id sku name enabled updatedAt priceWithTax currencyCode taxRateApplied{value} trackInventory
  stockLevels{stockLocationId stockOnHand stockAllocated} product{id enabled}}}}"""

STOCK = """query ComptoirStock($options:ProductVariantListOptions,$since:StockMovementListOptions){
 productVariants(options:$options){items{id trackInventory
  stockLevels{stockLocationId stockOnHand stockAllocated}
  stockMovements(options:$since){totalItems items{... on StockMovement{type quantity}}}}}}"""

SET_STOCK = """mutation ComptoirSetStock($input:[UpdateProductVariantInput!]!){
 updateProductVariants(input:$input){id}}"""

FULFIL = """mutation ComptoirFulfil($input:FulfillOrderInput!){
 addFulfillmentToOrder(input:$input){__typename ... on Fulfillment{id state} ... on ErrorResult{errorCode message}}}"""

TRANSITION = """mutation ComptoirTransition($id:ID!,$state:String!){
 transitionFulfillmentToState(id:$id,state:$state){__typename ... on Fulfillment{id state}
  ... on ErrorResult{errorCode message} ... on FulfillmentStateTransitionError{fromState}}}"""

SETTLE_PAYMENT = """mutation ComptoirSettlePayment($id:ID!){
 settlePayment(id:$id){__typename ... on Payment{id state} ... on ErrorResult{errorCode message}}}"""

PAY_AT_COUNTER = """mutation ComptoirPayAtCounter($input:ManualPaymentInput!){
 addManualPaymentToOrder(input:$input){__typename ... on Order{id state} ... on ErrorResult{errorCode message}}}"""

MOVE_ORDER = """mutation ComptoirMoveOrder($id:ID!,$state:String!){
 transitionOrderToState(id:$id,state:$state){__typename ... on Order{id} ... on ErrorResult{errorCode message}}}"""

CANCEL_LINES = """mutation ComptoirCancelLines($input:CancelOrderInput!){
 cancelOrder(input:$input){__typename ... on Order{id state} ... on ErrorResult{errorCode message}}}"""

ADD_NOTE = "mutation ComptoirAddNote($input:AddNoteToOrderInput!){addNoteToOrder(input:$input){id}}"

NOTES = """query ComptoirNotes($id:ID!){
 order(id:$id){history(options:{filter:{type:{eq:"ORDER_NOTE"}},take:100}){items{... on HistoryEntry{data}}}}}"""

MOVES = """query ComptoirMoves($id:ID!){
 order(id:$id){history(options:{filter:{type:{eq:"ORDER_FULFILLMENT_TRANSITION"}},sort:{createdAt:DESC},take:100}){
  items{... on HistoryEntry{data}}}}}"""

STATES = """query ComptoirStates($id:ID!){
 order(id:$id){history(options:{filter:{type:{eq:"ORDER_STATE_TRANSITION"}},sort:{createdAt:DESC},take:100}){
  items{... on HistoryEntry{createdAt data}}}}}"""

SETTINGS = """query ComptoirSettings{globalSettings{trackInventory}}"""

LINK = """query ComptoirLink{
 activeChannel{code defaultCurrencyCode}
 stockLocations(options:{take:100}){items{id name}}
 shippingMethods(options:{take:100}){items{code name}}
 paymentMethods(options:{take:100}){items{code name}}}"""

LETTERS = """query ComptoirLetters($options:OrderListOptions){
 orders(options:$options){items{fulfillments{trackingCode}}}}"""


def stock_journal(variants: int) -> str:
    """One question about the stock journals of several variants, each from a place of its own."""
    names = ",".join(f"$id{number}:ID!,$since{number}:StockMovementListOptions" for number in range(variants))
    parts = " ".join(
        f"v{number}:productVariant(id:$id{number}){{id trackInventory"
        " stockLevels{stockLocationId stockOnHand stockAllocated}"
        f" stockMovements(options:$since{number}){{totalItems items{{... on StockMovement{{type quantity}}}}}}}}"
        for number in range(variants)
    )
    return f"query ComptoirStockJournal({names}){{{parts}}}"
