import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './app/global.css'
import './parts/tones.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './app/router.tsx'
import { SpokenTheme } from './app/spoken-theme.tsx'
import { cssVariables, theme } from './app/theme.ts'
import { NONCE } from './data/client.ts'
import { accountQuery } from './data/queries.ts'
import { queryClient } from './data/query-client.ts'
import { messagesOf, preferredLanguage, SpeechProvider } from './i18n/language.tsx'

// Styles that a dialog adds while it is open are ours, too.
setNonce(NONCE)

// Who is there is asked while the words are on their way.
void queryClient.prefetchQuery(accountQuery)
const language = preferredLanguage()
const first = { language, messages: await messagesOf(language) }
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no place for the application')

// The router fetches the page once it knows who is there: by then it should have come.
const [matched] = router.getMatchedRoutes(router.latestLocation.pathname)
for (const route of matched) void router.loadRouteChunk(route)
void import('./app/focus-back.ts').then(({ giveFocusBack }) => giveFocusBack(root))
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => NONCE}
    >
      <SpeechProvider first={first}>
        <SpokenTheme>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </SpokenTheme>
      </SpeechProvider>
    </MantineProvider>
  </StrictMode>,
)
