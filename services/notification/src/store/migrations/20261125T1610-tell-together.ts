import type { Knex } from 'knex'

/**
 * What an operation's mails came to is told together: one event for a window instead of one for each mail. What was sent
 * in a thread stands with the notifications alone.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function send_turn(uuid, text, integer, uuid[], uuid[], bigint[], text[], text[], text[], integer[], text[], text,
      uuid[], jsonb[], bytea[], uuid[], text[])`)
  await knex.raw(SEND_TURN)
  await knex.raw('alter table thread drop column sent_ids')
}

/**
 * Records what became of a window and leases the next. \`any(array(…))\` beside each join and \`offset 0\` keep each
 * statement on its primary keys: a join alone reads the whole workspace where the statistics are stale, and
 * \`coalesce\` keeps the lease off notification_due. Locks are taken in the order of everybody else: holds, leases, rows,
 * tallies, streams in key order. Events come in pieces: a head, and a part for each end, of which those that count are
 * joined. Version (3) and times (5, 6) are known only under the lock of the stream.
 */
const SEND_TURN = `
  create function send_turn(
    workspace uuid, sender text, lease_ms integer, operations uuid[],
    done_ids uuid[], done_epochs bigint[], done_states text[], done_reasons text[], done_doubts text[],
    done_delays integer[], done_deliveries text[],
    said_topic text, said_streams text[], said_subjects text[], said_headers jsonb[], said_heads bytea[],
    end_ids uuid[], end_events integer[], end_parts bytea[],
    next_ids uuid[], next_message_ids text[])
  returns table (leased uuid, epoch bigint, attempt integer, doubt text, failing uuid)
  language plpgsql set plan_cache_mode = force_generic_plan as $$
  #variable_conflict use_column
  declare
    blocked uuid[] := '{}';
    known integer;
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
          returning n.id, n.operation_id, n.attempts, n.state, l.delivery, l.reason),
        delivered as (
          insert into delivery (workspace_id, notification_id, attempt, result, detail)
          select workspace, id, attempts, delivery, reason from counted where delivery is not null
              on conflict do nothing),
        said as (
          select e.event, said_streams[e.event] as stream_key, string_agg(e.part, ''::bytea order by e.at) as parts
            from unnest(end_ids, end_events, end_parts) with ordinality as e (id, event, part, at)
            join counted c on c.id = e.id
           group by e.event),
        advanced as (
          insert into stream as s (workspace_id, stream_key, version)
          select workspace, stream_key, count(*) from said group by stream_key order by stream_key
              on conflict (workspace_id, stream_key) do update set version = s.version + excluded.version
          returning s.stream_key, s.version, clock_timestamp() as at),
        placed as (
          select said.event, said.parts, advanced.at, advanced.version + 1 - row_number() over (
                   partition by stream_key order by said.event desc) as version
            from said join advanced using (stream_key)),
        told as (
          insert into outbox (workspace_id, shard, topic, key, headers, value)
          select workspace, hashtext(workspace || ':' || said_subjects[p.event]) & 7, said_topic,
                 workspace || ':' || said_subjects[p.event],
                 said_headers[p.event] || jsonb_build_object('ce_sequence', p.version::text, 'ce_time',
                   to_char(p.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
                 said_heads[p.event] || p.parts || '\\x18'::bytea || varint(p.version)
                   || timestamp_field('\\x2a', p.at) || timestamp_field('\\x32', p.at)
            from placed p order by p.event
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
