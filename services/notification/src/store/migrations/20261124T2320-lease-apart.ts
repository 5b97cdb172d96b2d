import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/**
 * Leases stand in a table of their own, which holds no more rows than mails are in flight: a mail moves its own row,
 * with all the indexes on it, once instead of twice.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table lease (
      workspace_id uuid not null, notification_id uuid not null, operation_id uuid, owner text not null,
      epoch bigint generated always as identity, message_id text not null, until timestamptz not null,
      primary key (workspace_id, notification_id)) with (fillfactor = 50,
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
    comment on column lease.epoch is 'what an earlier holder of the same row writes no longer counts'`)
  await secureTables(knex, 'notification', ['lease'])
  await grantClaimer(knex, 'notification', 'lease', { select: ['workspace_id', 'notification_id', 'until'] })
  await knex.raw(`
    alter table notification no force row level security;
    alter table lease no force row level security;
    insert into lease (workspace_id, notification_id, operation_id, owner, message_id, until)
    select workspace_id, id, operation_id, lease_owner, message_id, due_at from notification where state = 'leased';
    update notification set state = 'retry', attempts = attempts - 1, due_at = clock_timestamp() where state = 'leased';
    alter table notification force row level security;
    alter table lease force row level security;
    grant select (id) on notification to notification_claimer;
    drop index notification_leased;
    alter table notification drop column lease_owner, drop column lease_epoch`)
  await knex.raw(SEND_TURN)
}

/**
 * Records what became of a window and leases the next. \`any(array(…))\` beside each join and \`offset 0\` keep each
 * statement on its primary keys: a join alone reads the whole workspace where the statistics are stale, and
 * \`coalesce\` keeps the lease off notification_due. Locks are taken in the order of everybody else: holds, leases, rows,
 * threads, streams in key order, tallies. Events come without version (3) and times (5, 6), which are known only under
 * the lock of the stream.
 */
