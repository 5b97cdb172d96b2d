import { secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/**
 * What an operation's mails came to, where mail to a destination rests, and a sender's turn: all that happens between
 * two windows, in one round trip. Each statement of the function sees what others have committed before it, as the
 * statements of a transaction do.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table cause_tally (
      workspace_id uuid not null, operation_id uuid not null, results bigint not null, failed bigint not null,
      primary key (workspace_id, operation_id)) with (fillfactor = 50);
    comment on table cause_tally is 'results of attempts since the operation was last released';
    create table destination (
      workspace_id uuid not null, name text not null, failures integer not null, rest_ms integer not null,
      rests_until timestamptz not null, probing boolean not null,
      primary key (workspace_id, name));
    comment on table destination is 'mail domains in trouble: failures in a row, and until when nothing is sent there'`)
  await secureTables(knex, 'notification', ['cause_tally'], ['select', 'insert', 'update'])
  await secureTables(knex, 'notification', ['destination'])
  await knex.raw(VARINT)
  await knex.raw(TIMESTAMP)
  await knex.raw(SEND_TURN)
}

const VARINT = `
  create function varint(n bigint) returns bytea language plpgsql immutable strict as $$
  declare
    rest bigint := n;
    bytes bytea := '';
  begin
    while rest > 127 loop
      bytes := bytes || set_byte('\\x00'::bytea, 0, (rest & 127)::integer | 128);
      rest := rest >> 7;
    end loop;
    return bytes || set_byte('\\x00'::bytea, 0, rest::integer);
  end $$`

/** A google.protobuf.Timestamp as the field with this tag. */
const TIMESTAMP = `
  create function timestamp_field(tag bytea, at timestamptz) returns bytea language plpgsql immutable strict as $$
  declare
    micros bigint := extract(epoch from at) * 1000000;
    bytes bytea := '\\x08'::bytea || varint(micros / 1000000) || '\\x10'::bytea || varint(micros % 1000000 * 1000);
  begin
    return tag || varint(length(bytes)) || bytes;
  end $$`

/**
 * Records what became of a window and leases the next. \`any(array(…))\` beside each join keeps the updates on their
 * primary keys: a join alone reads the whole workspace where the statistics are stale. The added nothing keeps the
 * lease off notification_due. Locks are taken in the order of everybody else: holds, rows, threads, streams in key
 * order, tallies. Events come without version (3) and times (5, 6), which are known only under the lock of the stream.
 */
const SEND_TURN = `
  create function send_turn(
    workspace uuid, sender text, lease_ms integer, operations uuid[],
    done_ids uuid[], done_epochs bigint[], done_states text[], done_reasons text[], done_doubts text[],
    done_delays integer[], done_deliveries text[],
    said_topic text, said_ids uuid[], said_headers jsonb[], said_values bytea[],
    next_ids uuid[], next_message_ids text[])
  returns table (leased uuid, epoch bigint, attempt integer, doubt text, failing uuid)
  language plpgsql as $$
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
        counted as (
          update notification n
             set state = r.state, reason = r.reason, doubt = r.doubt, lease_owner = null,
                 due_at = clock_timestamp() + r.delay_ms * interval '1 millisecond',
                 attempts = n.attempts - case when r.delivery is null then 1 else 0 end
            from result r
           where n.workspace_id = workspace and n.id = any(done_ids) and n.id = r.id and n.lease_epoch = r.epoch
             and n.lease_owner = sender and n.state = 'leased'
          returning n.id, n.ticket_id, n.operation_id, n.attempts, n.state, n.message_id, r.delivery, r.reason),
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
        update notification n
           set state = 'leased', due_at = clock_timestamp() + lease_ms * interval '1 millisecond', lease_owner = sender,
               lease_epoch = n.lease_epoch + 1, attempts = n.attempts + 1,
               message_id = next_message_ids[array_position(next_ids, n.id)]
         where n.workspace_id = workspace and n.id = any(array(
           select d.id from notification d
            where d.workspace_id = workspace and d.id = any(next_ids) and d.state in ('pending', 'retry')
              and d.due_at + interval '0' <= clock_timestamp()
              and (d.operation_id is null or d.operation_id <> all(blocked))
            order by d.id for update skip locked))
        returning n.id, n.lease_epoch, n.attempts, n.doubt, null::uuid;
    end if;
  end $$`
