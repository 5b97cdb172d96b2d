import type { World } from '../support/world.ts'

export type Control = 'dedupOff' | 'isolationOff'

/**
 * Takes a guard away in a world's own database, from outside: nothing in the product can do this. A checker that finds
 * nothing then is worth nothing.
 */
export const sabotage: Readonly<Record<Control, (world: World) => Promise<unknown>>> = {
  /** Outcomes are not stored, and the name of a comment does not keep a second one away. */
  dedupOff: (world) =>
    world.sql(
      'ticket',
      `create function forget_effect() returns trigger language plpgsql as 'begin return null; end';
       create trigger forget_effect before insert on operation_effect for each row execute function forget_effect();
       create function another_name() returns trigger language plpgsql as 'begin
         if exists (select from comment c where c.workspace_id = new.workspace_id and c.comment_id = new.comment_id)
         then new.comment_id := gen_random_uuid(); end if;
         return new; end';
       create trigger another_name before insert on comment for each row execute function another_name()`,
    ),
  /** A child that an operation changes takes over the subject of another child. */
  isolationOff: (world) =>
    world.sql(
      'ticket',
      `create function foreign_subject() returns trigger language plpgsql security definer as 'begin
         new.subject := coalesce((select t.subject from ticket t where t.workspace_id = new.workspace_id
           and not t.master and t.requester_id is not null and t.ticket_id <> new.ticket_id
           order by t.ticket_id limit 1), new.subject);
         return new; end';
       create trigger foreign_subject before update on ticket for each row
         when (new.version > old.version) execute function foreign_subject()`,
    ),
}
