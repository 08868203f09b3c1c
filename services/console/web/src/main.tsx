// First, so that what a component says of itself wins.
import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import './style/panel.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
