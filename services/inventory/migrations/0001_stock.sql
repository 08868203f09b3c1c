-- 9007199254740991 is the largest integer that JavaScript and JSON readers keep exact; the piles are parts of `received`.
create table stock (
  sku text primary key,
  received bigint not null check (received between 0 and 9007199254740991),
  on_hand bigint not null check (on_hand >= 0),
  reserved bigint not null check (reserved >= 0),
  sold bigint not null check (sold >= 0),
  constraint stock_is_somewhere check (on_hand + reserved + sold = received)
);