const SEND_TURN = `
  create or replace function send_turn(
    workspace uuid, sender text, lease_ms integer, operations uuid[],
    done_ids uuid[], done_epochs bigint[], done_states text[], done_reasons text[], done_doubts text[],
    done_delays integer[], done_deliveries text[],
    said_topic text, said_ids uuid[], said_headers jsonb[], said_values bytea[],
    next_ids uuid[], next_message_ids text[])
  returns table (leased uuid, epoch bigint, attempt integer, doubt text, failing uuid)
  language plpgsql set plan_cache_mode = force_generic_plan as $$
  #variable_conflict use_column
  declare
    blocked uuid[] := '{}';
    known integer;
    said_at timestamptz;
    stamps bytea;
  begin
    perform set_config('umbel.workspace_id', workspace::text, true);
    if cardinality(operations) > 0 then
      select count(*), coalesce(array_agg(h.operation_id) filter (where h.mode <> 'open'), '{}') into known, blocked
        from (select operation_id, mode from cause_hold
               where workspace_id = workspace and operation_id = any(operations) order by operation_id for share) h;
      if known < cardinality(operations) then
        insert into cause_hold (workspace_id, operation_id, epoch, mode, swept)
        select workspace, id, 0, 'open', true from unnest(operations) as id order by id on conflict do nothing;
        select coalesce(array_agg(h.operation_id) filter (where h.mode <> 'open'), '{}') into blocked
          from (select operation_id, mode from cause_hold
                 where workspace_id = workspace and operation_id = any(operations) order by operation_id for share) h;
      end if;
    end if;
    if cardinality(done_ids) > 0 then
      said_at := clock_timestamp();
      stamps := timestamp_field('\\x2a', said_at) || timestamp_field('\\x32', said_at);
      return query
        with result as (
          select * from unnest(done_ids, done_epochs, done_states, done_reasons, done_doubts, done_delays,
            done_deliveries) as r (id, epoch, state, reason, doubt, delay_ms, delivery)),
        landed as (
          delete from lease l using result r
           where l.workspace_id = workspace and l.notification_id = any(done_ids) and l.notification_id = r.id
             and l.epoch = r.epoch and l.owner = sender
          returning r.*, l.message_id),
        counted as (
          update notification n
             set state = l.state, reason = l.reason, doubt = l.doubt, message_id = l.message_id,
                 due_at = clock_timestamp() + l.delay_ms * interval '1 millisecond',
                 attempts = n.attempts + case when l.delivery is null then 0 else 1 end
            from landed l
           where n.workspace_id = workspace and n.id = any(done_ids) and n.id = l.id
          returning n.id, n.ticket_id, n.operation_id, n.attempts, n.state, n.message_id, l.delivery, l.reason),
        delivered as (
          insert into delivery (workspace_id, notification_id, attempt, result, detail)
          select workspace, id, attempts, delivery, reason from counted where delivery is not null
              on conflict do nothing),
        threaded as (
          update thread t
             set sent_ids = (t.sent_ids || (select c.message_id from counted c where c.ticket_id = t.ticket_id))
                            [greatest(1, cardinality(t.sent_ids) - 8):]
           where t.workspace_id = workspace
             and t.ticket_id = any(array(select c.ticket_id from counted c where c.state in ('sent', 'unknown')))),
        said as (
          select c.ticket_id, s.headers, s.value
            from unnest(said_ids, said_headers, said_values) as s (id, headers, value) join counted c on c.id = s.id),
        advanced as (
          insert into stream as s (workspace_id, stream_key, version)
          select workspace, 'notifications:' || ticket_id, 1 from said order by 2
              on conflict (workspace_id, stream_key) do update set version = s.version + 1
          returning s.stream_key, s.version),
        told as (
          insert into outbox (workspace_id, shard, topic, key, headers, value)
          select workspace, hashtext(workspace || ':' || s.ticket_id) & 7, said_topic, workspace || ':' || s.ticket_id,
                 s.headers || jsonb_build_object('ce_sequence', a.version::text, 'ce_time',
                   to_char(said_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
                 s.value || '\\x18'::bytea || varint(a.version) || stamps
            from said s join advanced a on a.stream_key = 'notifications:' || s.ticket_id
          returning pg_notify('umbel_outbox', '')),
        tallied as (
          insert into cause_tally as t (workspace_id, operation_id, results, failed)
          select workspace, operation_id, count(*), count(*) filter (where state = 'failed') from counted
           where operation_id is not null and state in ('sent', 'failed', 'unknown')
           group by operation_id order by operation_id
              on conflict (workspace_id, operation_id) do update
             set results = t.results + excluded.results, failed = t.failed + excluded.failed
          returning t.operation_id, t.results, t.failed)
        select null::uuid, null::bigint, null::integer, null::text, operation_id from tallied
         where results >= 100 and failed * 20 > results;
    end if;
    if cardinality(next_ids) > 0 then
      return query
        with due as materialized (
          select d.* from unnest(next_ids, next_message_ids) as wanted (id, message_id)
           cross join lateral (
             select n.id, n.operation_id, n.attempts, n.doubt, wanted.message_id from notification n
              where n.workspace_id = workspace and n.id = wanted.id and n.state in ('pending', 'retry')
                and coalesce(n.due_at, 'infinity') <= clock_timestamp()
                and (n.operation_id is null or n.operation_id <> all(blocked))
                and not exists (select from lease l where l.workspace_id = workspace and l.notification_id = n.id)
             offset 0 for no key update skip locked) d),
        taken as (
          insert into lease (workspace_id, notification_id, operation_id, owner, message_id, until)
          select workspace, id, operation_id, sender, message_id, clock_timestamp() + lease_ms * interval '1 millisecond'
            from due
              on conflict do nothing
          returning notification_id, epoch)
        select d.id, t.epoch, d.attempts + 1, d.doubt, null::uuid from taken t join due d on d.id = t.notification_id;
    end if;
  end $$`
