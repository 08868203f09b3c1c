/** `OrderPlaced` of `shop.order.OrderPlaced`. */
export const shortType = (type: string) => type.slice(type.lastIndexOf('.') + 1)
