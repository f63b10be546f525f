-- What a day of trade does to the sample shop.
\set ON_ERROR_STOP on
\set QUIET on
set search_path = shop, public;
\set QUIET off

\echo 'the newest 1 % of customers, orders, order lines and events change:'
update customers set tags = tags || array['served'] where id > (select max(id) * 0.99 from customers);
update orders set status = 'shipped' where id > (select max(id) * 0.99 from orders);
update order_lines set quantity = quantity + 1
  where order_id > (select max(order_id) * 0.99 from order_lines);
update events set kind = 'replay' where id > (select max(id) * 0.99 from events);

\echo 'the oldest events go, new orders come:'
delete from events where id <= (select max(id) * 0.005 from events);
insert into orders (customer_id, status, total, token, placed_at)
  select 1 + i % 100, 'placed', i / 100.0, md5(i || 'new')::uuid, timestamptz '2025-12-31 12:00+00'
  from generate_series(1, (select (max(id) * 0.005)::int from orders)) i;

\echo 'a developer adds a table and an index:'
create table coupons (code text primary key, percent int not null);
insert into coupons select 'WINTER-' || i, i from generate_series(1, 50) i;
create index orders_by_day on orders (placed_at);
