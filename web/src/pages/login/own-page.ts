/** A page of ours, as a browser understands it; whatever leads elsewhere leads to the first one. */
export function ownPage(text = '/'): string {
  if (!text.startsWith('/') || !URL.canParse(text, location.origin)) return '/'
  const { origin, pathname, search, hash } = new URL(text, location.origin)
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : '/'
}
