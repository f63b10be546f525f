/** The page that shows the reference; all it needs comes from this server. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Holdfast API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/ui/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
  </head>
  <body>
    <main id="reference"></main>
    <noscript>This page needs JavaScript; what it shows is in <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/ui/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`

export const PAGE_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.querySelector('#reference'),
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  showExtensions: false,
  validatorUrl: null,
})
`

export const PAGE_STYLE = `body { margin: 0; background: #fff; }
.dark-mode body { background: #1c2022; }
.swagger-ui { max-width: 1100px; margin: 0 auto; }
.swagger-ui .info { margin: 32px 0 16px; }
.swagger-ui .info .title small { top: -2px; }
.swagger-ui .info .main > .link, .swagger-ui .servers-title, .swagger-ui .servers { display: none; }
.swagger-ui .scheme-container { padding: 12px 0; box-shadow: none; background: none; }
.swagger-ui .opblock-tag { font-size: 20px; }
.swagger-ui .opblock-tag small { font-size: 14px; }
.swagger-ui .opblock { box-shadow: none; }
noscript { display: block; max-width: 40em; margin: 4em auto; font-family: sans-serif; }
`

/** Nothing from elsewhere, and nothing of this page elsewhere; its pictures are in its style sheet. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
