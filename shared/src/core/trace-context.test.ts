import { expect, test } from 'vitest'
import { readTraceparent } from './trace-context.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = 'b7ad6b7169203331'

test.each([`00-${trace}-${span}-01`, `cc-${trace}-${span}-01`, `cc-${trace}-${span}-01-what-the-future-brings`])(
  '%s names a trace',
  text => expect(readTraceparent(text)).toEqual({ traceId: trace, spanId: span, flags: '01' }),
)
test.each([
  '',
  'nonsense',
  `00-${trace}-${span}`,
  `00-${trace}-${span}-01-more`,
  `00-${trace}-${span}-01more`,
  `cc-${trace}-${span}-01more`,
  `ff-${trace}-${span}-01`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${'a'.repeat(5_000)}-${span}-01`,
  ` 00-${trace}-${span}-01`,
])('%s names none', text => expect(readTraceparent(text)).toBeUndefined())
