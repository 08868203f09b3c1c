import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { acting } from './acting.cases.ts'
import { type ServedPages, servePages } from './console.fixture.ts'
import { eachPage } from './each-page.cases.ts'
import { story } from './fixtures/story.fixture.ts'
import { hostile } from './hostile.cases.ts'
import { keyboard } from './keyboard.cases.ts'
import { links } from './links.cases.ts'
import { live } from './live.cases.ts'
import { signIn } from './sign-in.cases.ts'

let served: ServedPages
// They are built first.
beforeAll(async () => {
  served = await servePages()
}, 120_000)
afterAll(() => served?.close())
beforeEach(() => {
  served.routes = { ...story }
  served.asked.length = 0
})
afterEach(async () => {
  await served.leave()
  const complaints = served.complaints.splice(0)
  if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`)
})

/** One build and one browser for all: both cost more than the tests. */
const pages = () => served
describe('each page', () => {
  eachPage(pages)
})
describe('filters and links', () => {
  links(pages)
})
describe('by keyboard alone', () => {
  keyboard(pages)
})
describe('hostile content', () => {
  hostile(pages)
})
describe('acting', () => {
  acting(pages)
})
describe('live', () => {
  live(pages)
})
describe('signing in', () => {
  signIn(pages)
})
