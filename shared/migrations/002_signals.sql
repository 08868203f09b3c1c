-- The table that a transaction locks first (rule 1): none is under way then that would hold what comes next, in another order.
lock table saga.sagas in exclusive mode;

-- For the gauges, which must not read more rows than they tell of.

-- Dead letters are counted by step.
drop index saga.waiting_dead;
create index waiting_dead on saga.waiting (died_at, seq, n) include (step) where kind = 'dead';
-- The oldest message of each type that is neither done nor dead; a timer that is not due waits for nothing.
create index waiting_unfinished on saga.waiting (message_type, created_at) where kind in ('retry', 'parked', 'calling');
