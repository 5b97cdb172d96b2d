import { expect, it } from 'vitest'
import { parsePins } from '../src/infra/kafka-jars.ts'
import { findUser } from '../src/infra/postgres-user.ts'

it('reads checksums as sha256sum prints them', () => {
  const sum = 'a'.repeat(64)
  expect([...parsePins(`${sum}  kafka.jar\n`)]).toEqual([['kafka.jar', sum]])
})

it('finds the user that Postgres may run as', () => {
  const users = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n'
  expect(findUser(users, 'nobody')).toEqual({ uid: 65534, gid: 65533 })
  expect(findUser(users, 'postgres')).toBeUndefined()
})
