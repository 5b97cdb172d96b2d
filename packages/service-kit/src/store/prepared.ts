/** What knex does with a connection of pg. */
export interface Connection {
  query(asked: Asked | string, answered: Answered): unknown
  /** Set: the pool takes no such connection any more. */
  __knex__disposed?: unknown
}
interface Asked {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
}
type Answered = (error: (Error & { readonly code?: string }) | null, result?: unknown) => void

// the statements of a service are few; a text that is put together anew each time must not fill the server's memory
const MOST_NAMES = 500
const names = new Map<string, string>()
// a migration changed what a prepared statement returns: that connection would say so for ever
const RESULT_CHANGED = '0A000'

// what knex begins a transaction with
const BEGIN = 'BEGIN;'
const BEGUN = { command: 'BEGIN', rowCount: null, rows: [] }

/**
 * Gives statements with bindings a name, so that Postgres parses and plans each once per connection instead of once per
 * call: a small statement costs less than its plan. A transaction begins with its first statement, in one round trip;
 * should Postgres not begin it, no workspace stands either, since that too holds for a transaction only.
 */
export function prepareStatements(connection: Connection): void {
  const query = connection.query.bind(connection)
  const disposeOf = (error: unknown) => {
    connection.__knex__disposed = error
  }
  connection.query = (asked, answered) => {
    if (typeof asked !== 'string' && asked.text === BEGIN) {
      query(asked, (error) => error && disposeOf(error))
      answered(null, BEGUN)
      return
    }
    query(named(asked), (error, result) => {
      if (error?.code === RESULT_CHANGED) disposeOf(error)
      answered(error, result)
    })
  }
}

function named(asked: Asked | string): Asked | string {
  if (typeof asked === 'string' || !asked.values?.length) return asked
  const name = nameOf(asked.text)
  return name === undefined ? asked : { ...asked, name }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST_NAMES) return known
  const name = `s${names.size + 1}`
  names.set(text, name)
  return name
}
