/** A browser as far as our cookies go: it keeps them by host and path, and follows redirects only when it is told. */
export function createBrowser() {
  const jar = new Map<string, { readonly value: string; readonly path: string }>()
  return {
    jar,
    /** Sends what the jar has for the path. @param as where the browser believes to be */
    async go(
      url: string,
      init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
    ): Promise<Response> {
      const { pathname } = new URL(url)
      const cookies = [...jar]
        .filter(([, { path }]) => pathname.startsWith(path))
        .map(([name, { value }]) => `${name}=${value}`)
      const headers = { ...init.headers, ...(cookies.length > 0 && { cookie: cookies.join('; ') }) }
      const response = await fetch(url, { redirect: 'manual', ...init, headers })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
        if (value === '' || /max-age=0/i.test(line)) jar.delete(name)
        else jar.set(name, { value, path })
      }
      return response
    },
  }
}
export type Browser = ReturnType<typeof createBrowser>
