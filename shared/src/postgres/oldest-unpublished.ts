/** When the oldest event that Kafka has not acknowledged was committed, in SQL. */
export const oldestUnpublished = `(select min(created_at) from (
  (select created_at from saga.outbox order by seq, n limit 1) union all
  (select created_at from saga.outbox_bundles order by seq, n limit 1)) first)`
