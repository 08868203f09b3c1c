import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import { isSagaId, sagaBeganMs } from '../../../shared/src/core/ids.ts'
import { copyRows } from './copy-rows.ts'

const beganMs = Date.UTC(2026, 0, 1)
const spreadMs = 60_000
const ids = ['019b0000-0000-7000-8000-000000000001', '019b0000-0001-7000-8000-000000000002']

test('each row of an example is there once more for each copy, under its id, and the table is what it was', async () => {
  const client = new pg.Client(await createDatabase(inject('adminUrl'), `copies_${randomUUID().slice(0, 8)}`))
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(`
    create table things (id uuid primary key, name text unique, said jsonb, at timestamptz, n int check (n > 0), twice int generated always as (2 * n) virtual);
    create index things_at on things (at) where n > 1;
    create table answers (route text, key text, answer jsonb, primary key (route, key));
    create table others (id int primary key);
    insert into others values (1)`)
  for (const [n, id] of ids.entries()) {
    await client.query(
      `insert into things select id, 'of ' || id, jsonb_build_object('id', id), uuid_extract_timestamp(id) + interval '5 s', $2::int from (select $1::uuid as id) t`,
      [id, n + 1],
    )
    await client.query(`insert into answers values ('POST', $1, jsonb_build_object('id', $2::text))`, [`key-${n}`, id])
  }
  await client.query(`insert into answers values ('POST', 'nobody''s', '{}')`)
  const schema = async () =>
    (
      await client.query(
        `select indexdef as line from pg_indexes where schemaname = 'public' union all
         select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by line`,
      )
    ).rows
  const before = await schema()

  expect(await copyRows(client, { ids, copies: 3, beganMs, spreadMs })).toEqual(['answers', 'things'])

  const { rows: things } = await client.query(
    `select id, name, said->>'id' as said, n, extract(epoch from at - uuid_extract_timestamp(id))::float8 as later from things order by id`,
  )
  expect(things.length).toBe(8)
  for (const { id, name, said, later } of things)
    expect({ name, said, later }).toEqual({ name: `of ${id}`, said: id, later: 5 })
  const copies = things.filter(({ id }) => !ids.includes(id))
  expect(copies.map(({ id }) => sagaBeganMs(id) - beganMs)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000])
  expect(copies.map(({ n }) => n)).toEqual([1, 2, 1, 2, 1, 2])
  expect(copies.every(({ id }) => isSagaId(id))).toBe(true)
  const { rows: answers } = await client.query(`select key, answer->>'id' as id from answers order by key`)
  expect(answers.map(({ key }) => key)).toEqual([
    ...['key-0', 'key-0-1', 'key-0-2', 'key-0-3', 'key-1', 'key-1-1', 'key-1-2', 'key-1-3', "nobody's"],
  ])
  expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([...things.map(({ id }) => id), null]))
  expect(await schema()).toEqual(before)
})
