import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The pages, as files that the service hands out. `npx vite` serves them while they are written, from a console that runs. */
export default defineConfig({
  root: 'web',
  plugins: [react()],
  build: { outDir: '../dist', emptyOutDir: true },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
