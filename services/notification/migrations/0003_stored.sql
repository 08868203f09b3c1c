-- Without a mail server a mail is only stored. `log`: by an older version, which wrote a line of its own for each.
alter table notifications drop constraint notifications_channel_check;
alter table notifications add constraint notifications_channel_check check (channel in ('mail', 'stored', 'log'));
