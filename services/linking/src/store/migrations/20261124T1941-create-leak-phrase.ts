import { type Migration, secureTables } from '@umbel/service-kit/store'

export const createLeakPhrase: Migration = {
  name: '20261124T1941-create-leak-phrase',
  async up(knex) {
    await knex.raw(`
      alter table known_ticket
        add column detail_version bigint not null default 0,
        add column requester_id uuid,
        add column number bigint,
        add column labels text[] not null default '{}';
      create index known_ticket_of_requester on known_ticket (workspace_id, requester_id) where requester_id is not null;
      create index known_ticket_of_customer on known_ticket (workspace_id, customer_id) where customer_id is not null;
      create index known_ticket_by_number on known_ticket (workspace_id, number);
      create table leak_phrase (
        workspace_id uuid not null, phrase text collate "C" not null, owner_id uuid not null,
        kind text not null check (kind in ('requester', 'customer', 'address', 'domain', 'external-id')),
        primary key (workspace_id, phrase, owner_id, kind));
      create index leak_phrase_of_owner on leak_phrase (workspace_id, owner_id)`)
    await secureTables(knex, 'linking', ['leak_phrase'])
  },
}
