-- Minor units; 9007199254740991 is the largest integer that JavaScript and JSON readers keep exact.
create table accounts (
  customer_id text primary key,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  balance_minor bigint not null check (balance_minor >= 0),
  deposited_minor bigint not null check (deposited_minor between 0 and 9007199254740991),
  deducted_minor bigint not null check (deducted_minor between 0 and 9007199254740991),
  refunded_minor bigint not null check (refunded_minor between 0 and deducted_minor),
  constraint accounts_balance check (balance_minor = deposited_minor - deducted_minor + refunded_minor)
);
