import type { Knex } from 'knex'

/** Endpoints choose how they are signed for; what exists stays with the secret that it has. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table webhook
      add column signature text not null default 'hmac' check (signature in ('hmac', 'ed25519')),
      add column public_key text not null default '';
    comment on column webhook.signature is 'of secret; old_secret may be of the other: each says by its prefix what it is';
    comment on column webhook.public_key is 'what ed25519 is verified with; empty for hmac'`)
}
